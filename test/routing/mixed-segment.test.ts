// Text around the parameters of one segment.
import { describe, expect, test } from 'vitest';
import { compileMixed, matchMixed, mixedRank } from '../../src/routing/mixed-segment.ts';
import { pattern } from './patterns.ts';

function mixed(text: string) {
  const [segment] = pattern(`GET /${text}`).segments;
  if (segment?.kind !== 'mixed') throw new Error(`${text} is not mixed`);
  return segment;
}

const UUID = '123e4567-e89b-12d3-a456-426614174000';

describe('matchMixed', () => {
  test.each<[string, string, readonly string[] | undefined]>([
    ['feed-:lang.xml', 'feed-de.xml', ['de']],
    ['feed-:lang.xml', 'feed-.xml', undefined],
    ['feed-:lang.xml', 'feed-de.xm', undefined],
    ['feed-:lang.xml', 'feedde.xml', undefined],
    ['feed-:lang<de|fr>.xml', 'feed-fr.xml', ['fr']],
    ['feed-:lang<de|fr>.xml', 'feed-it.xml', undefined],
    ['ab:x', 'ab', undefined],
    ['a-:x-a', 'a-a', undefined],
    [':id<int>.html', '12.html', ['12']],
    [':id<int>.html', 'x.html', undefined],
    [':slug-p-:id<int>.html', 'blue-shoes-p-7.html', ['blue-shoes', '7']],
    [':slug-p-:id<int>.html', 'a-p-1-p-2.html', ['a-p-1', '2']],
    [':slug-p-:id<int>.html', 'a-p-x.html', undefined],
    [':slug-p-:id<int>.html', '-p-7.html', undefined],
    [':a<slug>-:b', 'x-y-z', ['x-y', 'z']],
    [':a<int>-:b', '1-2-z', ['1', '2-z']],
    [':a-:b<int>', 'x-1-2', ['x-1', '2']],
    [':y<int>-:m<int>-:d<int>', '2024-02-29', ['2024', '02', '29']],
    [':a<slug>-:b<slug>-:c<slug>', 'a-b-c-d', ['a-b', 'c', 'd']],
    [':a<a|ab>b:c', 'abbc', ['ab', 'c']],
    [':a<a|ab>b:c<int>', 'ab1', ['a', '1']],
    [':id<uuid>-:x', `${UUID}-7`, [UUID, '7']],
    [':x-:id<uuid>', `a-${UUID}`, ['a', UUID]],
    ['x-:a', 'x-caf%C3%A9', ['caf%C3%A9']],
    [':a%A9:b<int>', '%C3%A91', ['%C3', '1']],
    ['é:a', '%C3%A9x', ['x']],
  ])('%s and %s: %j', (text, segment, taken) => {
    expect(matchMixed(compileMixed(mixed(text)), segment)).toEqual(taken);
  });

  test('several parameters are looked for in 2048 characters, one in any number', () => {
    const several = compileMixed(mixed(':a-:b<int>'));
    const one = compileMixed(mixed('a-:b<int>'));
    expect(matchMixed(several, `${'a'.repeat(2046)}-1`)).toHaveLength(2);
    expect(matchMixed(several, `${'a'.repeat(2047)}-1`)).toBeUndefined();
    expect(matchMixed(one, `a-${'1'.repeat(16_000)}`)).toHaveLength(1);
  });
});

test('more literal text comes first, then fewer parameters, then narrower types', () => {
  const texts = [
    'feed-:x.xml',
    'é-:x.b',
    'ab-:x',
    'a-:x<de|fr>',
    'a-:x<int>',
    'b-:x<slug>',
    'a-:x',
    'a:x<int>-:y<int>',
    'a:x',
  ];
  const sorted = texts.toSorted((one, other) => (mixedRank(mixed(one)) < mixedRank(mixed(other)) ? -1 : 1));
  expect(sorted).toEqual(texts);
});
