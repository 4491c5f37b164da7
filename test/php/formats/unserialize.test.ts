// The serialize() decoder against real PHP, examples and damaged input.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { record } from '../../e2e/figures.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { anyValue, sample } from '../oracle/values.ts';

function read(text: string): PhpValue | undefined {
  const result = unserialize(Buffer.from(text, 'latin1'));
  return result.ok ? result.value : undefined;
}

describe('unserialize', () => {
  test.each<[string, PhpValue]>([
    ['N;', null],
    ['b:1;', true],
    ['b:0;', false],
    ['i:-7;', -7],
    ['i:9007199254740991;', 9007199254740991],
    ['i:9007199254740993;', 9007199254740993n],
    ['i:-9223372036854775808;', -(2n ** 63n)],
    ['d:0.1;', 0.1],
    ['d:1.0E+100;', 1e100],
    ['d:INF;', Infinity],
    ['d:-INF;', -Infinity],
    ['d:NAN;', Number.NaN],
    ['d:-0;', -0],
    ['s:0:"";', ''],
    ['s:5:"a";"b";', 'a";"b'],
    ['s:2:"\xc3\xa9";', 'é'],
    ['s:2:"\xff\x00";', Buffer.from([0xff, 0])],
    [
      'a:2:{i:0;s:1:"a";s:1:"k";N;}',
      new Map<string | number, PhpValue>([
        [0, 'a'],
        ['k', null],
      ]),
    ],
    ['a:1:{s:2:"10";i:1;}', new Map([[10, 1]])],
    ['O:1:"A":1:{s:2:"10";i:1;}', new PhpObject('A', { properties: new Map([['10', 1]]) })],
    ['O:1:"A":1:{i:10;i:1;}', new PhpObject('A', { properties: new Map([[10, 1]]) })],
    ['i:+7;', 7],
    ['i:-0;', 0],
    ['i:0000000000000000007;', 7],
    ['a:1:{i:-9007199254740993;i:1;}', new Map([['-9007199254740993', 1]])],
    ['a:1:{s:9:"__proto__";i:1;}', new Map([['__proto__', 1]])],
    ['E:6:"Suit:H";', new PhpObject('Suit', { enumCase: 'H' })],
    ['C:3:"Foo":4:{a;}b}', new PhpObject('Foo', { payload: Buffer.from('a;}b') })],
    ['O:3:"Foo":1:{s:4:"\0*\0p";i:1;}', new PhpObject('Foo', { properties: new Map([['\0*\0p', 1]]) })],
  ])('reads %j', (text, expected) => {
    expect(unserialize(Buffer.from(text, 'latin1'))).toEqual({ ok: true, value: expected });
  });

  test('lets references share one array, and an object referred to take a number of its own', () => {
    const shared = read('a:3:{i:0;a:1:{i:0;i:5;}i:1;R:2;i:2;i:9;}');
    expect(shared instanceof Map && shared.get(0) === shared.get(1)).toBe(true);
    const object = read('a:4:{i:0;O:1:"A":0:{}i:1;r:2;i:2;s:1:"x";i:3;R:4;}');
    expect(object instanceof Map && object.get(3)).toBe('x');
  });

  test('reads a circular value', () => {
    const circle = read('a:1:{i:0;R:1;}');
    expect(circle instanceof Map && circle.get(0) === circle).toBe(true);
  });

  test('refuses a reference past a C: object, whose inside it cannot count', () => {
    const result = unserialize(Buffer.from('a:3:{i:0;C:1:"A":0:{}i:1;i:1;i:2;R:3;}'));
    expect(result).toMatchObject({ ok: false, error: { code: 'unsupported' } });
  });

  test.each([
    '',
    'N',
    'b:2;',
    'b:1',
    'i:;',
    'i:-;',
    'i:1',
    'i: 1;',
    'd: 1;',
    'i:1.5;',
    'i:9223372036854775808;',
    'd:;',
    'd:e;',
    's:5:"abc";',
    's:1:"ab";',
    's:-1:"";',
    'a:1:{}',
    'a:-1:{}',
    'a:99999999:{',
    'a:1:{a:0:{}i:1;}',
    'a:0:{',
    'R:1;',
    'r:1;',
    'a:1:{i:0;R:9;}',
    'a:2:{i:0;i:1;i:1;r:2;}',
    'E:4:"Suit";',
    'E:5:"a:b:c";',
    'N;N;',
    'x:1;',
    'O:1:"A":1:{}',
    'C:1:"A":5:{}',
    's:99999999999:"";',
    'O:9:"A":0:{}',
  ])('refuses %j', (text) => {
    expect(unserialize(Buffer.from(text, 'latin1')).ok).toBe(false);
  });

  test('stops at its limits of depth and size', () => {
    const nested = Buffer.from(`${'a:1:{i:0;'.repeat(600)}N;${'}'.repeat(600)}`);
    expect(unserialize(nested)).toMatchObject({ ok: false, error: { code: 'too-deep' } });
    expect(unserialize(nested, { maxDepth: 600 }).ok).toBe(true);
    expect(unserialize(nested, { maxBytes: 100 })).toMatchObject({ ok: false, error: { code: 'too-large' } });
  });

  test('reads what PHP writes', () => {
    const values = sample(anyValue({ bytes: true }));
    const serialized = askPhp('return base64_encode(serialize($in));', values);
    const read = serialized.map((text) => unserialize(Buffer.from(text, 'base64')));
    expect(read.map((result) => result.ok && describeValue(result.value))).toEqual(values.map(describeValue));
    record({
      figure: `unserialize: ${values.length} random values that PHP wrote`,
      demanded: 'each read to the value that it was',
      measured: `${read.filter(({ ok }) => ok).length} equal`,
    });
  });

  test('reads from damaged input what PHP reads from it, or nothing', () => {
    const samples = [
      'a:3:{i:0;s:3:"abc";s:1:"k";d:1.5;i:7;a:1:{i:0;R:2;}}',
      'O:8:"stdClass":2:{s:1:"a";i:10;s:2:"bb";r:1;}',
    ];
    const damage = fc.tuple(
      fc.constantFrom(...samples),
      fc.array(fc.tuple(fc.nat(60), fc.constantFrom(...'0123456789:;{}"aibsdNRrO')), {
        minLength: 1,
        maxLength: 2,
      }),
    );
    const inputs = sample(damage).map(([text, changes]) => {
      const bytes = Buffer.from(text);
      for (const [at, char] of changes) bytes[at % bytes.length] = char.charCodeAt(0);
      return bytes;
    });
    const answers = askPhp(
      '$v = unserialize($in, ["allowed_classes" => ["stdClass"]]); return $v === false && $in !== "b:0;" ? "" : described($v);',
      inputs.map(String),
    );
    inputs.forEach((bytes, index) => {
      const result = unserialize(bytes);
      const isTree = !/[Rr]:/.test(String(bytes));
      if (result.ok && isTree) expect(JSON.stringify(describeValue(result.value))).toBe(answers[index]);
      if (result.ok) expect(answers[index], String(bytes)).not.toBe('');
    });
  });

  test('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => typeof unserialize(bytes).ok === 'boolean'),
    );
  });
});
