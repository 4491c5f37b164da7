// Session data as PHP's own handlers write it, and ways into it.
import { describe, expect, test } from 'vitest';
import {
  decodeSession,
  SESSION_FORMATS,
  type SessionFormat,
} from '../../../src/php/formats/session-format.ts';
import { getPath, toPlain } from '../../../src/php/path.ts';
import { type PhpArray, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { anyValue, sample } from '../oracle/values.ts';

function decode(text: string, format?: SessionFormat): PhpArray | undefined {
  const result = decodeSession(Buffer.from(text, 'latin1'), format);
  return result.ok ? result.value : undefined;
}

describe('decodeSession', () => {
  test('reads names and values, whatever delimiters they contain', () => {
    const values = decode('uid|i:7;text|s:5:"a|b;c";!x|N;');
    expect(values).toEqual(
      new Map<string, PhpValue>([
        ['uid', 7],
        ['text', 'a|b;c'],
        ['!x', null],
      ]),
    );
  });

  test('shares one table of references between all variables', () => {
    const values = decode('p|a:1:{i:0;i:1;}q|R:1;o1|O:8:"stdClass":0:{}o2|r:3;');
    expect(values?.get('q')).toBe(values?.get('p'));
    expect(values?.get('o2')).toBe(values?.get('o1'));
  });

  test.each(SESSION_FORMATS)('reads an empty body as a %s session without data', (format) => {
    expect(decode('', format)).toEqual(new Map());
  });

  test.each(['uid', 'uid|', 'uid|i:7', 'uid|i:7;x', 'uid|i:7;|', 'q|R:1;', 'uid|i:7;bad|s:9:"x";'])(
    'gives no part of the broken session %j',
    (text) => {
      expect(decode(text)).toBeUndefined();
    },
  );

  test('reads php_serialize, and nothing but an array in it', () => {
    expect(decode('a:1:{s:3:"uid";i:7;}', 'php_serialize')).toEqual(new Map([['uid', 7]]));
    expect(decode('i:7;', 'php_serialize')).toBeUndefined();
  });

  test('reads php_binary: names after their length, old ones without a value, one table of references', () => {
    const values = decode('\x03uidi:7;\x81x\x01pa:1:{i:0;i:1;}\x01qR:2;', 'php_binary');
    expect(values).toEqual(
      new Map<string, PhpValue>([
        ['uid', 7],
        ['p', new Map([[0, 1]])],
        ['q', new Map([[0, 1]])],
      ]),
    );
    expect(values?.get('q')).toBe(values?.get('p'));
  });

  test.each(['\x03ui', '\x03uid', '\x7f', '\x03uidi:7', '\x03uidi:7;\x01'])(
    'gives no part of the broken php_binary session %j',
    (text) => {
      expect(decode(text, 'php_binary')).toBeUndefined();
    },
  );

  test('reads igbinary, and nothing but an array in it', () => {
    expect(decode('\0\0\0\x02\x14\x01\x11\x03uid\x06\x07', 'igbinary')).toEqual(new Map([['uid', 7]]));
    expect(decode('\0\0\0\x02\x06\x07', 'igbinary')).toBeUndefined();
  });

  test.each(SESSION_FORMATS)('reads what session_encode writes with %s', (format) => {
    const inputs = sample(anyValue({ bytes: true })).map((value) => new Map([['v', value]]));
    const start = `static $on; if (!$on) { ini_set("session.serialize_handler", "${format}"); ini_set("session.use_cookies", "0"); ini_set("session.save_path", sys_get_temp_dir()); ini_set("session.cache_limiter", ""); $on = session_start(); register_shutdown_function("session_destroy"); }`;
    const code = `${start} $_SESSION = ["first" => &$in["v"], "second" => &$in["v"], "last" => 1]; return base64_encode(session_encode());`;
    askPhp(code, inputs, ['igbinary']).forEach((encoded, index) => {
      const result = decodeSession(Buffer.from(encoded, 'base64'), format);
      const value = inputs[index]?.get('v') ?? null;
      const expected = new Map<string, PhpValue>([
        ['first', value],
        ['second', value],
        ['last', 1],
      ]);
      expect(result.ok && describeValue(result.value)).toEqual(describeValue(expected));
    });
  });
});

describe('getPath', () => {
  const user = new PhpObject('App\\User', {
    properties: new Map<string | number, PhpValue>([
      ['name', 'Ada'],
      ['\0*\0mail', 'a@x'],
      ['\0App\\User\0role', 'admin'],
      ['\0App\\Base\0id', 7],
      ['nothing', null],
    ]),
  });
  const values: PhpArray = new Map<string | number, PhpValue>([
    ['user', user],
    [
      'list',
      new Map([
        [0, 'first'],
        [10, 'tenth'],
      ]),
    ],
    ['a.b', new Map([['c', 1]])],
  ]);

  test.each<[string | string[], unknown]>([
    ['user.name', 'Ada'],
    ['user.mail', 'a@x'],
    ['user.role', 'admin'],
    ['user.id', 7],
    ['user.nothing', null],
    ['list.0', 'first'],
    ['list.10', 'tenth'],
    ['list.010', undefined],
    ['user.name.x', undefined],
    ['user.missing', undefined],
    ['__proto__', undefined],
    ['user.constructor', undefined],
    ['list.size', undefined],
    [['a.b', 'c'], 1],
  ])('finds %j', (path, expected) => {
    expect(getPath(values, path)).toEqual(expected);
  });

  test('turns values into plain data that cannot pollute a prototype', () => {
    const plain = toPlain(
      new Map<string, PhpValue>([
        ['user', user],
        ['__proto__', new Map([['polluted', true]])],
      ]),
    );
    expect(Object.getPrototypeOf(plain)).toBeNull();
    expect('polluted' in {}).toBe(false);
    expect(JSON.stringify(plain)).toBe(
      '{"user":{"name":"Ada","mail":"a@x","role":"admin","id":7,"nothing":null},"__proto__":{"polluted":true}}',
    );
  });

  test('keeps circular values circular and lists lists', () => {
    const circle: PhpArray = new Map();
    circle.set(0, circle);
    const plain = toPlain(circle);
    expect(Array.isArray(plain) && plain[0] === plain).toBe(true);
    expect(toPlain(new PhpObject('Suit', { enumCase: 'Hearts' }))).toBe('Hearts');
  });
});
