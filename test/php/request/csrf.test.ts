// Tokens against forged requests, made by the frameworks' code in PHP.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cakephpCsrf, laravelCsrf, symfonyCsrf } from '../../../src/php/request/csrf.ts';
import { askPhp } from '../oracle/php.ts';
import { sample } from '../oracle/values.ts';

describe('tokens', () => {
  test('of Laravel are the session’s', () => {
    expect(laravelCsrf('abc', 'abc')).toBe(true);
    expect(laravelCsrf('abc', 'abd')).toBe(false);
  });

  test('of Symfony are another text on every page', () => {
    const stored = sample(fc.string({ minLength: 1, maxLength: 60 }));
    // CsrfTokenManager::randomize; the version matters not, as only the last two parts are read.
    const code = `$key = random_bytes(32);
      $value = $in ^ (strlen($in) > 32 ? str_repeat($key, ceil(strlen($in) / 32)) : $key);
      return substr(md5($key), 0, 1 + ord($key[0]) % 32) . "." . rtrim(strtr(base64_encode($key), "+/", "-_"), "=")
        . "." . rtrim(strtr(base64_encode($value), "+/", "-_"), "=");`;
    const tokens = askPhp(code, stored);
    stored.forEach((one, index) => {
      expect(symfonyCsrf(one, tokens[index])).toBe(true);
      expect(symfonyCsrf(`${one}x`, tokens[index])).toBe(false);
      expect(symfonyCsrf(one, one.split('.').length === 3 ? tokens[index] : one)).toBe(true);
    });
    expect(symfonyCsrf('a..b', 'a..b')).toBe(true);
  });

  test('of CakePHP are the cookie’s, plain or salted', () => {
    // CsrfProtectionMiddleware::createToken and saltToken, CakePHP 4 and 5.
    const code = `$value = random_bytes(16);
      $token = $value . hash_hmac("sha1", $value, $in);
      $salt = random_bytes(strlen($token));
      return base64_encode($token) . " " . base64_encode(($token ^ $salt) . $salt);`;
    const salts = sample(fc.string({ minLength: 1 })).slice(0, 300);
    askPhp(code, salts).forEach((answer, index) => {
      const [cookie = '', salted = ''] = answer.split(' ');
      const salt = salts[index] ?? '';
      expect(cakephpCsrf(cookie, salted, { salt })).toBe(true);
      expect(cakephpCsrf(cookie, cookie, { salt })).toBe(true);
      expect(cakephpCsrf(cookie, salted)).toBe(true);
      expect(cakephpCsrf(cookie, salted, { salt: `${salt}x` })).toBe(false);
      expect(cakephpCsrf(cookie, Buffer.alloc(112).toString('base64'), { salt })).toBe(false);
    });
    const plain = 'ab'.repeat(64);
    expect(cakephpCsrf(plain, plain)).toBe(true);
    expect(cakephpCsrf(plain, plain, { salt: 'any' })).toBe(false);
  });

  test.each([[undefined], [null], [''], [['abc']], [{ a: 'abc' }], [0]])('are never %j', (value) => {
    expect(laravelCsrf(value, value)).toBe(false);
    expect(symfonyCsrf(value, value)).toBe(false);
    expect(cakephpCsrf(value, value)).toBe(false);
  });
});
