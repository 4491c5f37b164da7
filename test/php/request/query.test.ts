// Query strings, bodies and cookies as PHP reads them, against real PHP.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toPlain } from '../../../src/php/path.ts';
import { parsePhpBody, parsePhpCookies, parsePhpQuery } from '../../../src/php/request/query.ts';
import { httpBuildQuery } from '../../../src/php/request/query-build.ts';
import { rawurldecodeText, rawurlencode, urldecodeText, urlencode } from '../../../src/php/request/url.ts';
import { bytesOf, PhpObject, type PhpValue } from '../../../src/php/value.ts';
import { askPhp, describeValue } from '../oracle/php.ts';
import { type PhpServer, startPhpServer } from '../oracle/server.ts';
import { anyString, anyValue, recordEqual, sample } from '../oracle/values.ts';

const PARTS = [
  'a',
  'b',
  '0',
  '1',
  '-1',
  '07',
  '[',
  ']',
  '[]',
  '.',
  ' ',
  '_',
  '=',
  '&',
  ';',
  '%',
  '%5B',
  '%5d',
  '%00',
  '%zz',
  '%e9',
  '+',
  '%20',
  '%2e',
  '__Host-',
  '..Host-',
  '\xc3\xa9',
  '\xff',
  '[\t]',
  '9223372036854775807',
  '9007199254740993',
];
const hostile = fc.array(fc.constantFrom(...PARTS), { maxLength: 14 }).map((parts) => parts.join(''));
const pairs = fc.array(hostile, { minLength: 1, maxLength: 5 }).map((list) => list.join('&'));

describe('parsePhpQuery', () => {
  test.each<[string, unknown]>([
    ['a=1&a=2', { a: '2' }],
    ['a[]=1&a[]=2', { a: ['1', '2'] }],
    ['a.b=1&c d=2&e[f.g]=3', { a_b: '1', c_d: '2', e: { 'f.g': '3' } }],
    ['a[b=1', { a_b: '1' }],
    ['a[b]c=1', { a: { b: '1' } }],
    ['a=1&a[x]=2', { a: { x: '2' } }],
    ['a[x]=1&a=2', { a: '2' }],
    ['x[0]=a&x[2]=b&x[]=c', { x: { 0: 'a', 2: 'b', 3: 'c' } }],
    ['a=1;b=2', { a: '1;b=2' }],
    ['a=%zz&b=%', { a: '%zz', b: '%' }],
    ['a=%c3%a9+x', { a: 'é x' }],
    ['a=%e9', { a: Buffer.from([0xe9]) }],
    ['%20%20a=1&=x&+=y', { a: '1' }],
    ['__proto__[x]=1&constructor=2', JSON.parse('{"__proto__":{"x":"1"},"constructor":"2"}')],
    ['', []],
  ])('reads %j', (query, expected) => {
    expect(JSON.stringify(toPlain(parsePhpQuery(query)))).toEqual(JSON.stringify(expected));
  });

  test('reads hostile input as PHP does', () => {
    const inputs = sample(pairs).map((text) => Buffer.from(text, 'latin1'));
    const answers = askPhp('parse_str($in, $out); return described($out);', inputs);
    inputs.forEach((input, index) => {
      expect(JSON.stringify(describeValue(parsePhpQuery(input))), input.toString('latin1')).toBe(
        answers[index],
      );
    });
    recordEqual('Query strings', inputs);
  });

  test('keeps 1000 variables and 64 levels, as PHP does', () => {
    const names = Array.from({ length: 1005 }, (_, index) => `v${index}=1`).join('&');
    const nested = [63, 64, 65].map((depth) => `a${'[x]'.repeat(depth)}=1`);
    const inputs = [names, `${names.replaceAll('&', '&&')}`, ...nested, `a=1&${nested[2]}`];
    const answers = askPhp('parse_str($in, $out); return count($out, 1);', inputs);
    expect(inputs.map((input) => String(deepCount(parsePhpQuery(input))))).toEqual(answers);
  });
});

function deepCount(value: PhpValue): number {
  if (!(value instanceof Map)) return 0;
  let count = value.size;
  for (const child of value.values()) count += deepCount(child);
  return count;
}

