// Who a request is from and what it asks for, as its fields say: section C of docs/security.md.
import { describe, expect, test } from 'vitest';
import { defineHandler, type HandlerFunction } from '../../../src/native/define-handler.ts';
import { answersIn, request, type Setting, send, start, startBeforeBytes, statusOf } from './setting.ts';

/** The fields that the upstream was sent, as lines, without the request line. */
async function sentUpstream(
  fields: readonly string[],
  { edge, upstream }: Setting,
): Promise<readonly string[]> {
  expect(statusOf(await send(edge, request('GET / HTTP/1.1', fields)))).toBe(200);
  return upstream.received.at(-1)?.text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];
}

function handler(run: HandlerFunction) {
  return defineHandler({ session: false }, run);
}

const PAGE = 'routes: { page: { match: ANY /page, handler: page, fallback: none, stage: new } }';

describe('C15 Connection takes fields of the connection away, and no others', () => {
  const KEPT = ['Cookie: a=b', 'Authorization: Basic eA==', 'Content-Type: text/plain'];

  test('what it may not name stays', async () => {
    const names =
      'close, Host, Cookie, Authorization, Content-Type, X-Forwarded-For, X-Forwarded-Proto, X-Real-IP';
    const sent = await sentUpstream([`Connection: ${names}`, ...KEPT], await start());
    expect(sent).toEqual(
      expect.arrayContaining([
        'host: shop.test',
        ...KEPT,
        'X-Forwarded-For: 127.0.0.1',
        'X-Forwarded-Proto: http',
      ]),
    );
  });

  test('what else it names goes, in whatever case and line', async () => {
    const sent = await sentUpstream(
      ['Connection: close, X-One', 'Connection: x-TWO', 'X-One: 1', 'x-two: 2', 'X-Three: 3'],
      await start(),
    );
    expect(sent.filter((line) => /^x-(?:one|two|three)/i.test(line))).toEqual(['X-Three: 3']);
  });

  test('fields of the connection end at the edge though nobody names them', async () => {
    const ending = [
      ...[
        'Keep-Alive: timeout=5',
        'Proxy-Connection: keep-alive',
        'Proxy-Authorization: Basic eA==',
        'Proxy-Authenticate: Basic',
      ],
      ...['Trailer: X', 'Upgrade: foo', 'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA', 'TE: gzip'],
    ];
    const sent = await sentUpstream(ending, await start());
    const names = ending.map((line) => line.split(':')[0]?.toLowerCase());
    expect(sent.filter((line) => names.includes(line.split(':')[0]?.toLowerCase()))).toEqual([]);
  });
});

describe('C16 who the visitor is, is not his to say', () => {
  const SPOOFED = [
    ...[
      'X-Forwarded-For: 6.6.6.6',
      'X-Forwarded-For: 7.7.7.7',
      'X-Forwarded-Proto: https',
      'X-Forwarded-Host: evil.test',
    ],
    ...['X-Forwarded-Port: 1', 'X-Forwarded-Prefix: /evil', 'Forwarded: for=6.6.6.6', 'X-Real-IP: 6.6.6.6'],
    ...[
      'X-Client-IP: 6.6.6.6',
      'True-Client-IP: 6.6.6.6',
      'CF-Connecting-IP: 6.6.6.6',
      'Front-End-Https: on',
    ],
  ];

  test('a stranger’s forwarding fields are replaced by what the edge sees', async () => {
    const sent = await sentUpstream(SPOOFED, await start());
    expect(sent.join('\n')).not.toMatch(/6\.6\.6\.6|7\.7\.7\.7|evil|https|Front-End/i);
    expect(sent).toEqual(
      expect.arrayContaining([
        'X-Forwarded-For: 127.0.0.1',
        'X-Forwarded-Proto: http',
        'X-Forwarded-Host: shop.test',
      ]),
    );
  });

  test('those of a trusted proxy pass, its own address added; several lines are one list', async () => {
    const sent = await sentUpstream(SPOOFED, await start({ trustedProxies: ['127.0.0.0/8'] }));
    expect(sent).toEqual(
      expect.arrayContaining([
        'X-Forwarded-For: 6.6.6.6, 7.7.7.7, 127.0.0.1',
        'X-Forwarded-Proto: https',
        'X-Forwarded-Host: evil.test',
      ]),
    );
    expect(sent.filter((line) => /^x-forwarded-for/i.test(line))).toHaveLength(1);
  });

  test('a handler is told no more than an upstream', async () => {
    const page = handler(({ req }) => `${req.ip} ${req.protocol} ${req.hostname}`);
    const { edge } = await start({ routes: PAGE, handlers: { page } });
    expect(await send(edge, request('GET /page HTTP/1.1', SPOOFED))).toMatch(
      /\r\n\r\n127\.0\.0\.1 http shop\.test$/,
    );
  });
});

