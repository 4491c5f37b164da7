import { expect, it } from 'vitest';
import { Html, html, NOTHING } from '../../../src/handlers/shop/html.ts';

it('escapes inserted text by the rules of PHP', () => {
  expect(String(html`<b>${`<"it's" & more>`}</b>`)).toBe('<b>&lt;&quot;it&#039;s&quot; &amp; more&gt;</b>');
  expect(String(html`${Uint8Array.of(0x5a, 0xeb)}`)).toBe('Z\ufffd');
});

it('inserts pieces, lists of pieces and numbers as they are', () => {
  const item = (name: string) => html`<li>${name}</li>`;
  expect(String(html`<ul>${['a&b', 'c'].map(item)}</ul>${NOTHING}${7}${2n ** 63n}`)).toBe(
    '<ul><li>a&amp;b</li><li>c</li></ul>79223372036854775808',
  );
  expect(String(html`${new Html('&euro;')}`)).toBe('&euro;');
});
