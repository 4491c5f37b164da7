// WordPress's login cookies, made by real PHP as its sources make them.
import { describe, expect, test } from 'vitest';
import {
  isWordPressCookieAlive,
  isWordPressCookieGenuine,
  parseWordPressCookie,
  wordPressCookieName,
  wordPressLogin,
} from '../../../src/php/frameworks/wordpress.ts';
import { askFramework, tellFramework } from './oracle.ts';

const SALT = `put your unique phrase here|*{},'"${'s'.repeat(60)}`;
const PASSWORDS = [
  '$P$BDqQ8UhBNsBBbJ2Lw9Y6yAoX8Kp5aB1',
  '$2y$10$abcdefghijklmnopqrstuuVbCdEfGhIjKlMnOpQrStUvWxYz012345',
  '$wp$2y$10$abcdefghijklmnopqrstuuVbCdEfGhIjKlMnOpQrStUvWxYz6789',
];

function cookies(users: readonly string[], password: string): string[] {
  const code = `return wordPressCookie($in, ${php(password)}, 1700000000, 'tok3n', ${php(SALT)});`;
  return askFramework(code, users).map(String);
}

const php = (text: string) => `base64_decode('${Buffer.from(text).toString('base64')}')`;

describe('a cookie', () => {
  test.each(PASSWORDS)('is genuine for the user with the password %s, and for no other', (password) => {
    for (const [index, text] of cookies(['admin', 'Zoë', 'a b@example.com'], password).entries()) {
      const cookie = parseWordPressCookie(text);
      if (!cookie) return expect.fail('not read');
      expect(cookie.user).toBe(['admin', 'Zoë', 'a b@example.com'][index]);
      expect(isWordPressCookieGenuine(cookie, password, SALT)).toBe(true);
      expect(isWordPressCookieGenuine(cookie, password, `${SALT}x`)).toBe(false);
      expect(isWordPressCookieGenuine(cookie, PASSWORDS.find((one) => one !== password) ?? '', SALT)).toBe(
        false,
      );
      expect(isWordPressCookieGenuine({ ...cookie, user: 'root' }, password, SALT)).toBe(false);
      expect(isWordPressCookieGenuine({ ...cookie, expiration: 1_800_000_000 }, password, SALT)).toBe(false);
      expect(isWordPressCookieGenuine({ ...cookie, token: 'other' }, password, SALT)).toBe(false);
      expect(isWordPressCookieGenuine({ ...cookie, signature: '' }, password, SALT)).toBe(false);
    }
  });

  test.each(['', 'a', 'a|1|t', 'a|1|t|s|more', 'a|x|t|s', '|1|t|s', 'a|1||s', 'a|1|t|'])(
    '%j is none',
    (text) => {
      expect(parseWordPressCookie(text)).toBeUndefined();
    },
  );

  test('ends with its time, and an hour later for a POST', () => {
    const cookie = { user: 'a', expiration: 1000, token: 't', signature: 's' };
    const alive = (method: string, now: number) => isWordPressCookieAlive(cookie, method, now);
    expect([alive('GET', 1000), alive('GET', 1001), alive('POST', 4600), alive('POST', 4601)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  test('is named after the site', () => {
    const name = tellFramework(`return 'wordpress_logged_in_' . md5('https://example.com/blog');`).toString();
    expect(wordPressCookieName('https://example.com/blog')).toBe(name);
  });
});

describe('the logins of a user', () => {
  const tokens = tellFramework(
    `return serialize([hash('sha256', 'tok3n') => ['expiration' => 2000, 'ip' => '192.0.2.7', 'login' => 1], hash('sha256', 'old') => 2000]);`,
  );

  test('hold the token until it is over', () => {
    expect(wordPressLogin(tokens, 'tok3n', 2000)?.get('ip')).toBe('192.0.2.7');
    expect(wordPressLogin(tokens, 'tok3n', 2001)).toBeUndefined();
    expect(wordPressLogin(tokens, 'old', 1999)?.get('expiration')).toBe(2000);
  });

  test('hold no other, and nothing where there are none', () => {
    expect(wordPressLogin(tokens, 'stolen', 1)).toBeUndefined();
    expect(wordPressLogin(Buffer.from(''), 'tok3n', 1)).toBeUndefined();
    expect(wordPressLogin(Buffer.from('b:0;'), 'tok3n', 1)).toBeUndefined();
  });
});
