// What visitors do: each is named by what the visitor does, with the upstream's part in it.
import type { Encounter } from './encounter.ts';
import { judge } from './judge.ts';
import {
  answerOf,
  bodyOf,
  chunksOf,
  delay,
  headOf,
  hiddenIn,
  type Question,
  type Sight,
  type Turn,
} from './kind.ts';
import { type RawVisitor, requestHead } from './raw-visitor.ts';
import { soon } from './rounds.ts';

const LARGE = 4_000_000;

/** The upstream answers rightly, when it has the whole request. */
async function answer({ body, send, nonce }: Turn): Promise<void> {
  await body;
  await send(answerOf(nonce));
}

/** The upstream never answers, and must be freed soon. */
function waitToBeFreed({ gone }: Turn): Promise<void> {
  return soon('the upstream is freed', gone);
}

/** The upstream sends without end, and must be freed soon. */
async function sendWithoutEnd(turn: Turn): Promise<void> {
  await turn.send(headOf(turn.nonce, ['Transfer-Encoding: chunked']));
  const isGone = soon('the upstream is freed', turn.gone);
  while (turn.socket.writable) {
    await Promise.race([turn.send(chunksOf(bodyOf(turn.nonce, 64_000), 64_000)), turn.gone]);
    await delay(1);
    if (turn.socket.destroyed) break;
  }
  await isGone;
}

/** The upstream must not see the request whole, and must be freed soon. */
async function seeItBroken({ body, gone }: Turn): Promise<void> {
  const isWhole = body.then(() => true);
  const isBroken = soon('the upstream is freed', gone).then(() => false);
  if (await Promise.race([isWhole, isBroken]))
    throw new Error('a broken request looked whole to the upstream');
}

/** Sends these bytes; the edge must refuse them with this status and end the connection. */
function isRefused(statuses: readonly number[], bytes: (path: string) => string): Encounter['visit'] {
  return async (visitor, path) => {
    await visitor.send(bytes(path));
    const { status, ending } = await visitor.read();
    if (ending !== 'whole' || !statuses.includes(status)) throw new Error(`${status} (${ending})`);
    const rest = await visitor.rest();
    if (rest !== '') throw new Error(rest === undefined ? 'the connection stays' : `more came: ${rest}`);
  };
}

/** Nothing of the request may reach the upstream. */
function mustNotCome(): never {
  throw new Error('the request reached the upstream');
}

async function expectSight(
  visitor: RawVisitor,
  nonce: string,
  sees: Sight,
  body?: (nonce: string) => string,
): Promise<void> {
  const kind = { name: '', sees: [sees], play: () => {}, ...(body ? { right: { body } } : {}) };
  const sight = judge(await visitor.read(), nonce, kind);
  if (sight !== sees) throw new Error(`saw ${sight}, expected ${sees}`);
}

/** Sends a request, does something after it has reached the upstream, and expects nothing. */
function asks(then: (visitor: RawVisitor) => void, question: Question = {}, body = ''): Encounter['visit'] {
  return async (visitor, path) => {
    await visitor.send(`${requestHead(path, question)}${body}`);
    await delay(50);
    then(visitor);
  };
}

const leave = (visitor: RawVisitor) => visitor.leave();
const reset = (visitor: RawVisitor) => void visitor.socket.resetAndDestroy();