describe('C17 names that PHP folds into those of other fields', () => {
  test.each([
    'X_Forwarded_For',
    'X-Forwarded_For',
    'X.Forwarded.For',
    'Content_Length',
    'x_real_ip',
    'Cookie_',
    "X'Y",
    'X+Y',
    'X~Y',
    'X!',
  ])('%s does not reach the upstream', async (name) => {
    const sent = await sentUpstream([`${name}: 6.6.6.6`, 'X-Kept: 1'], await start());
    expect(sent.filter((line) => line.includes('6.6.6.6'))).toEqual([]);
    expect(sent).toContain('X-Kept: 1');
  });

  test.each(['X Y', 'X(Y)', 'X,Y', 'X"Y', 'X/Y', 'X ', 'X\xe4'])('%j is no name: 400', async (name) => {
    const { edge, upstream } = await start();
    const text = await send(edge, request('GET / HTTP/1.1', [`${name}: 1`]));
    expect(statusOf(text)).toBe(400);
    expect(upstream.received).toEqual([]);
  });
});

describe('C18 fields that make another request of the one that was routed (httpoxy, CVE-2025-29927, GHSA-7r4p-vjf4-gxv4)', () => {
  test.each([
    'Proxy: http://evil.test',
    'X-Original-URL: /admin',
    'X-Rewrite-URL: /admin',
    'X-Banyan: side=new',
  ])('%s does not reach the upstream', async (line) => {
    expect(await sentUpstream([line], await start())).not.toContain(line);
  });

  const OVERRIDES = ['X-HTTP-Method-Override: DELETE', 'X-HTTP-Method: DELETE', 'X-Method-Override: DELETE'];

  test('legacy is told of another method, as it always was', async () => {
    expect(await sentUpstream(OVERRIDES, await start())).toEqual(expect.arrayContaining(OVERRIDES));
  });

  test('a handler is not', async () => {
    const page = handler(({ req }) => Object.keys(req.headers).filter((name) => name.includes('method')));
    const { edge } = await start({ routes: PAGE, handlers: { page } });
    expect(await send(edge, request('POST /page HTTP/1.1', OVERRIDES))).toMatch(/\r\n\r\n\[\]$/);
  });
});

describe('C19 one Host, and one that is served', () => {
  test.each([
    ['none', []],
    ['an empty one', ['Host:']],
    ['two', ['Host: shop.test', 'Host: evil.test']],
    ['twice the same', ['Host: shop.test', 'Host: shop.test']],
    ['a list', ['Host: shop.test, evil.test']],
    ['one with a user', ['Host: a@shop.test']],
    ['one with a path', ['Host: shop.test/a']],
    ['one with a space', ['Host: shop test']],
    ['one with a port that is none', ['Host: shop.test:80a']],
    ['one that is markup', ['Host: "><script>']],
  ])('%s: 400', async (_, fields) => {
    const { edge, upstream } = await start();
    const text = await send(
      edge,
      `GET / HTTP/1.1\r\n${fields.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`,
    );
    expect(statusOf(text)).toBe(400);
    expect(upstream.received).toEqual([]);
  });

  test('one that is not in HOSTS: 421, and no link is made of it', async () => {
    const { edge, upstream } = await start({ hosts: ['shop.test'] });
    const text = await send(edge, request('GET / HTTP/1.1', ['Host: evil.test']));
    expect(statusOf(text)).toBe(421);
    expect(text).not.toContain('evil.test');
    expect(upstream.received).toEqual([]);
  });
});

