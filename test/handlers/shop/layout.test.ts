import { expect, it } from 'vitest';
import { pager } from '../../../src/handlers/shop/layout.ts';

it.each([
  [1, 1, ''],
  [1, 2, '[1] 2'],
  [1, 6, '[1] 2 3 … 6'],
  [5, 9, '1 … 3 4 [5] 6 7 … 9'],
  [4, 7, '1 2 3 [4] 5 6 7'],
  [9, 9, '1 … 7 8 [9]'],
])('links from page %i of %i to the pages around it, the first and the last', (current, pages, shown) => {
  const text = String(pager('/index.php', { q: 'a&b' }, current, pages))
    .replace(/<b>(\d+)<\/b>/, '[$1]')
    .replaceAll('&hellip;', '…')
    .replaceAll(/<[^>]*>/g, '');
  expect(text.trim()).toBe(shown);
});

it('writes addresses as http_build_query does, escaped', () => {
  expect(String(pager('/index.php', { q: 'ü ~' }, 1, 2))).toBe(
    '<p class="pager"> <b>1</b> <a href="/index.php?q=%C3%BC+%7E&amp;p=2">2</a></p>\n',
  );
});
