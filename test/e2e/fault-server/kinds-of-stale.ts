// Connections that the upstream closes just as the next request is on its way: who is asked again, and who never is.
import { answerOf, type Kind, type Question, type Sight, type Turn } from './kind.ts';

const SIZE = 200;

/** May have had an effect, or had a body that has gone: never sent a second time. */
const ONCE: readonly Question[] = [
  { method: 'PUT', upload: SIZE },
  { method: 'DELETE' },
  { method: 'POST', upload: SIZE },
  { method: 'POST', upload: SIZE, chunked: true },
  { method: 'GET', upload: SIZE },
];

/** Asks for nothing but an answer. */
const AGAIN: readonly Question[] = [{ method: 'GET' }, { method: 'HEAD' }, { method: 'OPTIONS' }];

const ENDINGS: readonly (readonly [string, (turn: Turn) => void])[] = [
  ['hangs up', ({ finish }) => finish()],
  ['resets the connection', ({ reset }) => reset()],
];

function kindsFor(asks: Question, sees: readonly Sight[], times: number): readonly Kind[] {
  const { method, upload, chunked } = asks;
  const body = upload === undefined ? '' : ` with a body${chunked ? ' in chunks' : ''}`;
  return ENDINGS.map(([ending, next]) => ({
    name: `${ending} when ${method}${body} comes next`,
    alone: true,
    sees: ['whole'],
    play: ({ send, nonce }) => send(answerOf(nonce)),
    next,
    again: { asks, sees, times },
  }));
}

export const stale: readonly Kind[] = [
  ...ONCE.flatMap((asks) => kindsFor(asks, [502], 1)),
  ...AGAIN.flatMap((asks) => kindsFor(asks, ['whole'], 2)),
];