describe('C20 an answer that is odd harms its own request only (httpxy#106, httpxy#122)', () => {
  test.each<[string, HandlerFunction]>([
    ['a line break in a field', ({ res }) => void res.setHeader('X', 'a\r\nSet-Cookie: evil=1').end('x')],
    ['a line break in a field’s name', ({ res }) => void res.setHeader('X\r\nY', 'a').end('x')],
    ['NUL in a field', ({ res }) => void res.setHeader('X', 'a\0b').end('x')],
    ['a field beyond latin1', ({ res }) => void res.setHeader('X', 'Łódź').end('x')],
    ['a line break in its reason', ({ res }) => void res.writeHead(200, 'a\r\nX: y').end('x')],
    ['a line break in a cookie', ({ res }) => void res.cookie('a', 'b', { path: '/\r\nX: y' }).end('x')],
    ['a status that is none', ({ res }) => void res.writeHead(99).end('x')],
  ])('%s of a handler: 500, and nothing is split', async (_, run) => {
    const { edge } = await start({ routes: PAGE, handlers: { page: handler(run) } });
    const text = await send(edge, request('GET /page HTTP/1.1'));
    expect(statusOf(text)).toBe(500);
    expect(text).not.toMatch(/^(?:Set-Cookie|X):/im);
    expect(statusOf(await send(edge, request('GET / HTTP/1.1')))).toBe(200);
  });

  test('an upstream’s fields beyond ASCII pass as they are, and cookies stay apart', async () => {
    const lines = ['X-City: \xc5\x81\xf3d\xbc', 'Set-Cookie: a=1', 'Set-Cookie: b=2', 'X-Tab: a\tb'];
    const edge = await startBeforeBytes((_text, socket) =>
      socket.write(`HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\nok`, 'latin1'),
    );
    const text = await send(edge, request('GET / HTTP/1.1'));
    expect(text.split('\r\n').filter((line) => lines.includes(line))).toEqual(lines);
  });

  test.each([204, 304])('a status %d has no body, whatever the upstream says of one', async (status) => {
    const edge = await startBeforeBytes((_text, socket) =>
      socket.write(`HTTP/1.1 ${status} X\r\nContent-Type: text/plain\r\n\r\n`),
    );
    const text = await send(edge, request('GET / HTTP/1.1'));
    expect(statusOf(text)).toBe(status);
    expect(text).toMatch(/\r\n\r\n$/);
    expect(text).not.toMatch(/^transfer-encoding/im);
  });

  test('103 is passed on and is not the answer; another interim status is dropped', async () => {
    const edge = await startBeforeBytes((_text, socket) =>
      socket.write(
        'HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok',
      ),
    );
    const text = await send(edge, request('GET / HTTP/1.1'));
    expect(text.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 103', 'HTTP/1.1 200']);
  });

  test('trailers go to who asks for them, and never among the fields', async () => {
    const edge = await startBeforeBytes((_text, socket) =>
      socket.write(
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\nSet-Cookie: evil=1\r\n\r\n',
      ),
    );
    expect(await send(edge, request('GET / HTTP/1.1'))).not.toContain('X-Sum: 1');
    const asked = await send(edge, request('GET / HTTP/1.1', ['TE: trailers', 'Connection: close, TE']));
    expect(asked).toMatch(/\r\n0\r\nX-Sum: 1\r\n/);
    expect(asked.split('\r\n\r\n')[0]).not.toMatch(/X-Sum: 1|evil/);
  });
});

describe('C21 names that JavaScript knows are names like any other (CVE-2026-21710, CVE-2026-21717)', () => {
  test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'prototype'])('%s', async (name) => {
    const page = handler(({ req, query }) => ({ query, polluted: 'evil' in {}, ip: req.ip }));
    const { edge } = await start({ routes: PAGE, handlers: { page } });
    const target = `?${name}=evil&${name}[evil]=1&a[${name}][evil]=1`;
    const fields = [
      `${name}: evil`,
      `Cookie: ${name}=evil; PHPSESSID=${name}`,
      `Content-Type: application/x-www-form-urlencoded`,
    ];
    for (const path of ['/', '/page', `/${name}`]) {
      const body = `${name}[evil]=1&a[${name}]=2`;
      const text = await send(
        edge,
        request(`POST ${path}${target} HTTP/1.1`, [...fields, `Content-Length: ${body.length}`], body),
      );
      expect(statusOf(text)).toBe(200);
      if (path === '/page') expect(text).toContain('"polluted":false');
    }
    expect(({} as Record<string, unknown>).evil).toBeUndefined();
  });
});

describe('C22 limits', () => {
  const LIMITS = 'limits: { url: 1KiB, fields: 20, body: 1KiB }\nroutes: {}';
  const many = (count: number) => Array.from({ length: count }, (_, index) => `X-${index}: 1`);

  test.each([
    ['64 KiB of fields', 'GET /', [`X: ${'x'.repeat(66_000)}`], '', 431],
    ['64 KiB of cookies', 'GET /', [`Cookie: a=${'x'.repeat(66_000)}`], '', 431],
    ['more fields than limits.fields', 'GET /', many(21), '', 431],
    ['a target longer than limits.url', `GET /${'a'.repeat(1_024)}`, [], '', 414],
    ['a body larger than limits.body', 'POST /', ['Content-Length: 1025'], 'x'.repeat(1_025), 413],
    [
      'a body in chunks larger than limits.body',
      'POST /',
      ['Transfer-Encoding: chunked'],
      `800\r\n${'x'.repeat(2_048)}\r\n0\r\n\r\n`,
      413,
    ],
  ])('%s: refused, and closed', async (_, line, fields, body, status) => {
    const { edge, upstream } = await start({ routes: LIMITS });
    const text = await send(edge, request(`${line} HTTP/1.1`, fields, body));
    expect(statusOf(text)).toBe(status);
    expect(answersIn(text)).toBe(1);
    expect(upstream.requests.filter(({ complete }) => complete)).toEqual([]);
  });

  test('what is within them passes', async () => {
    const { edge } = await start({ routes: LIMITS });
    const fields = [...many(10), 'Content-Length: 1024'];
    expect(
      statusOf(await send(edge, request(`POST /${'a'.repeat(1_000)} HTTP/1.1`, fields, 'x'.repeat(1_024)))),
    ).toBe(200);
  });
});
