// Upstreams that do not answer, or not in time; and slow ones that do.
import { answerOf, bodyOf, chunksOf, delay, headOf, IMPATIENT, type Kind } from './kind.ts';

export const silence: readonly Kind[] = [
  {
    name: 'listens nowhere',
    listener: 'none',
    sees: [502],
    play: () => {},
  },
  {
    name: 'accepts no connection',
    listener: 'full',
    sees: [504],
    timeouts: IMPATIENT,
    play: () => {},
  },
  {
    name: 'ends each connection as it is made',
    sees: [502],
    greets: (socket) => void socket.resume().end(),
    play: () => {},
  },
  {
    name: 'resets each connection as it is made',
    sees: [502],
    greets: (socket) => void socket.resetAndDestroy(),
    play: () => {},
  },
  {
    name: 'takes connections and never says a word',
    sees: [504],
    timeouts: IMPATIENT,
    greets: (socket) => void socket.resume(),
    play: () => {},
  },
  {
    name: 'never answers',
    sees: [504],
    timeouts: IMPATIENT,
    spent: true,
    play: () => {},
  },
  {
    name: 'never answers a POST',
    asks: { method: 'POST', upload: 100 },
    sees: [504],
    timeouts: IMPATIENT,
    spent: true,
    play: () => {},
  },
  {
    name: 'falls silent within the status line',
    sees: [504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ send }) => send('HTTP/1.1 20'),
  },
  {
    name: 'falls silent within the head',
    sees: [504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ send, nonce }) => send(`HTTP/1.1 200 OK\r\nX-Nonce: ${nonce}\r\nContent-Le`),
  },
  {
    name: 'sends 100 Continue again and again, and never an answer',
    sees: [502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: async ({ send, socket }) => {
      while (socket.writable) {
        await send('HTTP/1.1 100 Continue\r\n\r\n');
        await delay(100);
      }
    },
  },
  {
    name: 'sends its head byte by byte, and never all of it',
    sees: [502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ trickle, nonce }) => trickle(`HTTP/1.1 200 OK\r\nX-Nonce: ${nonce}${'x'.repeat(1_000)}`, 50),
  },
  {
    name: 'falls silent after the head',
    sees: ['cut', 502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ send, nonce }) => send(headOf(nonce, ['Content-Length: 200'])),
  },
  {
    name: 'falls silent within a body of known length',
    sees: ['cut', 502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ send, nonce }) => send(answerOf(nonce).slice(0, -1)),
  },
  {
    name: 'falls silent between chunks',
    sees: ['cut', 502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(bodyOf(nonce))}`),
  },
  {
    name: 'falls silent within a body that ends with the connection',
    sees: ['cut', 502, 504],
    timeouts: IMPATIENT,
    spent: true,
    play: ({ send, nonce }) => send(`${headOf(nonce, [])}${bodyOf(nonce, 100)}`),
  },
  {
    name: 'thinks for a while',
    sees: ['whole'],
    play: async ({ send, nonce }) => {
      await delay(300);
      await send(answerOf(nonce));
    },
  },
  {
    name: 'sends its head byte by byte',
    sees: ['whole'],
    play: async ({ send, trickle, nonce }) => {
      await trickle(headOf(nonce, ['Content-Length: 200']), 1);
      await send(bodyOf(nonce));
    },
  },
  {
    name: 'sends everything byte by byte, in chunks',
    sees: ['whole'],
    play: ({ trickle, nonce }) =>
      trickle(`${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(bodyOf(nonce))}0\r\n\r\n`, 0),
  },
  {
    name: 'sends a body slowly, for longer than it may be silent',
    sees: ['whole'],
    timeouts: '{ headers: 5s, idle: 2s }',
    play: async ({ send, nonce }) => {
      await send(headOf(nonce, ['Content-Length: 200']));
      for (let at = 0; at < 200; at += 20) {
        await delay(250);
        await send(bodyOf(nonce).slice(at, at + 20));
      }
    },
  },
  {
    name: 'sends its head and, much later, its body',
    sees: ['whole'],
    play: async ({ send, nonce }) => {
      await send(headOf(nonce, ['Content-Length: 200']));
      await delay(500);
      await send(bodyOf(nonce));
    },
  },
];
