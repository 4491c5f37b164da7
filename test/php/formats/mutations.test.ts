// Damaged payloads go through every decoder: none takes long, none throws, none reaches a prototype.
import { expect, test } from 'vitest';
import { fastlzDecompress } from '../../../src/php/formats/fastlz.ts';
import { igbinaryDecode } from '../../../src/php/formats/igbinary.ts';
import { decodeMemcacheItem } from '../../../src/php/formats/memcache-item.ts';
import { decodeItem } from '../../../src/php/formats/memcached-item.ts';
import { msgpackDecode } from '../../../src/php/formats/msgpack.ts';
import { decodeSession, SESSION_FORMATS } from '../../../src/php/formats/session-format.ts';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { jsonDecode } from '../../../src/php/json/decode.ts';
import { toPlain } from '../../../src/php/path.ts';
import { parsePhpCookies, parsePhpQuery } from '../../../src/php/request/query.ts';
import type { Result } from '../../../src/php/result.ts';
import type { PhpValue } from '../../../src/php/value.ts';
import { figure, proving, record } from '../../e2e/figures.ts';
import { mutate, randomNumbers } from './mutations.ts';

const PAYLOADS = figure(2000, 200_000);
/** Milliseconds that no decoder may take twice in succession. */
const LIMIT = figure(1000, 10);

/** Types and compressions of both extensions. */
const FLAGS = [0, 1, 2, 3, 4, 5, 6, 7, 0x10, 0x30, 0x34, 0x50, 0x54, 0x57, 0x90];
const OLD_FLAGS = [0, 1, 2, 3, 0x100, 0x300, 0x700];

type Decode = (bytes: Buffer, index: number) => unknown;

const DECODERS: Readonly<Record<string, Decode>> = {
  serialize: (bytes) => plain(unserialize(bytes)),
  igbinary: (bytes) => plain(igbinaryDecode(bytes)),
  msgpack: (bytes) => plain(msgpackDecode(bytes)),
  fastlz: (bytes) =>
    bytes.length > 4 && fastlzDecompress(bytes.subarray(4), bytes.readUInt32LE() % (1 << 24)),
  'items of memcached': (bytes, index) => plain(decodeItem(FLAGS[index % FLAGS.length] ?? 0, bytes)),
  'items of memcache': (bytes, index) =>
    plain(decodeMemcacheItem(OLD_FLAGS[index % OLD_FLAGS.length] ?? 0, bytes)),
  ...Object.fromEntries(
    SESSION_FORMATS.map((format): [string, Decode] => [
      `sessions (${format})`,
      (bytes) => plain(decodeSession(bytes, format)),
    ]),
  ),
  json: (bytes) => jsonDecode(bytes.toString()),
  query: (bytes) => parsePhpQuery(bytes.toString('latin1')),
  cookies: (bytes) => parsePhpCookies(bytes.toString('latin1')),
};

function plain<Value extends PhpValue>(result: Result<Value, unknown>): unknown {
  return result.ok ? toPlain(result.value) : undefined;
}

const prototypes = () =>
  [Object, Array, Map, Function, String].map((type) => Reflect.ownKeys(type.prototype));

test(`${PAYLOADS} damaged payloads harm no decoder`, { timeout: 600_000 }, () => {
  const seed = proving ? Date.now() % 2 ** 32 : 1889;
  const random = randomNumbers(seed);
  const before = prototypes();
  let slowest = 0;
  for (let index = 0; index < PAYLOADS; index++) {
    const bytes = mutate(random);
    for (const [name, decode] of Object.entries(DECODERS)) {
      const time = timeTwice(() => decode(bytes, index));
      if (time > LIMIT) expect.fail(`${name}: ${time} ms for ${bytes.toString('hex')} (seed ${seed})`);
      slowest = Math.max(slowest, time);
    }
  }
  expect(prototypes()).toEqual(before);
  expect('polluted' in {}).toBe(false);
  record({
    figure: `${PAYLOADS} damaged payloads through each of ${Object.keys(DECODERS).length} decoders`,
    demanded: 'none over 10 ms twice in succession, none crashes, no prototype touched',
    measured: `none; the slowest took ${slowest.toFixed(1)} ms`,
  });
});

/** Milliseconds; what seems slow is tried again, for something else may have had the processor. */
function timeTwice(work: () => unknown): number {
  const first = milliseconds(work);
  return first > LIMIT / 2 ? Math.min(first, milliseconds(work)) : first;
}

/** By the clock, but no more than the processor time of this process. */
function milliseconds(work: () => unknown): number {
  const [start, cpu] = [performance.now(), process.cpuUsage()];
  work();
  const [time, { user, system }] = [performance.now() - start, process.cpuUsage(cpu)];
  return Math.min(time, (user + system) / 1000);
}
