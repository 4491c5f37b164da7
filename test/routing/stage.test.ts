// The stage scalar, read and written.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatStage, parseStage, STAGE_WORDS } from '../../src/routing/stage.ts';

describe('parseStage', () => {
  test.each<[string, object]>([
    ['legacy', { word: 'legacy', percent: undefined, cohorts: [] }],
    ['shadow', { word: 'shadow', percent: undefined, cohorts: [] }],
    ['shadow 10%', { word: 'shadow', percent: 10, cohorts: [] }],
    ['canary 0.5%', { word: 'canary', percent: 0.5, cohorts: [] }],
    ['canary 100%', { word: 'canary', percent: 100, cohorts: [] }],
    ['canary staff', { word: 'canary', percent: undefined, cohorts: ['staff'] }],
    ['  canary  5%  staff beta ', { word: 'canary', percent: 5, cohorts: ['staff', 'beta'] }],
    ['new', { word: 'new', percent: undefined, cohorts: [] }],
    ['gone', { word: 'gone', percent: undefined, cohorts: [] }],
  ])('"%s" is read', (text, stage) => {
    expect(parseStage(text)).toEqual({ ok: true, stage });
  });

  test.each([
    ['canary', 'canary alone is for nobody'],
    ['canary 0.0000001%', '"0.0000001%" is neither a percentage nor a cohort\'s name'],
    ['nwe', '"nwe" is no stage'],
    ['', '"" is no stage'],
    ['canary 101%', '"101%" is neither a percentage nor a cohort\'s name'],
    ['canary 5', '"5" is neither a percentage nor a cohort\'s name'],
    ['canary staff 5%', '"5%" is neither a percentage nor a cohort\'s name'],
    ['canary -1%', '"-1%" is neither a percentage nor a cohort\'s name'],
    ['canary a a', 'a cohort stands twice'],
    ['shadow staff', 'shadow takes no cohorts'],
    ['new 5%', 'new takes neither percentage nor cohorts'],
    ['gone staff', 'gone takes neither percentage nor cohorts'],
  ])('"%s" is refused: %s', (text, message) => {
    expect(parseStage(text)).toMatchObject({ ok: false, message });
  });
});

test.each([
  ['nwe', 'did you mean "new"?'],
  ['canary 5', 'did you mean "canary 5%"?'],
  ['5% canary', 'did you mean "canary 5%"?'],
  ['shadwo 10 %', 'did you mean "shadow 10%"?'],
  ['10%', 'write canary 10% or shadow 10%'],
  ['canary 500%', 'write a percentage from 0% to 100%'],
  ['tomorrow', 'write legacy, shadow 10%, canary 5% staff, new or gone'],
])('what "%s" was probably meant for is said', (text, cure) => {
  expect(parseStage(text)).toMatchObject({ ok: false, cure });
});

test('what is written is read back', () => {
  const stages = fc.record({
    word: fc.constantFrom(...STAGE_WORDS),
    percent: fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined }),
    cohorts: fc.uniqueArray(fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/), { maxLength: 3 }),
  });
  fc.assert(
    fc.property(stages, ({ word, percent, cohorts }) => {
      const stage = {
        word,
        percent: percent === undefined || (word !== 'shadow' && word !== 'canary') ? undefined : percent / 10,
        cohorts: word === 'canary' ? cohorts : [],
      };
      fc.pre(formatStage(stage) !== 'canary');
      expect(parseStage(formatStage(stage))).toEqual({ ok: true, stage });
    }),
  );
});
