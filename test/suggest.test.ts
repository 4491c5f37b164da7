// "Did you mean".
import { describe, expect, test } from 'vitest';
import { nearest, suggestion } from '../src/suggest.ts';

const KEYS = ['match', 'also', 'handler', 'stage', 'redirect'];

describe('nearest', () => {
  test.each([
    ['stage', 'stage'],
    ['stge', 'stage'],
    ['satge', 'stage'],
    ['Handler', 'handler'],
    ['handle', 'handler'],
    ['handlers', 'handler'],
    ['mtach', 'match'],
    ['zzzzz', undefined],
    ['', undefined],
  ])('of "%s" is %s', (word, key) => {
    expect(nearest(word, KEYS)).toBe(key);
  });

  test('takes the nearer of two', () => {
    expect(nearest('cafe', ['care', 'case', 'cafes', 'cafe'])).toBe('cafe');
  });

  test('finds nothing among nothing', () => {
    expect(nearest('a', [])).toBeUndefined();
  });
});

const MANY = Array.from({ length: 50 }, (_, index) => `route-${index}`);

describe('suggestion', () => {
  test.each([
    ['stge', KEYS, 'did you mean "stage"?'],
    ['nwe', ['legacy', 'new', 'gone'], 'did you mean "new"?'],
    ['500', ['legacy', '404'], 'use one of: legacy, 404'],
    ['colour', ['legacy', 'new'], 'use one of: legacy, new'],
    ['x', [], 'there is none to choose from'],
    ['x', MANY, `use one of: ${MANY.slice(0, 20).join(', ')} or 30 others`],
  ])('for "%s" among %j', (word, candidates, text) => {
    expect(suggestion(word, candidates)).toBe(text);
  });
});
