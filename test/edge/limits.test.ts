// The limits of connections, which tests elsewhere shorten, are those that docs/security.md and docs/operations.md tell.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  CONNECTION_TIMES,
  KEEP_ALIVE_MS,
  LINGER_BYTES,
  MAX_HEADER_BYTES,
  MAX_WAITING,
  SMALL_BODY_BYTES,
} from '../../src/edge/limits.ts';

/** A page's text in one line. */
function page(name: string): string {
  const text = readFileSync(fileURLToPath(new URL(`../../docs/${name}.md`, import.meta.url)), 'utf8');
  return text.replace(/\s+/g, ' ');
}

const { check, head, bodyIdle, bodyRate, readerIdle, halfClosed, drainGrace } = CONNECTION_TIMES;
const { lingerIdle, lingerTotal, refusedLinger } = CONNECTION_TIMES;

describe('the limits of connections that the docs tell', () => {
  test.each([
    ['security', 'how long a head may take', `408 for one that takes longer than ${head / 1_000} s`],
    ['security', 'the time for a head', `a head has ${head / 1_000} s`],
    [
      'security',
      'the rate of a body',
      `a body must come at ${bodyRate} bytes a second, over each ${bodyIdle / 1_000} s`,
    ],
    ['security', 'how long a reader may rest', `must be read on within ${readerIdle / 1_000} s`],
    ['security', 'when who ended his side has gone', `nothing could be sent to him for ${halfClosed} ms`],
    ['security', 'how long a connection lingers', `${lingerIdle / 1_000} s without a byte`],
    ['security', 'how long at most', `and ${lingerTotal / 1_000} s in all`],
    ['security', 'the same beyond the cap', `the cap is closed after ${refusedLinger / 1_000} s`],
    [
      'security',
      'how long an idle connection is kept',
      `An idle connection is kept for ${KEEP_ALIVE_MS / 1_000} s`,
    ],
    ['security', 'how much of what is sent then is read', `at most ${LINGER_BYTES / 1024 ** 2} MiB`],
    ['security', 'how large a head may be', `431 for a head larger than ${MAX_HEADER_BYTES / 1024} KiB`],
    ['security', 'how many requests wait', `At most ${MAX_WAITING} wait on a connection`],
    ['security', 'which body is read to its end', `a declared body of up to ${SMALL_BODY_BYTES / 1024} KiB`],
  ])('%s.md: %s', (name, _, text) => {
    expect(page(name)).toContain(text);
  });

  test('how often the times are looked at, and the grace of idle connections: two seconds', () => {
    expect(page('security')).toContain('The times are looked at every two seconds');
    expect(page('operations')).toContain('After two seconds of that, idle');
    expect([check, drainGrace]).toEqual([2_000, 2_000]);
  });
});
