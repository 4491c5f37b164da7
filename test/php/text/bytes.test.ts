// Functions on bytes and ASCII letters against real PHP.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  lcfirst,
  strlen,
  strPad,
  strtolower,
  strtoupper,
  substr,
  ucfirst,
  ucwords,
} from '../../../src/php/text/bytes.ts';
import { bytesOf, type PhpValue } from '../../../src/php/value.ts';
import { askPhp } from '../oracle/php.ts';
import { anyString, sample } from '../oracle/values.ts';

const base64 = (value: string | Uint8Array) => bytesOf(value).toString('base64');

function ask(code: string, cases: readonly (readonly PhpValue[])[]): string[] {
  return askPhp(
    code,
    cases.map((one) => new Map<number, PhpValue>(one.entries())),
  );
}

test('cuts and counts bytes as PHP does', () => {
  const position = fc.integer({ min: -12, max: 12 });
  const cases = sample(fc.tuple(anyString, position, position));
  const answers = ask(
    'return base64_encode(substr($in[0], $in[1], $in[2])) . " " . base64_encode(substr($in[0], $in[1])) . " " . strlen($in[0]);',
    cases,
  );
  expect(
    cases.map(
      ([text, offset, length]) =>
        `${base64(substr(text, offset, length))} ${base64(substr(text, offset))} ${strlen(text)}`,
    ),
  ).toEqual(answers);
});

test('pads as PHP does', () => {
  const sides = ['left', 'right', 'both'] as const;
  const cases = sample(
    fc.tuple(
      anyString,
      fc.integer({ min: -2, max: 40 }),
      fc.constantFrom(' ', '0', 'ab', 'é', '-=+'),
      fc.nat(2),
    ),
  );
  const answers = ask(
    'return base64_encode(str_pad($in[0], $in[1], $in[2], [STR_PAD_LEFT, STR_PAD_RIGHT, STR_PAD_BOTH][$in[3]]));',
    cases,
  );
  expect(cases.map(([text, length, pad, side]) => base64(strPad(text, length, pad, sides[side])))).toEqual(
    answers,
  );
  expect(() => strPad('a', 3, '')).toThrow(RangeError);
});

test('changes the case of ASCII letters alone, as PHP 8.2 does', () => {
  const words = fc
    .array(fc.constantFrom('a', 'Z', 'é', 'É', 'ß', 'İ', ' ', '\t', '-', '\v', 'x1', '\f'), { maxLength: 10 })
    .map((parts) => parts.join(''));
  const inputs = sample(words);
  const code =
    'return base64_encode(implode("|", [strtolower($in), strtoupper($in), ucfirst($in), lcfirst($in), ucwords($in)]));';
  const ours = inputs.map((text) =>
    base64([strtolower(text), strtoupper(text), ucfirst(text), lcfirst(text), ucwords(text)].join('|')),
  );
  expect(ours).toEqual(askPhp(code, inputs));
});
