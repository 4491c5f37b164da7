// What is logged of a request.
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/edge/outcome.ts';
import { createAccessLog, occasionally } from '../../src/observe/log.ts';
import { outcome, undeclared } from './outcomes.ts';

/** The lines that one outcome makes, without their time. */
function lines(of: Outcome, everyRequest = true, level = 'debug') {
  const written: Record<string, unknown>[] = [];
  const log = pino(
    { level, base: null, timestamp: false },
    { write: (text) => written.push(JSON.parse(text)) },
  );
  createAccessLog(log, everyRequest)(of);
  return written;
}

const failure = { part: 'handler', code: 'threw', message: 'broken', error: new Error('broken') } as const;

describe('a request', () => {
  test('is one line', () => {
    expect(lines(outcome())).toEqual([
      {
        level: 30,
        requestId: 'id-1',
        peer: '203.0.113.9',
        method: 'GET',
        path: '/page',
        status: 200,
        ms: 12.35,
        route: 'page',
        side: 'legacy',
        reason: 'stage',
        revision: 'r1',
        msg: 'request',
      },
    ]);
  });

  test('that no route matched has no route', () => {
    expect(lines(outcome({ decision: undeclared }))).toMatchObject([
      { route: null, side: 'legacy', reason: 'undeclared' },
    ]);
  });

  test('that was refused has no decision', () => {
    expect(lines(outcome({ decision: undefined, status: 400 }))).toMatchObject([
      { status: 400, route: null, side: null, reason: null, revision: null },
    ]);
  });

  test.each(['client-gone', 'broken-off'] as const)('that ended as %s says so', (ending) => {
    expect(lines(outcome({ ending }))).toMatchObject([{ ending }]);
  });

  test('is not logged where the access log is off', () => {
    expect(lines(outcome(), false)).toEqual([]);
  });
});

describe('a failure', () => {
  test('is logged with its stack, before the request', () => {
    expect(lines(outcome({ failure, status: 500 }))).toMatchObject([
      {
        level: 50,
        msg: 'broken',
        part: 'handler',
        code: 'threw',
        requestId: 'id-1',
        err: { message: 'broken', stack: expect.stringContaining('log.test.ts') },
      },
      { level: 30, msg: 'request', status: 500 },
    ]);
  });

  test('that legacy made up for is a warning', () => {
    const [first] = lines(outcome({ failure, fallback: true }));
    expect(first).toMatchObject({ level: 40, msg: 'broken', fallback: true });
  });

  test('is logged where the access log is off too', () => {
    expect(lines(outcome({ failure }), false)).toMatchObject([{ level: 50, msg: 'broken' }]);
  });

  test('of a request that was refused is the visitor’s, and is logged for debugging only', () => {
    const refused = outcome({
      decision: undefined,
      failure: { part: 'request', code: 'host', message: 'host' },
    });
    expect(lines(refused, false)).toMatchObject([{ level: 20, code: 'host' }]);
    expect(lines(refused, false, 'info')).toEqual([]);
  });
});

test('what happens all the time is told occasionally, with how often it happened', () => {
  const told: string[] = [];
  let now = 0;
  const warn = occasionally(
    (message) => told.push(message),
    1_000,
    () => now,
  );
  for (now = 0; now < 1_000; now += 250) warn('down');
  warn('down');
  expect(told).toEqual(['down', 'down (and 3 more since the last such line)']);
});
