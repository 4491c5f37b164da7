// Payloads as PHP writes them, and damage done to them.
import { readFileSync } from 'node:fs';

interface Item {
  readonly flags: number;
  readonly b64: string;
}

function vectors(name: string) {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8'));
}

const golden: Record<string, { php: string; igb: string; json: string }> = vectors('serialize-igbinary.json');
const { items }: { items: Record<string, Item> } = vectors('php-memcached-items.json');
const packed: { raw: string }[] = vectors('fastlz-values.json');

/** What a mutation is most dangerous in: names of prototypes, references, nesting, sessions, queries. */
const HAND_MADE = [
  'a:3:{s:9:"__proto__";a:1:{s:8:"polluted";b:1;}s:11:"constructor";O:8:"stdClass":1:{s:9:"prototype";R:1;}i:1;N;}',
  'O:8:"stdClass":2:{s:9:"__proto__";O:8:"stdClass":1:{s:8:"polluted";b:1;}s:1:"r";r:1;}',
  'uid|i:7;cart|a:1:{i:0;a:2:{s:2:"id";i:3;s:3:"qty";d:1.5;}}p|R:3;o|O:1:"A":1:{s:4:"\0*\0x";E:6:"Suit:H";}c|C:1:"A":3:{a;b}',
  '\x03uidi:7;\x81x\x09__proto__a:1:{s:8:"polluted";b:1;}\x01qR:1;',
  '\0\0\0\x02\x14\x02\x11\x09__proto__\x14\x01\x11\x08polluted\x05\x11\x01r\x25\x01\x00',
  '\x82\xa9__proto__\x81\xa8polluted\xc3\x01\x82\xc0\x04\0\x01',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":1}},"n":[1.5e3,"\\u00e9\\ud83d\\ude00",-0]}',
  '__proto__[polluted]=1&a[b][c]=2&a[]=3&constructor[prototype][polluted]=4&x.y%5B%5D=%e9+1;PHPSESSID=a',
];

/** Payloads of all formats, compressed ones too. */
export const SEEDS: readonly Buffer[] = [
  ...Object.values(golden).flatMap(({ php, igb, json }) => [
    Buffer.from(php, 'hex'),
    Buffer.from(igb, 'hex'),
    Buffer.from(json),
  ]),
  ...Object.values(items).map(({ b64 }) => Buffer.from(b64, 'base64')),
  ...packed.map(({ raw }) => Buffer.from(raw, 'base64')),
  ...HAND_MADE.map((text) => Buffer.from(text, 'latin1')),
];

/** Gives numbers from 0 to below 1, the same for one seed (mulberry32). */
export function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const INTERESTING = [
  '0',
  '9',
  ':',
  ';',
  '{',
  '}',
  '"',
  '|',
  'a',
  'O',
  'R',
  'r',
  '\0',
  '\x25',
  '\x14',
  '\xff',
  '\xdd',
];

/** Damages a random seed in up to four places. */
export function mutate(random: () => number): Buffer {
  const below = (limit: number) => Math.floor(random() * limit);
  let bytes = Buffer.from(SEEDS[below(SEEDS.length)] ?? []);
  for (let left = 1 + below(4); left > 0; left--) {
    const at = below(bytes.length + 1);
    const to = Math.min(bytes.length, at + below(16));
    const head = bytes.subarray(0, at);
    bytes = Buffer.concat(damaged(below(7), head, bytes.subarray(at, to), bytes.subarray(to), below));
  }
  return bytes;
}

function damaged(
  kind: number,
  head: Buffer,
  middle: Buffer,
  tail: Buffer,
  below: (limit: number) => number,
): Buffer[] {
  const interesting = Buffer.from(INTERESTING[below(INTERESTING.length)] ?? '', 'latin1');
  const other = SEEDS[below(SEEDS.length)] ?? Buffer.alloc(0);
  switch (kind) {
    case 0:
      return [head];
    case 1:
      return [head, tail];
    case 2:
      return [head, Buffer.from([below(256)]), tail];
    case 3:
      return [head, interesting, tail];
    case 4:
      return [head, ...Array.from({ length: 1 + below(40) }, () => middle), tail];
    case 5:
      return [head, Buffer.from(String(below(2 ** 40))), tail];
    default:
      return [head, other.subarray(below(other.length)), tail];
  }
}