describe('cookies and bodies', () => {
  let server: PhpServer;
  beforeAll(async () => {
    server = await startPhpServer('["cookie" => $_COOKIE, "post" => $_POST]');
  });
  afterAll(() => server.close());

  async function agrees(cookie: string, body: string): Promise<void> {
    const answer = await server.ask({ cookie, body });
    const ours = new Map([
      ['cookie', parsePhpCookies(cookie)],
      ['post', parsePhpBody(body)],
    ]);
    expect(JSON.stringify(describeValue(ours)), JSON.stringify({ cookie, body })).toBe(answer);
  }

  test.each([
    'a=1; a=2',
    'e=%2B+x',
    'a[x]=1; a[x]=2; a[y]=3',
    'a=1; a[x]=2',
    'a[x]=1; a=2',
    ' a=1;;b=2; =3; c',
    'a%20b=1; a.b=2',
    'x=1;y=2',
    'a="q;r"',
    '..Host-a=1; __Host-b=2',
    '_[Host-c=1',
    '__Host-=1; _.Secure-x=2',
  ])('reads the cookies %j as PHP does', async (cookie) => {
    await agrees(cookie, 'a=1');
  });

  test('reads hostile cookies and bodies as PHP does', async () => {
    // The built-in server splits neither differently from php-fpm; raw control bytes do not get through HTTP.
    const cookies = sample(fc.array(hostile, { minLength: 1, maxLength: 4 }));
    for (const list of cookies) await agrees(list.join('; ').replaceAll('\t', ' '), list.join('&'));
    recordEqual('Cookies and bodies', cookies);
  });

  test('keeps as many cookies and body variables as PHP', async () => {
    const names = Array.from({ length: 1003 }, (_, index) => `v${index}=1`);
    await agrees(names.join('; '), names.join('&'));
  });
});

describe('building', () => {
  test('encodes URLs as PHP does', () => {
    const inputs = sample(anyString);
    const answers = askPhp('return urlencode($in)." ".rawurlencode($in);', inputs);
    expect(inputs.map((input) => `${urlencode(input)} ${rawurlencode(input)}`)).toEqual(answers);
    recordEqual('urlencode and rawurlencode', inputs);
  });

  test('decodes URLs as PHP does', () => {
    const inputs = sample(fc.oneof(anyString, hostile));
    const code = 'return base64_encode(urldecode($in)) . " " . base64_encode(rawurldecode($in));';
    const base64 = (value: string | Uint8Array) => bytesOf(value).toString('base64');
    expect(
      inputs.map((input) => `${base64(urldecodeText(input))} ${base64(rawurldecodeText(input))}`),
    ).toEqual(askPhp(code, inputs));
    recordEqual('urldecode and rawurldecode', inputs);
  });

  test('builds query strings with all arguments of http_build_query', () => {
    const entries = anyValue({ bytes: true }).filter((value) => value instanceof Map);
    const inputs = sample(
      fc.tuple(entries, fc.constantFrom('', 'p_', 'ä '), fc.constantFrom('&', ';', '&amp;')),
    );
    const answers = askPhp(
      'return http_build_query($in[0], $in[1], $in[2]) . " " . http_build_query($in[0], $in[1], $in[2], PHP_QUERY_RFC3986);',
      inputs.map((one) => new Map<number, PhpValue>(one.entries())),
    );
    const ours = inputs.map(([data, numericPrefix, separator]) => {
      const options = { numericPrefix, separator };
      return `${httpBuildQuery(data, options)} ${httpBuildQuery(data, { ...options, encoding: 'rfc3986' })}`;
    });
    expect(ours).toEqual(answers);
  });

  test('builds query strings as http_build_query does', () => {
    const inputs = sample(anyValue({ bytes: true })).map((value) => new Map([['q', value]]));
    const answers = askPhp('return http_build_query($in);', inputs);
    expect(inputs.map((input) => httpBuildQuery(input))).toEqual(answers);
    recordEqual('http_build_query', inputs);
  });

  test('leaves out nulls and what is not public', () => {
    const properties = new Map<string, PhpValue>([
      ['a', true],
      ['\0*\0b', 1],
      ['c', null],
      ['d', 1.5],
    ]);
    expect(httpBuildQuery(new PhpObject('A', { properties }))).toBe('a=1&d=1.5');
    expect(httpBuildQuery({ list: ['x', null, 'y'], gone: undefined })).toBe('list%5B0%5D=x&list%5B2%5D=y');
  });
});
