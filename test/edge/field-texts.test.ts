// The fields of answers as text, remembered from one answer to the next.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FieldTexts } from '../../src/edge/upstream/field-texts.ts';

const asBytes = (texts: readonly string[]) => texts.map((text) => Buffer.from(text, 'latin1'));

describe('FieldTexts', () => {
  test('gives what each answer says, whatever the answers before it said', () => {
    const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
    const text = fc.oneof(
      fc.constantFrom('Content-Type', 'text/html', 'Set-Cookie', 'a=1', 'a=2', ''),
      fc.string({ unit: byte, maxLength: 200 }),
    );
    const answer = fc.array(text, { maxLength: 200 });
    fc.assert(
      fc.property(fc.array(answer, { maxLength: 8 }), (answers) => {
        const texts = new FieldTexts();
        for (const one of answers) expect(texts.of(asBytes(one))).toEqual(one);
      }),
    );
  });

  test('keeps nothing of the memory that an answer came in', () => {
    const texts = new FieldTexts();
    const [field] = asBytes(['Server']);
    texts.of([field ?? Buffer.of()]);
    field?.fill('x');
    expect(texts.of(asBytes(['Server']))).toEqual(['Server']);
  });
});
