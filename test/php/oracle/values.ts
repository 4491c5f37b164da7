// Arbitrary PHP values for property tests.
import fc from 'fast-check';
import { arrayKey, type PhpKey, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { record } from '../../e2e/figures.ts';

/** Draws inputs: always the same few normally, many new ones under `npm run prove`. */
export function sample<Value>(arbitrary: fc.Arbitrary<Value>): Value[] {
  return fc.sample(arbitrary, process.env.PROVE === '1' ? { numRuns: 5000 } : { numRuns: 300, seed: 1889 });
}

const integer = fc.oneof(
  fc.maxSafeInteger(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(smallest),
);
const float = fc.double({ noDefaultInfinity: true, noNaN: true }).filter((number) => !Object.is(number, -0));
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('1', '-5', '007', '1e3', 'a/b', '<&>"\''),
);

/** Any string: text, or bytes that are not UTF-8. */
export const anyString = fc.oneof(
  text,
  fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from([...bytes, 0xff])),
);

const key: fc.Arbitrary<PhpKey> = fc.oneof(text.map(arrayKey), fc.integer(), fc.nat(5));

/** Any value made of scalars, text and bytes if asked, arrays and stdClass objects. */
export function anyValue(options: { bytes: boolean }): fc.Arbitrary<PhpValue> {
  const string = options.bytes ? anyString : text;
  return fc.letrec<{ value: PhpValue }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      fc.oneof(fc.constant(null), fc.boolean(), integer, float, string),
      fc.array(tie('value'), { maxLength: 4 }).map((list) => new Map(list.entries())),
      fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => new Map(entries)),
      fc.array(fc.tuple(text, tie('value')), { maxLength: 3 }).map(object),
    ),
  })).value;
}

function object(entries: [string, PhpValue][]): PhpObject {
  const properties = new Map(entries.map(([name, value]) => [arrayKey(`p${name}`), value]));
  return new PhpObject('stdClass', { properties });
}

function smallest(value: bigint): PhpValue {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Records that random inputs gave what PHP gives; to be called when they have. */
export function recordEqual(what: string, inputs: readonly unknown[]): void {
  record({
    figure: `${what}: random inputs, against PHP`,
    demanded: 'equal',
    measured: `${inputs.length} equal`,
  });
}
