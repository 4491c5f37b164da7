// What an upstream does to the next request on a connection: bytes nobody asked for, and connections that end.
import { answerOf, bodyOf, chunksOf, delay, headOf, type Kind, poison } from './kind.ts';

/** Long enough for the answer to have reached the visitor, and the connection to stand idle. */
const IDLE = 50;

export const reuse: readonly Kind[] = [
  {
    name: 'sends more than the length it told',
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) => send(`${answerOf(nonce)}and more`),
  },
  {
    name: 'sends a line end too many',
    sees: ['whole'],
    play: ({ send, nonce }) => send(`${answerOf(nonce)}\r\n`),
  },
  {
    name: 'sends more after the last chunk',
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(bodyOf(nonce))}0\r\n\r\nand more`),
  },
  {
    name: 'sends two answers in one piece',
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) => send(`${answerOf(nonce)}${poison()}`),
  },
  {
    name: 'sends ten answers in one piece',
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) => send(`${answerOf(nonce)}${poison().repeat(10)}`),
  },
  {
    name: 'sends another answer at once, in a piece of its own',
    alone: true,
    sees: ['whole'],
    play: async ({ send, nonce }) => {
      await send(answerOf(nonce));
      await send(poison());
    },
  },
  {
    name: 'sends another answer on the idle connection',
    alone: true,
    sees: ['whole'],
    spent: true,
    play: async ({ send, nonce }) => {
      await send(answerOf(nonce));
      await delay(IDLE);
      await send(poison());
    },
  },
  {
    name: 'sends half another answer on the idle connection',
    alone: true,
    sees: ['whole'],
    spent: true,
    play: async ({ send, nonce }) => {
      await send(answerOf(nonce));
      await delay(IDLE);
      await send(poison().slice(0, 30));
    },
  },
  {
    name: 'sends 408 on the idle connection and hangs up',
    alone: true,
    sees: ['whole'],
    spent: true,
    play: async ({ send, finish, nonce }) => {
      await send(answerOf(nonce));
      await delay(IDLE);
      await send(poison('408 Request Timeout'));
      finish();
    },
  },
  {
    name: 'sends 100 Continue on the idle connection',
    alone: true,
    sees: ['whole'],
    play: async ({ send, nonce }) => {
      await send(answerOf(nonce));
      await delay(IDLE);
      await send('HTTP/1.1 100 Continue\r\n\r\n');
    },
  },
  {
    name: 'hangs up after the answer',
    sees: ['whole'],
    play: async ({ send, finish, nonce }) => {
      await send(answerOf(nonce));
      finish();
    },
  },
  {
    name: 'resets the connection after the answer',
    sees: ['whole'],
    play: async ({ send, reset, nonce }) => {
      await send(answerOf(nonce));
      await delay(IDLE);
      reset();
    },
  },
  {
    name: 'hangs up when the next request comes',
    sees: ['whole'],
    play: ({ send, nonce }) => send(answerOf(nonce)),
    next: ({ finish }) => finish(),
  },
  {
    name: 'resets the connection when the next request comes',
    sees: ['whole'],
    play: ({ send, nonce }) => send(answerOf(nonce)),
    next: ({ reset }) => reset(),
  },
  {
    name: 'says Connection: close and keeps the connection open',
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) => send(answerOf(nonce, 200, ['Connection: close'])),
  },
  {
    name: 'says Connection: close among other things',
    sees: ['whole'],
    spent: true,
    play: ({ send, nonce }) => send(answerOf(nonce, 200, ['Connection: x-fig', 'connection: Foo, CLOSE'])),
  },
  {
    name: 'says Keep-Alive with a timeout of nothing and hangs up',
    sees: ['whole'],
    play: async ({ send, finish, nonce }) => {
      await send(answerOf(nonce, 200, ['Connection: keep-alive', 'Keep-Alive: timeout=0, max=0']));
      finish();
    },
  },
  {
    name: 'sends a body with 204',
    sees: ['whole'],
    right: { status: 204, body: () => '' },
    play: ({ send, nonce }) => send(`${headOf(nonce, [], '204 No Content')}${poison()}`),
    spent: true,
  },
  {
    name: 'tells a length with 204 and sends as much',
    sees: ['whole'],
    right: { status: 204, body: () => '' },
    play: ({ send, nonce }) => send(`${headOf(nonce, ['Content-Length: 6'], '204 No Content')}poison`),
    spent: true,
  },
  {
    name: 'sends a body with 304',
    sees: ['whole'],
    right: { status: 304, body: () => '' },
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Content-Length: 200'], '304 Not Modified')}${poison()}`),
    spent: true,
  },
  {
    name: 'sends chunks with 304',
    sees: ['whole'],
    right: { status: 304, body: () => '' },
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Transfer-Encoding: chunked'], '304 Not Modified')}6\r\npoison\r\n0\r\n\r\n`),
  },
  {
    name: 'sends a body to HEAD',
    asks: { method: 'HEAD' },
    sees: ['whole'],
    right: { body: () => '' },
    play: ({ send, nonce }) => send(`${headOf(nonce, [`Content-Length: ${poison().length}`])}${poison()}`),
    spent: true,
  },
  {
    name: 'sends chunks to HEAD',
    asks: { method: 'HEAD' },
    sees: ['whole'],
    right: { body: () => '' },
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(poison())}0\r\n\r\n`),
    spent: true,
  },
  {
    name: 'answers HEAD with the length that GET would have',
    asks: { method: 'HEAD' },
    sees: ['whole'],
    right: { body: () => '' },
    play: ({ send, nonce }) => send(headOf(nonce, ['Content-Length: 200'])),
    holds: ({ fields }) => {
      if (!fields.some(([name, value]) => /^content-length$/i.test(name) && value === '200'))
        throw new Error('the length was lost');
    },
  },
];
