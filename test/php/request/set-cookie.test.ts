// Set-Cookie fields against those that real PHP sends.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CookieOptions, setcookie } from '../../../src/php/request/set-cookie.ts';
import { type PhpServer, startPhpServer } from '../oracle/server.ts';
import { recordEqual, sample } from '../oracle/values.ts';

// One request sends many cookies, each told by the field it made; all see one time, that of the request.
const PROGRAM = `(function () {
  $out = [];
  foreach (json_decode($_POST['cases'], true) as [$name, $value, $options]) {
    header_remove();
    $raw = $options['raw'] ?? false;
    unset($options['raw']);
    try { $raw ? setrawcookie($name, $value, $options) : setcookie($name, $value, $options); } catch (ValueError) {}
    $fields = array_values(array_filter(headers_list(), fn($field) => str_starts_with($field, 'Set-Cookie: ')));
    $out[] = base64_encode(substr($fields[0] ?? '', 12));
  }
  return implode(' ', $out) . ' ' . time();
})()`;

const names = fc.oneof(
  fc.constantFrom('a', 'PHPSESSID', 'a[b]', 'a.b', 'ä', 'a=b', 'a b', ''),
  fc.string({ maxLength: 5 }),
);
const values = fc.oneof(
  fc.constantFrom('', '0', 'deleted', 'a b+c~é;,', 'plain'),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ maxLength: 12 }),
);
// Far from now, so that the second in which PHP answers does not matter: what has passed is 0, and Max-Age is compared below.
const expiries = fc.oneof(
  fc.constantFrom(0, 1, -1, 253_402_300_799, 253_402_300_800),
  fc.integer({ min: 0, max: 1.6e9 }),
  fc.integer({ min: 3e9, max: 2e11 }),
);
const options = fc.record(
  {
    expires: expiries,
    path: fc.constantFrom('', '/', '/shop', '/a b', '/é'),
    domain: fc.constantFrom('', 'example.com', '.example.com', 'a;b'),
    secure: fc.boolean(),
    httponly: fc.boolean(),
    samesite: fc.constantFrom('', 'Lax', 'Strict', 'None'),
    raw: fc.boolean(),
  },
  { requiredKeys: [] },
);
type Case = [string, string, { expires?: number } & Omit<CookieOptions, 'expires' | 'now'>];

describe('setcookie', () => {
  let server: PhpServer;
  beforeAll(async () => {
    server = await startPhpServer(PROGRAM);
  });
  afterAll(() => server.close());

  async function ask(cases: readonly Case[]): Promise<{ fields: string[]; now: number }> {
    const body = `cases=${encodeURIComponent(JSON.stringify(cases))}`;
    const described: unknown = JSON.parse(await server.ask({ body }));
    const text = Array.isArray(described) ? Buffer.from(String(described[1]), 'base64').toString() : '';
    const parts = text.split(' ');
    return {
      fields: parts.slice(0, -1).map((part) => Buffer.from(part, 'base64').toString('latin1')),
      now: Number(parts.at(-1)),
    };
  }

  function ours([name, value, { expires = 0, ...rest }]: Case, now: number): string {
    try {
      return setcookie(name, value, { ...rest, expires, now });
    } catch (error) {
      if (error instanceof RangeError) return '';
      throw error;
    }
  }

  /** PHP counted from its own clock, which may have gone on since. */
  const withoutAge = (field: string) => field.replace(/Max-Age=[1-9]\d*/, 'Max-Age=N');

  test('writes what PHP sends, and refuses what it refuses', async () => {
    const cases: Case[] = sample(fc.tuple(names, values, options));
    const { fields, now } = await ask(cases);
    const wrong = cases.flatMap((one, index) => {
      const mine = ours(one, now);
      return withoutAge(mine) === withoutAge(fields[index] ?? '')
        ? []
        : [`${JSON.stringify(one)}: ${mine}, not ${fields[index]}`];
    });
    expect(wrong).toEqual([]);
    recordEqual('setcookie', cases);
  });

  test('counts Max-Age from now', async () => {
    const expires = Math.floor(Date.now() / 1000) + 100_000;
    const { fields, now } = await ask([['a', 'b', { expires }]]);
    const age = Number(/Max-Age=(\d+)/.exec(fields[0] ?? '')?.[1]);
    expect(Math.abs(age - (expires - now))).toBeLessThanOrEqual(1);
    expect(setcookie('a', 'b', { expires: 1700003600, now: 1700000000 })).toBe(
      'a=b; expires=Tue, 14 Nov 2023 23:13:20 GMT; Max-Age=3600',
    );
  });
});

test('spells as PHP before 8.2 and before 7.4 did', () => {
  const times = { expires: 1700000000, now: 0, path: '/' };
  expect(setcookie('a', 'b c', { ...times, version: 8.1 })).toBe(
    'a=b%20c; expires=Tue, 14-Nov-2023 22:13:20 GMT; Max-Age=1700000000; path=/',
  );
  expect(setcookie('a', 'b c', { ...times, version: 7.3 })).toContain('a=b+c; expires=Tue, 14-Nov-2023');
  expect(setcookie('a', '', { version: 7.3 })).toBe(
    'a=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0',
  );
});
