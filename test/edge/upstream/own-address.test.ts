// An upstream's own address in its answers.
import { describe, expect, test } from 'vitest';
import { ownAddress, withoutOwnAddress } from '../../../src/edge/upstream/own-address.ts';
import type { Upstream } from '../../../src/routing/route.ts';

const upstream = (more: Partial<Upstream> = {}): Upstream => ({
  name: 'legacy',
  origins: ['http://php.internal:8080'],
  written: [`\${LEGACY_URL}`],
  timeouts: { connect: 1, headers: 1, idle: 1, total: undefined },
  host: undefined,
  rewrite: true,
  ...more,
});

const rewrite = (field: string, value: string, of = upstream()) =>
  withoutOwnAddress(field, value, ownAddress(of), 'https://shop.example.com');

describe("an upstream's own address", () => {
  test.each([
    ['location', 'http://php.internal:8080/cart?a=b#c', 'https://shop.example.com/cart?a=b#c'],
    ['location', 'HTTP://PHP.internal:8080', 'https://shop.example.com'],
    ['location', 'https://php.internal:8080/', 'https://shop.example.com/'],
    ['location', '//php.internal:8080/x', 'https://shop.example.com/x'],
    ['location', 'http://php.internal/x', 'https://shop.example.com/x'],
    ['content-location', 'http://php.internal:8080/a.de', 'https://shop.example.com/a.de'],
    ['refresh', '5; url=http://php.internal:8080/x', '5; url=https://shop.example.com/x'],
    ['refresh', "0;URL='http://php.internal:8080/x'", "0;URL='https://shop.example.com/x'"],
    ['refresh', '3,http://php.internal:8080/', '3,https://shop.example.com/'],
    ['set-cookie', 'a=1; Domain=php.internal; Path=/', 'a=1; Path=/'],
    ['set-cookie', 'a=1; Path=/; domain=.PHP.internal', 'a=1; Path=/'],
  ])('in %s: %s becomes %s', (field, value, becomes) => {
    expect(rewrite(field, value)).toBe(becomes);
  });

  test.each([
    ['location', '/cart?next=http://php.internal:8080/'],
    ['location', 'http://php.internal:8081/'],
    ['location', 'http://php.internal.example.com/'],
    ['location', 'http://elsewhere/php.internal:8080/'],
    ['location', 'http://user@php.internal:8080/'],
    ['location', ''],
    ['refresh', '5'],
    ['refresh', '5; url=/x'],
    ['set-cookie', 'a=1; Path=/'],
    ['set-cookie', 'domain=php.internal; Path=/'],
    ['set-cookie', 'a=1; Domain=shop.example.com'],
  ])('is not in %s: %s', (field, value) => {
    expect(rewrite(field, value)).toBeUndefined();
  });

  test('is the fixed Host that it is sent, too', () => {
    const fixed = upstream({ host: 'Shop.internal' });
    expect(rewrite('location', 'http://shop.internal/x', fixed)).toBe('https://shop.example.com/x');
  });

  test('has the port of its scheme where it names none', () => {
    const secure = upstream({ origins: ['https://php.internal'] });
    expect(rewrite('location', 'https://php.internal:443/x', secure)).toBe('https://shop.example.com/x');
    expect(rewrite('location', 'https://php.internal:80/x', secure)).toBeUndefined();
  });
});
