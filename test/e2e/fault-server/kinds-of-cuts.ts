// Answers that are cut: at every part of them, in order (FIN) and by force (RST).
import { hearing } from './hearing.ts';
import {
  answerOf,
  bodyOf,
  chunksOf,
  delay,
  headOf,
  type Kind,
  type Question,
  type Sight,
  type Turn,
} from './kind.ts';

const LARGE = 300_000;
/** What is reset is lost: the visitor may get nothing of an answer that had begun. */
const VISIBLE: readonly Sight[] = ['cut', 502];

type Cut = {
  readonly where: string;
  readonly write: (nonce: string) => string;
  readonly asks?: Question;
  readonly sees?: readonly Sight[];
  readonly body?: (nonce: string) => string;
};

const large = (nonce: string) => bodyOf(nonce, LARGE);
const chunked = (nonce: string) =>
  `${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(bodyOf(nonce))}`;
const inLargeChunks = (nonce: string) =>
  `${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(large(nonce), 10_000)}`;

const CUTS: readonly Cut[] = [
  { where: 'before the answer', write: () => '', sees: [502] },
  {
    where: 'before the answer to a POST',
    write: () => '',
    sees: [502],
    asks: { method: 'POST', upload: 100 },
  },
  { where: 'within the status line', write: () => 'HTTP/1.1 2', sees: [502] },
  {
    where: 'within the head',
    write: (nonce) => `HTTP/1.1 200 OK\r\nX-Nonce: ${nonce}\r\nContent-Len`,
    sees: [502],
  },
  { where: 'after a 100', write: () => 'HTTP/1.1 100 Continue\r\n\r\n', sees: [502] },
  { where: 'before the first byte of the body', write: (nonce) => headOf(nonce, ['Content-Length: 200']) },
  { where: 'after the first byte of the body', write: (nonce) => answerOf(nonce).slice(0, -199) },
  { where: 'half-way through the body', write: (nonce) => answerOf(nonce).slice(0, -100) },
  { where: 'before the last byte of the body', write: (nonce) => answerOf(nonce).slice(0, -1) },
  {
    where: 'within a large body',
    write: (nonce) => answerOf(nonce, LARGE).slice(0, -LARGE / 2),
    body: large,
  },
  {
    where: 'before the last byte of a large body',
    write: (nonce) => answerOf(nonce, LARGE).slice(0, -1),
    body: large,
  },
  { where: 'before the first chunk', write: (nonce) => headOf(nonce, ['Transfer-Encoding: chunked']) },
  {
    where: 'within the size of a chunk',
    write: (nonce) => `${headOf(nonce, ['Transfer-Encoding: chunked'])}4`,
  },
  { where: 'within a chunk', write: (nonce) => chunked(nonce).slice(0, -20) },
  { where: 'before the last chunk', write: chunked },
  { where: 'before the last chunk of a large body', write: inLargeChunks, body: large },
  { where: 'within the last chunk', write: (nonce) => `${chunked(nonce)}0` },
  { where: 'after the last chunk, before the empty line', write: (nonce) => `${chunked(nonce)}0\r\n` },
  { where: 'within the trailers', write: (nonce) => `${chunked(nonce)}0\r\nX-Checksum: 1\r\n` },
  {
    where: 'within the body for a visitor of HTTP/1.0',
    write: (nonce) => answerOf(nonce).slice(0, -100),
    asks: { version: '1.0' },
  },
  { where: 'before the last chunk for a visitor of HTTP/1.0', write: chunked, asks: { version: '1.0' } },
];

function cutKind(
  { where, write, sees = VISIBLE, asks, body }: Cut,
  how: string,
  cut: (turn: Turn) => void,
): Kind {
  return {
    name: `${how} ${where}`,
    sees,
    ...(asks ? { asks } : {}),
    ...(body ? { right: { body } } : {}),
    play: async (turn) => {
      if (turn.method === 'POST') await turn.body;
      const isHeard = asks?.version === '1.0' ? hearing(turn.nonce) : undefined;
      await turn.send(write(turn.nonce));
      await isHeard;
      await delay(20);
      cut(turn);
    },
  };
}

export const cuts: readonly Kind[] = [
  ...CUTS.map((cut) => cutKind(cut, 'hangs up', (turn) => turn.finish())),
  ...CUTS.map((cut) => cutKind(cut, 'resets the connection', (turn) => turn.reset())),
  {
    name: 'resets the connection within a body that would end with it',
    sees: VISIBLE,
    play: async ({ send, reset, nonce }) => {
      await send(`${headOf(nonce, [])}${bodyOf(nonce, 100)}`);
      await delay(20);
      reset();
    },
  },
  {
    name: 'ends its body with the connection',
    sees: ['whole'],
    play: async ({ send, finish, nonce }) => {
      await send(`${headOf(nonce, [])}${bodyOf(nonce)}`);
      finish();
    },
  },
  {
    name: 'ends its body with the connection, to a visitor of HTTP/1.0',
    asks: { version: '1.0' },
    sees: ['whole'],
    play: async ({ send, finish, nonce }) => {
      await send(`${headOf(nonce, ['Connection: close'])}${bodyOf(nonce)}`);
      finish();
    },
  },
];
