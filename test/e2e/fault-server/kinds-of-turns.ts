// Answers at odd times: interim ones, and uploads that are read slowly.
import { answerOf, bodyOf, delay, type Kind, type Question } from './kind.ts';

const LARGE: Question = { method: 'POST', upload: 4 * 1024 * 1024 };
const LARGE_IN_CHUNKS: Question = { ...LARGE, chunked: true };

export const turns: readonly Kind[] = [
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
