// The serialize() encoder against real PHP: the same bytes, and references that PHP understands.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { php } from '../../../src/php/for-handlers.ts';
import { type Serializable, serialize } from '../../../src/php/formats/serialize.ts';
import { unserialize } from '../../../src/php/formats/unserialize.ts';
import { type PhpArray, PhpFloat, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { record } from '../../e2e/figures.ts';
import { askPhp } from '../oracle/php.ts';
import { SHARED_PARTS } from '../oracle/shared-parts.ts';
import { anyValue, sample } from '../oracle/values.ts';

function written(value: Serializable): string | undefined {
  const result = serialize(value);
  return result.ok ? result.value.toString('latin1') : undefined;
}

function object(className: string, entries: [string | number, PhpValue][]): PhpObject {
  return new PhpObject(className, { properties: new Map(entries) });
}

describe('serialize', () => {
  test.each<[string, Serializable]>([
    ['N;', null],
    ['b:1;', true],
    ['i:-7;', -7],
    ['i:9007199254740993;', 9007199254740993n],
    ['d:0.1;', 0.1],
    ['d:1.0E+25;', 1e25],
    ['d:9007199254740992;', 2 ** 53],
    ['d:-0;', -0],
    ['d:NAN;', Number.NaN],
    ['d:-INF;', -Infinity],
    ['d:1;', new PhpFloat(1)],
    ['d:-2.5;', new PhpFloat(-2.5)],
    ['s:2:"\xc3\xa9";', 'é'],
    ['s:2:"\xff\0";', Buffer.from([0xff, 0])],
    ['a:2:{i:0;s:1:"a";i:1;d:2;}', ['a', new PhpFloat(2)]],
    ['a:2:{i:7;i:1;s:4:"name";s:3:"Ada";}', { name: 'Ada', none: undefined, '7': 1 }],
    ['a:1:{i:9007199254740993;i:1;}', new Map([['9007199254740993', 1]])],
    ['a:1:{s:2:"-0";i:1;}', new Map([['-0', 1]])],
    ['a:1:{s:20:"99999999999999999999";i:1;}', new Map([['99999999999999999999', 1]])],
    ['O:8:"stdClass":1:{s:2:"10";i:1;}', object('stdClass', [[10, 1]])],
    ['O:11:"ArrayObject":1:{i:0;i:1;}', object('ArrayObject', [[0, 1]])],
    ['O:1:"A":1:{s:9:"\0A\0secret";i:1;}', object('A', [['\0A\0secret', 1]])],
    ['E:6:"Suit:H";', new PhpObject('Suit', { enumCase: 'H' })],
    ['C:1:"A":2:{\xff;}', new PhpObject('A', { payload: Buffer.from('\xff;', 'latin1') })],
  ])('writes %j', (expected, value) => {
    expect(written(value)).toBe(expected);
  });

  test('points to an object met before, which takes a number, and to an array, which takes none', () => {
    const one = object('A', []);
    const list = [5];
    expect(written([one, one, list, list, one])).toBe(
      'a:5:{i:0;O:1:"A":0:{}i:1;r:2;i:2;a:1:{i:0;i:5;}i:3;R:4;i:4;r:2;}',
    );
  });

  test('writes one case of an enum as the one object that it is', () => {
    const hearts = () => new PhpObject('Suit', { enumCase: 'H' });
    expect(written([hearts(), hearts()])).toBe('a:2:{i:0;E:6:"Suit:H";i:1;r:2;}');
  });

  test('writes a circular array', () => {
    const circle: PhpArray = new Map();
    circle.set('self', circle);
    expect(written(circle)).toBe('a:1:{s:4:"self";R:1;}');
  });

  test.each<[string, Serializable]>([
    ['an integer beyond 64 bits', 2n ** 63n],
    ['a key that is no integer', new Map([[1.5, 1]])],
  ])('has no form for %s', (_, value) => {
    expect(serialize([value])).toMatchObject({ ok: false, error: { code: 'not-an-integer' } });
  });

  test('has no form for objects of JavaScript classes, whose inside would be lost', () => {
    const handed: unknown[] = [new Date(0), new Set([1]), /x/];
    for (const value of handed)
      expect(serialize([value as Serializable])).toMatchObject({ error: { code: 'unsupported' } });
    expect(written(Object.assign(Object.create(null), { a: 1 }))).toBe('a:1:{s:1:"a";i:1;}');
  });

  test('has no form for half a surrogate pair', () => {
    expect(serialize('é\ud800')).toMatchObject({ ok: false, error: { code: 'not-text' } });
  });

  test('refuses a reference past a C: object, and what is nested too deep', () => {
    const custom = new PhpObject('A', { payload: Buffer.from('x') });
    const later = object('B', []);
    expect(serialize([custom, custom])).toMatchObject({ ok: true });
    expect(serialize([custom, later, later])).toMatchObject({ error: { code: 'unsupported' } });
    let deep: Serializable = 1;
    for (let level = 0; level < 512; level++) deep = [deep];
    expect(serialize(deep).ok).toBe(true);
    expect(serialize([deep])).toMatchObject({ error: { code: 'too-deep' } });
  });

  test('writes what PHP writes, byte for byte', () => {
    const values = sample(anyValue({ bytes: true }));
    const expected = askPhp('return base64_encode(serialize($in));', values);
    const phps = expected.map((text) => Buffer.from(text, 'base64').toString('latin1'));
    const ours = values.map(written);
    expect(ours).toEqual(phps);
    record({
      figure: `serialize: ${values.length} random values`,
      demanded: 'the bytes that PHP writes',
      measured: `${ours.filter((text, index) => text === phps[index]).length} the same`,
    });
  });

  test('writes classes, enums, objects met again and shared arrays back as PHP wrote them', () => {
    // PHP's references to scalars and to objects are read as what they refer to.
    const code = `${SHARED_PARTS} if (!enum_exists('Suit')) { enum Suit: string { case H = 'h'; } }
      $all = shared_parts($in); unset($all['a'], $all['b'], $all['refs']);
      return base64_encode(serialize([Suit::H, Suit::H] + $all));`;
    for (const answer of askPhp(code, sample(anyValue({ bytes: true })))) {
      const bytes = Buffer.from(answer, 'base64');
      const read = unserialize(bytes);
      expect(read.ok && written(read.value)).toBe(bytes.toString('latin1'));
    }
  });

  test('writes floats as PHP writes them, whole ones too', () => {
    const numbers = sample(fc.double());
    const described = numbers.map((number) => {
      const bytes = Buffer.alloc(8);
      bytes.writeDoubleBE(number);
      return bytes;
    });
    const expected = askPhp('return serialize(unpack("E", $in)[1]);', described);
    numbers.forEach((number, index) => {
      expect(written(new PhpFloat(number))).toBe(expected[index]);
    });
  });

  test('writes shared parts so that PHP, which reads and writes them again, gives the same bytes', () => {
    const inputs = sample(anyGraph()).map((graph) => written(graph) ?? '');
    const answers = askPhp(
      'return base64_encode(serialize(unserialize($in)));',
      inputs.map((input) => Buffer.from(input, 'latin1')),
    );
    inputs.forEach((input, index) => {
      expect(Buffer.from(answers[index] ?? '', 'base64').toString('latin1')).toBe(input);
      const read = unserialize(Buffer.from(input, 'latin1'));
      expect(read.ok && written(read.value)).toBe(input);
    });
  });
});

/** Lists of a few values, in which arrays and objects appear more than once. */
function anyGraph(): fc.Arbitrary<Map<number, PhpValue>> {
  const parts = fc.array(anyValue({ bytes: true }), { minLength: 1, maxLength: 4 });
  return fc.tuple(parts, fc.array(fc.nat(3), { maxLength: 8 })).map(([values, picks]) => {
    const hearts = new PhpObject('stdClass', { properties: new Map([['in', values[0] ?? null]]) });
    const all = [...values, hearts];
    const picked = picks.map((pick) => all[pick % all.length] ?? null);
    return new Map([...values, ...picked, hearts].entries());
  });
}

describe('php.serialize and php.unserialize', () => {
  test('give what handlers need and undefined for what cannot be', () => {
    expect(String(php.serialize({ price: php.float(3), tags: ['a'] }))).toBe(
      'a:2:{s:5:"price";d:3;s:4:"tags";a:1:{i:0;s:1:"a";}}',
    );
    expect(php.serialize('\ud800é')).toBeUndefined();
    expect(php.unserialize('a:1:{s:1:"n";i:1;}')).toEqual(new Map([['n', 1]]));
    expect(php.unserialize('a:1:{')).toBeUndefined();
  });
});