export const visits: readonly Encounter[] = [
  {
    name: 'connects and leaves',
    play: mustNotCome,
    visit: async (visitor) => visitor.leave(),
  },
  {
    name: 'leaves within the head',
    play: mustNotCome,
    visit: async (visitor, path) => {
      await visitor.send(requestHead(path).slice(0, -5));
      visitor.leave();
    },
  },
  {
    name: 'sends the head byte by byte',
    play: answer,
    visit: async (visitor, path, nonce) => {
      for (const byte of requestHead(path)) await visitor.send(byte);
      await expectSight(visitor, nonce, 'whole');
    },
  },
  {
    name: 'sends noise',
    play: mustNotCome,
    visit: isRefused([400], () => '\0\x01\x02\xff\xfe noise\r\n\r\n'),
  },
  {
    name: 'speaks TLS',
    play: mustNotCome,
    visit: isRefused([400], () => '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'),
  },
  {
    name: 'speaks HTTP/2',
    play: mustNotCome,
    visit: isRefused([400], () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  },
  {
    name: 'tells a length and chunks',
    play: mustNotCome,
    visit: isRefused([400], (path) =>
      requestHead(path, { method: 'POST', upload: 5, fields: ['Transfer-Encoding: chunked'] }).concat(
        '0\r\n\r\n',
      ),
    ),
  },
  {
    name: 'tells two lengths',
    play: mustNotCome,
    visit: isRefused([400], (path) =>
      requestHead(path, { method: 'POST', upload: 5, fields: ['Content-Length: 6'] }).concat('hello!'),
    ),
  },
  {
    name: 'sends a head of 200 KiB',
    play: mustNotCome,
    visit: isRefused([431], (path) => requestHead(path, { fields: [`X-Large: ${'x'.repeat(200 * 1024)}`] })),
  },
  { name: 'leaves before the answer', play: waitToBeFreed, visit: asks(leave) },
  { name: 'resets the connection before the answer', play: waitToBeFreed, visit: asks(reset) },
  {
    name: 'leaves within the body',
    play: seeItBroken,
    visit: asks(leave, { method: 'POST', upload: 1_000 }, 'x'.repeat(999)),
  },
  {
    name: 'resets the connection within the body',
    play: seeItBroken,
    visit: asks(reset, { method: 'POST', upload: 1_000 }, 'x'.repeat(999)),
  },
  {
    name: 'leaves before the first byte of the body',
    play: seeItBroken,
    visit: asks(leave, { method: 'POST', upload: 1_000 }),
  },
  {
    name: 'leaves between chunks',
    play: seeItBroken,
    visit: asks(leave, { method: 'POST', upload: 0, chunked: true }, '5\r\nhello\r\n'),
  },
  {
    name: 'resets the connection between chunks',
    play: seeItBroken,
    visit: asks(reset, { method: 'POST', upload: 0, chunked: true }, '5\r\nhello\r\n'),
  },
  {
    name: 'leaves within the last chunk',
    play: seeItBroken,
    visit: asks(leave, { method: 'POST', upload: 0, chunked: true }, '5\r\nhello\r\n0\r\n'),
  },
  {
    name: 'sends a chunk size of letters',
    play: seeItBroken,
    visit: asks(() => {}, { method: 'POST', upload: 0, chunked: true }, '5\r\nhello\r\nfig\r\n'),
  },
  {
    name: 'sends a chunk longer than its size',
    play: seeItBroken,
    visit: asks(() => {}, { method: 'POST', upload: 0, chunked: true }, '5\r\nhello, world\r\n0\r\n\r\n'),
  },
  {
    name: 'ends a chunk with a bare LF',
    play: seeItBroken,
    visit: asks(() => {}, { method: 'POST', upload: 0, chunked: true }, '5\r\nhello\n0\r\n\r\n'),
  },
  {
    name: 'asks to continue and leaves',
    play: seeItBroken,
    visit: asks(leave, { method: 'POST', upload: 1_000, fields: ['Expect: 100-continue'] }),
  },
  {
    name: 'leaves while the answer flows',
    play: sendWithoutEnd,
    visit: async (visitor, path) => {
      await visitor.send(requestHead(path));
      await visitor.until(() => visitor.unread.length > 100_000);
      visitor.leave();
    },
  },
  {
    name: 'resets the connection while the answer flows',
    play: sendWithoutEnd,
    visit: async (visitor, path) => {
      await visitor.send(requestHead(path));
      await visitor.until(() => visitor.unread.length > 100_000);
      visitor.socket.resetAndDestroy();
    },
  },
  {
    name: 'reads nothing of the answer, and leaves',
    play: sendWithoutEnd,
    visit: async (visitor, path) => {
      visitor.socket.pause();
      await visitor.send(requestHead(path));
      await delay(200);
      visitor.leave();
    },
  },
  {
    name: 'reads slowly',
    play: ({ send, nonce }) => send(answerOf(nonce, LARGE)),
    visit: async (visitor, path, nonce) => {
      const { socket } = visitor;
      socket.on('data', () => {
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
      await visitor.send(requestHead(path));
      await expectSight(visitor, nonce, 'whole', (own) => bodyOf(own, LARGE));
    },
  },
  {
    name: 'reads slowly what the upstream cuts',
    play: async ({ send, finish, nonce }) => {
      await send(answerOf(nonce, LARGE).slice(0, -1));
      finish();
    },
    visit: async (visitor, path, nonce) => {
      const { socket } = visitor;
      socket.on('data', () => {
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      });
      await visitor.send(requestHead(path));
      await expectSight(visitor, nonce, 'cut', (own) => bodyOf(own, LARGE));
    },
  },
  {
    name: 'sends five requests at once',
    play: async (turn) => {
      // The first takes longest: answers must keep the order of the requests all the same.
      await delay(turn.nonce.endsWith('p0') ? 100 : 0);
      await answer(turn);
    },
    visit: async (visitor, path, nonce) => {
      const nonces = [0, 1, 2, 3, 4].map((number) => `${nonce}p${number}`);
      await visitor.send(nonces.map((one) => requestHead(path.replace(nonce, one))).join(''));
      for (const one of nonces) await expectSight(visitor, one, 'whole');
    },
  },
  {
    name: 'sends three requests at once, of which the second is cut',
    play: async (turn) => {
      if (!turn.nonce.endsWith('p1')) return answer(turn);
      await turn.send(answerOf(turn.nonce).slice(0, -50));
      await delay(20);
      turn.finish();
    },
    visit: async (visitor, path, nonce) => {
      const nonces = [0, 1, 2].map((number) => `${nonce}p${number}`);
      await visitor.send(nonces.map((one) => requestHead(path.replace(nonce, one))).join(''));
      await expectSight(visitor, nonces[0] ?? '', 'whole');
      await expectSight(visitor, nonces[1] ?? '', 'cut');
      const rest = await visitor.rest();
      if (rest !== '') throw new Error(`after the cut came ${rest}`);
    },
  },
  {
    name: 'sends five requests at once and leaves',
    play: waitToBeFreed,
    visit: async (visitor, path, nonce) => {
      const paths = [0, 1, 2, 3].map((number) => path.replace(nonce, `${nonce}p${number}`));
      await visitor.send([path, ...paths].map((one) => requestHead(one)).join(''));
      await delay(50);
      visitor.leave();
    },
  },
  {
    name: 'hides a request in a body',
    play: answer,
    visit: async (visitor, path, nonce) => {
      const hidden = requestHead(path.replace(nonce, hiddenIn(nonce)));
      await visitor.send(`${requestHead(path, { method: 'DELETE', upload: hidden.length })}${hidden}`);
      await expectSight(visitor, nonce, 'whole');
    },
  },
  {
    name: 'hides a request in chunks',
    play: answer,
    visit: async (visitor, path, nonce) => {
      const hidden = requestHead(path.replace(nonce, hiddenIn(nonce)));
      const head = requestHead(path, { method: 'OPTIONS', upload: 0, chunked: true });
      await visitor.send(`${head}${chunksOf(hidden)}0\r\n\r\n`);
      await expectSight(visitor, nonce, 'whole');
    },
  },
  {
    name: 'sends noise behind a request',
    play: answer,
    visit: async (visitor, path, nonce) => {
      await visitor.send(`${requestHead(path)}\0\x01noise\r\n\r\n`);
      await expectSight(visitor, nonce, 'whole');
      const rest = await visitor.rest();
      if (rest !== '') throw new Error(rest === undefined ? 'the connection stays' : `more came: ${rest}`);
    },
  },
  {
    name: 'sends a body that the upstream never reads, and leaves',
    play: (turn) => {
      turn.deafen();
      setTimeout(() => turn.socket.resume(), 500);
      return waitToBeFreed(turn);
    },
    visit: async (visitor, path) => {
      await visitor.send(requestHead(path, { method: 'POST', upload: 16 * LARGE }));
      void visitor.send('x'.repeat(4 * LARGE));
      await delay(100);
      visitor.leave();
    },
  },
];
