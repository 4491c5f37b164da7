// Laravel's cookies and payloads, made by real PHP as its sources make them.
import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type LaravelOptions,
  laravelCookie,
  laravelDecrypt,
  laravelKey,
  laravelSessions,
  laravelUserKey,
} from '../../../src/php/frameworks/laravel.ts';
import { askFramework, facts, tellFramework } from './oracle.ts';

const KEY = randomBytes(32);
const PHP_KEY = `base64_decode('${KEY.toString('base64')}')`;
const ID = `${'aB3'.repeat(13)}Z`;

const OPTIONS: LaravelOptions = {
  name: 'shop_session',
  keys: [KEY],
  cookies: 'prefixed',
  serialization: 'php',
  encrypted: false,
  wrapping: 'none',
  guard: 'web',
  userPaths: undefined,
};

describe('encrypted texts', () => {
  test.each(['aes-256-cbc', 'aes-256-gcm'])('of %s are decrypted, whatever they hold', (cipher) => {
    const texts = ['', 'a', 'Zoë', '\0\xff', 'x'.repeat(15), 'y'.repeat(16), 'z'.repeat(5000)];
    const sealed = askFramework(`return laravelEncrypt($in, ${PHP_KEY}, '${cipher}');`, texts);
    expect(sealed.map((one) => laravelDecrypt(one.toString(), [randomBytes(32), KEY])?.toString())).toEqual(
      texts,
    );
  });

  test('of a key of 16 bytes as well', () => {
    const key = randomBytes(16);
    const code = `return laravelEncrypt('fig', base64_decode('${key.toString('base64')}'), 'aes-128-cbc');`;
    expect(laravelDecrypt(tellFramework(code).toString(), [key])?.toString()).toBe('fig');
  });

  test('are refused when a key is another or a byte is changed', () => {
    for (const cipher of ['aes-256-cbc', 'aes-256-gcm']) {
      const sealed = tellFramework(`return laravelEncrypt('fig', ${PHP_KEY}, '${cipher}');`).toString();
      expect(laravelDecrypt(sealed, [randomBytes(32)])).toBeUndefined();
      const payload = JSON.parse(Buffer.from(sealed, 'base64').toString()) as Record<string, string>;
      for (const name of ['iv', 'value', cipher.endsWith('gcm') ? 'tag' : 'mac']) {
        const text = payload[name] ?? '';
        const changed = { ...payload, [name]: (text[0] === 'A' ? 'B' : 'A') + text.slice(1) };
        expect(
          laravelDecrypt(Buffer.from(JSON.stringify(changed)).toString('base64'), [KEY]),
        ).toBeUndefined();
      }
    }
  });

  test.each(['', 'nonsense', 'e30=', 'W10=', 'bnVsbA==', Buffer.from('{"iv":1}').toString('base64')])(
    'that are none are nothing: %j',
    (text) => expect(laravelDecrypt(text, [KEY])).toBeUndefined(),
  );
});

describe('the cookie', () => {
  test('gives the id, if it was made under its own name', () => {
    const cookie = tellFramework(`return laravelCookie('shop_session', '${ID}', ${PHP_KEY});`).toString();
    expect(laravelCookie(cookie, 'shop_session', OPTIONS)).toBe(ID);
    expect(laravelCookie(cookie, 'other', OPTIONS)).toBeUndefined();
    expect(laravelSessions(OPTIONS).keyOf(cookie, 'shop_session', facts())).toBe(ID);
  });

  test('made with a previous key is still good', () => {
    const cookie = tellFramework(`return laravelCookie('shop_session', '${ID}', ${PHP_KEY});`).toString();
    const rotated = { ...OPTIONS, keys: [randomBytes(32), KEY] };
    expect(laravelCookie(cookie, 'shop_session', rotated)).toBe(ID);
  });

  test('of older versions holds the id bare, or serialized', () => {
    const bare = tellFramework(`return laravelEncrypt('${ID}', ${PHP_KEY});`).toString();
    const serialized = tellFramework(
      `return laravelEncrypt('${ID}', ${PHP_KEY}, 'aes-256-cbc', true);`,
    ).toString();
    expect(laravelCookie(bare, 'shop_session', { ...OPTIONS, cookies: 'bare' })).toBe(ID);
    expect(laravelCookie(serialized, 'shop_session', { ...OPTIONS, cookies: 'serialized' })).toBe(ID);
    expect(laravelCookie(bare, 'shop_session', OPTIONS)).toBeUndefined();
  });

  test('that holds no id names no session', () => {
    const cookie = tellFramework(
      `return laravelCookie('shop_session', '../../etc/passwd', ${PHP_KEY});`,
    ).toString();
    expect(laravelSessions(OPTIONS).keyOf(cookie, 'shop_session', facts())).toBeUndefined();
  });
});

describe('the payload', () => {
  const values = `['_token' => 'csrf', 'login_web_' . sha1('Illuminate\\Auth\\SessionGuard') => 7, 'cart' => ['fig' => 2]]`;

  test.each<[string, Partial<LaravelOptions>, string]>([
    ['files and memcached', {}, `return serialize(${values});`],
    ['the database', { wrapping: 'base64' }, `return base64_encode(serialize(${values}));`],
    ['Redis', { wrapping: 'serialize' }, `return serialize(serialize(${values}));`],
    ['files, as JSON', { serialization: 'json' }, `return json_encode(${values});`],
    [
      'the database, encrypted',
      { wrapping: 'base64', encrypted: true },
      `return base64_encode(laravelEncrypt(serialize(${values}), ${PHP_KEY}, 'aes-256-cbc', true));`,
    ],
    [
      'Redis, encrypted, as JSON',
      { wrapping: 'serialize', encrypted: true, serialization: 'json' },
      `return serialize(laravelEncrypt(json_encode(${values}), ${PHP_KEY}, 'aes-256-gcm', true));`,
    ],
  ])('of %s is read, and tells the user', (_, more, code) => {
    const dialect = laravelSessions({ ...OPTIONS, ...more });
    const decoded = dialect.decode(tellFramework(code));
    if (!decoded.ok) return expect.fail(decoded.error.message);
    expect(decoded.value.get('_token')).toBe('csrf');
    expect(dialect.userOf({ values: decoded.value, columns: {} })).toBe('7');
  });

  test('that another key has encrypted is unreadable', () => {
    const dialect = laravelSessions({ ...OPTIONS, encrypted: true, keys: [randomBytes(32)] });
    const code = `return laravelEncrypt(serialize([]), ${PHP_KEY}, 'aes-256-cbc', true);`;
    expect(dialect.decode(tellFramework(code)).ok).toBe(false);
  });
});

test('APP_KEY is read with its prefix and without; what is no key is told', () => {
  expect(laravelKey(`base64:${KEY.toString('base64')}`)).toEqual(KEY);
  expect(laravelKey('x'.repeat(32))).toEqual(Buffer.from('x'.repeat(32)));
  expect(laravelKey('base64:c2hvcnQ=')).toBeUndefined();
});

test('the entry of a guard is that of PHP', () => {
  const name = tellFramework(`return 'login_admin_' . sha1('Illuminate\\Auth\\SessionGuard');`).toString();
  expect(laravelUserKey('admin')).toBe(name);
});
