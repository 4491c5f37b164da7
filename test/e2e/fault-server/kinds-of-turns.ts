// Answers at the wrong time: interim ones, early ones, and uploads that nobody reads.
import { answerOf, bodyOf, delay, headOf, IMPATIENT, type Kind, poison, type Question } from './kind.ts';

const LARGE: Question = { method: 'POST', upload: 4 * 1024 * 1024 };
const LARGE_IN_CHUNKS: Question = { ...LARGE, chunked: true };
const refusal = { right: { status: 413 } } as const;

function tooLarge(nonce: string, fields: readonly string[] = []): string {
  return `${headOf(nonce, ['Content-Length: 200', ...fields], '413 Content Too Large')}${bodyOf(nonce)}`;
}

export const turns: readonly Kind[] = [
  {
    // undici takes no 100 that was not asked for, and the edge asks for none.
    name: 'sends 100 before its answer',
    sees: [502],
    spent: true,
    play: ({ send, nonce }) => send(`HTTP/1.1 100 Continue\r\n\r\n${answerOf(nonce)}`),
  },
  {
    name: 'sends 102 and 103 before its answer',
    sees: ['whole'],
    play: async ({ send, nonce }) => {
      await send(
        'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n',
      );
      await delay(20);
      await send(answerOf(nonce));
    },
  },
  {
    name: 'sends 103 with fields of an answer',
    sees: ['whole', 502],
    play: ({ send, nonce }) =>
      send(
        `HTTP/1.1 103 Early Hints\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nX-Nonce: poison\r\n\r\n${answerOf(nonce)}`,
      ),
  },
  {
    name: 'sends 199 before its answer',
    sees: ['whole', 502],
    play: ({ send, nonce }) => send(`HTTP/1.1 199 Odd\r\nContent-Length: 5\r\n\r\n${answerOf(nonce)}`),
  },
  {
    name: 'sends a hundred interim answers before its own',
    sees: ['whole', 502],
    play: ({ send, nonce }) =>
      send(`${'HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n'.repeat(100)}${answerOf(nonce)}`),
  },
  {
    name: 'sends interim answers without end',
    sees: [502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: async ({ send, socket }) => {
      while (socket.writable) {
        await send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n');
        await delay(50);
      }
    },
  },
  {
    name: 'answers a POST before it reads its body, and reads it then',
    asks: LARGE,
    sees: ['whole'],
    play: ({ send, nonce }) => send(answerOf(nonce)),
  },
  {
    name: 'answers a POST before it reads its chunks, and reads them then',
    asks: LARGE_IN_CHUNKS,
    sees: ['whole'],
    play: ({ send, nonce }) => send(answerOf(nonce)),
  },
  {
    name: 'answers a large POST early and closes in order',
    asks: LARGE,
    ...refusal,
    sees: ['whole'],
    play: async ({ send, finish, nonce }) => {
      await send(tooLarge(nonce, ['Connection: close']));
      finish();
    },
  },
  {
    name: 'answers a large POST early, stops reading, and keeps the connection',
    // More than the system takes on its own: what it has taken counts as sent.
    asks: { ...LARGE, upload: 16 * 1024 * 1024 },
    ...refusal,
    // The edge reads a part of the rest only: who sends on and on meets a reset, which may overtake the answer.
    sees: ['whole', 'cut'],
    spent: true,
    play: async ({ send, deafen, nonce }) => {
      deafen();
      await send(tooLarge(nonce));
    },
  },
  {
    name: 'answers a large POST early and resets the connection',
    asks: LARGE,
    ...refusal,
    sees: ['whole', 'cut', 502],
    play: async ({ send, deafen, reset, nonce }) => {
      deafen();
      await send(tooLarge(nonce));
      await delay(20);
      reset();
    },
  },
  {
    name: 'answers early and poisons the connection while the upload goes on',
    asks: LARGE_IN_CHUNKS,
    ...refusal,
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) => send(`${tooLarge(nonce)}${poison()}`),
  },
  {
    name: 'hangs up while a large POST is being sent',
    asks: LARGE,
    sees: [502],
    play: async ({ finish }) => {
      await delay(10);
      finish();
    },
  },
  {
    name: 'resets the connection while a large POST is being sent',
    asks: LARGE_IN_CHUNKS,
    sees: [502],
    play: async ({ reset }) => {
      await delay(10);
      reset();
    },
  },
  {
    name: 'never reads a large POST and never answers',
    asks: { method: 'POST', upload: 16 * 1024 * 1024 },
    sees: [502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ deafen }) => deafen(),
  },
  {
    name: 'reads a large POST slowly',
    asks: LARGE,
    sees: ['whole'],
    play: async ({ socket, body, send, nonce }) => {
      const rest = () => {
        socket.pause();
        setTimeout(() => socket.resume(), 2);
      };
      socket.on('data', rest);
      const received = await body;
      socket.off('data', rest);
      const isRight = received.toString('latin1') === bodyOf(nonce, LARGE.upload);
      await send(answerOf(isRight ? nonce : `${nonce} but not its body`));
    },
  },
  {
    name: 'checks what it is sent',
    asks: LARGE_IN_CHUNKS,
    sees: ['whole'],
    play: async ({ body, send, nonce }) => {
      const received = await body;
      const isRight = received.toString('latin1') === bodyOf(nonce, LARGE.upload);
      await send(answerOf(isRight ? nonce : `${nonce} but not its body`));
    },
  },
];
