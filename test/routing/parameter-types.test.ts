// What parameters of each type take, and what several take together.
import { describe, expect, test } from 'vitest';
import { parameterTests, takenByAll, takes, takesAllOf } from '../../src/routing/parameter-types.ts';
import type { ParameterPart } from '../../src/routing/route.ts';

/** `int`, `plain` or `de|fr`. */
function part(text: string): ParameterPart {
  const values = text.includes('|') ? text.split('|') : [];
  return { kind: 'parameter', name: 'x', type: values.length > 0 ? 'enum' : (text as 'int'), values };
}

describe('parameter types', () => {
  test.each<['int' | 'slug' | 'hex' | 'uuid', readonly string[], readonly string[]]>([
    ['int', ['0', '007', '18446744073709551616'], ['', '-1', '1.5', '1a', '１', '1\n']],
    ['slug', ['a', 'A_b-9', '-'], ['', 'a.b', 'a b', 'é', 'a\n']],
    ['hex', ['0', 'deadBEEF'], ['', 'g', '0x1', 'ab-cd']],
    [
      'uuid',
      ['123e4567-e89b-12d3-a456-426614174000', '123E4567-E89B-12D3-A456-426614174000'],
      ['123e4567e89b12d3a456426614174000', '123e4567-e89b-12d3-a456-42661417400', ''],
    ],
  ])('%s takes what it names and nothing else', (type, taken, refused) => {
    const takes = (text: string) => parameterTests[type]?.test(text);
    expect(taken.filter((text) => !takes(text))).toEqual([]);
    expect(refused.filter(takes)).toEqual([]);
  });

  test('an enumerated parameter takes its values, and none takes nothing', () => {
    expect(['de', 'fr', 'DE', ''].map((text) => takes(part('de|fr'), text))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(takes(part('plain'), '')).toBe(false);
  });
});

test.each<[string, readonly string[], string | undefined]>([
  ['the narrower of two', ['slug', 'int'], '1'],
  ['a value that the type takes', ['int', 'x|7'], '7'],
  ['a value of both', ['a|b', 'b|c'], 'b'],
  ['nothing of values apart', ['a|b', 'c|d'], undefined],
  ['nothing of a number and a uuid', ['int', 'uuid'], undefined],
  ['nothing of hex and a uuid', ['uuid', 'hex'], undefined],
  ['a uuid of slug and uuid', ['slug', 'uuid', 'plain'], '123e4567-e89b-12d3-a456-426614174000'],
])('parameters share %s: %j', (_what, types, text) => {
  expect(takenByAll(types.map(part))).toBe(text);
});

test('a type takes all of a narrower one', () => {
  const types = ['plain', 'slug', 'hex', 'int', 'uuid', '1|2', 'a|b'];
  const within = types.map((wide) => types.filter((narrow) => takesAllOf(part(wide), part(narrow))));
  expect(within).toEqual([
    types,
    ['slug', 'hex', 'int', 'uuid', '1|2', 'a|b'],
    ['hex', 'int', '1|2', 'a|b'],
    ['int', '1|2'],
    ['uuid'],
    ['1|2'],
    ['a|b'],
  ]);
});
