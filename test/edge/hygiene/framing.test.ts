// Where a request or an answer begins and ends: section A of docs/security.md. Bytes in, bytes out.
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { signal } from '../http.ts';
import { serverClosed, serverEnded, visit } from '../raw-visitor.ts';
import { answersIn, request, send, start, startBeforeBytes, statusOf } from './setting.ts';

const CHUNKED = 'Transfer-Encoding: chunked';
const HIDDEN = 'GET /hidden HTTP/1.1\r\nHost: shop.test\r\n\r\n';

describe('A1 a request framed in two ways, or in none that is known (RFC 9112 §6, CVE-2026-1525, CVE-2026-2835)', () => {
  test.each([
    ['length and chunks', ['Content-Length: 5', CHUNKED], '0\r\n\r\n'],
    ['chunks and length', [CHUNKED, 'Content-Length: 5'], '0\r\n\r\n'],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 'hello!'],
    ['two lengths that agree', ['Content-Length: 5', 'content-length: 5'], 'hello'],
    ['a list of lengths', ['Content-Length: 5, 5'], 'hello'],
    ['a length with a sign', ['Content-Length: +5'], 'hello'],
    ['a negative length', ['Content-Length: -5'], 'hello'],
    ['a length in hexadecimal', ['Content-Length: 0x5'], 'hello'],
    ['an empty length', ['Content-Length:'], ''],
    ['a length beyond all numbers', ['Content-Length: 99999999999999999999'], 'hello'],
    ['gzip, chunked', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'],
    ['chunked, gzip', ['Transfer-Encoding: chunked, gzip'], '0\r\n\r\n'],
    ['chunked, chunked', ['Transfer-Encoding: chunked, chunked'], '0\r\n\r\n'],
    ['chunked twice', [CHUNKED, CHUNKED], '0\r\n\r\n'],
    ['identity', ['Transfer-Encoding: identity'], '0\r\n\r\n'],
    ['no coding', ['Transfer-Encoding:'], '0\r\n\r\n'],
    ['xchunked', ['Transfer-Encoding: xchunked'], '0\r\n\r\n'],
    ['"chunked"', ['Transfer-Encoding: "chunked"'], '0\r\n\r\n'],
    ['chunked with a vertical tab', ['Transfer-Encoding: \x0bchunked'], '0\r\n\r\n'],
    ['chunked;q=1', ['Transfer-Encoding: chunked;q=1'], '0\r\n\r\n'],
  ])('%s: 400, closed, and nothing goes upstream', async (_, fields, body) => {
    const { edge, upstream } = await start();
    for (const method of ['POST', 'GET']) {
      const text = await send(
        edge,
        request(`${method} / HTTP/1.1`, ['Connection: keep-alive', ...fields], body + HIDDEN),
      );
      expect(statusOf(text)).toBe(400);
      expect(answersIn(text)).toBe(1);
      expect(text).toMatch(/^connection: close\r$/im);
    }
    expect(upstream.received).toEqual([]);
  });

  test('chunks in HTTP/1.0: 400, closed, and nothing goes upstream', async () => {
    const { edge, upstream } = await start();
    const text = await send(
      edge,
      request('POST / HTTP/1.0', ['Connection: keep-alive', CHUNKED], `0\r\n\r\n${HIDDEN}`),
    );
    expect(statusOf(text)).toBe(400);
    expect(answersIn(text)).toBe(1);
    expect(upstream.received).toEqual([]);
  });

  test('Chunked in capitals is chunked', async () => {
    const { edge, upstream } = await start();
    const text = await send(
      edge,
      request('POST / HTTP/1.1', ['Transfer-Encoding: Chunked'], '1\r\nx\r\n0\r\n\r\n'),
    );
    expect(statusOf(text)).toBe(200);
    expect(upstream.requests).toHaveLength(1);
  });
});

describe('A2 one framing field goes upstream, for every method (CVE-2026-29057, nodejs/node#27880)', () => {
  const METHODS = [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'LOCK',
    'PROPFIND',
    'REPORT',
    'PURGE',
  ];
  const framing = (text: string) => text.match(/^(?:content-length|transfer-encoding):.*\r$/gim) ?? [];
  const told = (headers: IncomingHttpHeaders) => ({
    length: headers['content-length'],
    coding: headers['transfer-encoding'],
  });

  test.each(METHODS)('%s with a body in chunks', async (method) => {
    const { edge, upstream } = await start();
    const head = request(`${method} / HTTP/1.1`, [CHUNKED]);
    const chunk = `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n`;
    const end = '0\r\n\r\n';
    // What has come whole is told by its length, what comes later cannot be.
    expect(statusOf(await send(edge, head + chunk + end))).toBe(200);
    const visitor = visit(edge.port, head + chunk);
    await expect.poll(() => upstream.requests.length).toBe(2);
    visitor.send(end);
    expect(statusOf(await visitor.until(/\r\n\r\n/))).toBe(200);
    visitor.socket.destroy();
    const sent = upstream.received.map(({ text }) => text).join('');
    for (const part of sent.split(HIDDEN).slice(0, 2)) expect(framing(part)).toHaveLength(1);
    expect(upstream.requests.map(({ url, headers }) => [url, told(headers)])).toEqual([
      ['/', { length: `${HIDDEN.length}` }],
      ['/', { coding: 'chunked' }],
    ]);
  });

  test.each(METHODS)('%s with a body of a length', async (method) => {
    const { edge, upstream } = await start();
    const fields = [`Content-Length: ${HIDDEN.length}`];
    expect(statusOf(await send(edge, request(`${method} / HTTP/1.1`, fields, HIDDEN)))).toBe(200);
    expect(framing(upstream.received[0]?.text.split(HIDDEN)[0] ?? '')).toEqual([
      expect.stringMatching(/^content-length: \d+\r$/i),
    ]);
    expect(upstream.requests.map(({ url }) => url)).toEqual(['/']);
  });

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('%s without a body says nothing of one', async (method) => {
    const { edge, upstream } = await start();
    await send(edge, request(`${method} / HTTP/1.1`));
    expect(framing(upstream.received[0]?.text ?? '')).toEqual([]);
  });
});

describe('A3 an answer before the body has come (CVE-2025-4366, CL.0)', () => {
  const ROUTES = `limits: { body: 100B }
routes:
  moved: { match: ANY /moved, redirect: 308 /there, stage: new }
  gone: { match: ANY /gone, stage: gone }
`;

  test.each([
    ['a redirect', 'POST /moved', 308],
    ['what is gone', 'POST /gone', 410],
    ['HEAD of what is gone', 'HEAD /gone', 410],
    ['a body beyond its limit', 'POST /any', 413],
  ])('%s with a large body: the body is never a request', async (_, line, status) => {
    const { edge, upstream } = await start({ routes: ROUTES });
    const body = HIDDEN.repeat(3_000);
    const fields = ['Connection: keep-alive', `Content-Length: ${body.length}`];
    const text = await send(edge, request(`${line} HTTP/1.1`, fields, body));
    expect(statusOf(text)).toBe(status);
    expect(answersIn(text)).toBe(1);
    expect(text).toMatch(/^connection: close\r$/im);
    expect(upstream.received).toEqual([]);
  });

  test.each([
    ['of a length', [`Content-Length: ${HIDDEN.length}`], HIDDEN],
    ['in chunks', [CHUNKED], `${HIDDEN.length.toString(16)}\r\n${HIDDEN}\r\n0\r\n\r\n`],
  ])(
    'a small body %s is never a request either, whether the connection is kept or not',
    async (_, fields, body) => {
      const { edge, upstream } = await start({ routes: ROUTES });
      const first = request('POST /gone HTTP/1.1', ['Connection: keep-alive', ...fields], body);
      const text = await send(edge, first + request('GET /next HTTP/1.1'));
      expect(statusOf(text)).toBe(410);
      expect(upstream.requests.every(({ url }) => url === '/next')).toBe(true);
      expect(answersIn(text)).toBe(upstream.requests.length + 1);
    },
  );

  const body = (length: number) => [`Content-Length: ${length}`, 'x'.repeat(length)] as const;
  test.each([
    ['of 64 KiB', ...body(65_536), 'keep-alive'],
    ['of a byte more', ...body(65_537), 'close'],
    ['whose length is not declared', CHUNKED, '1\r\nx\r\n0\r\n\r\n', 'close'],
  ])('the connection of a body %s', async (_, field, sent, connection) => {
    const { edge } = await start({ routes: ROUTES });
    // The body comes after the answer.
    const visitor = visit(edge.port, request('POST /gone HTTP/1.1', ['Connection: keep-alive', field]));
    const text = await visitor.until(/^HTTP\/1\.1 410 .*\r\n\r\n/s);
    expect(/^connection: (.*)\r$/im.exec(text)?.[1]).toBe(connection);
    visitor.send(sent + request('GET /next HTTP/1.1'));
    await serverEnded(visitor);
    visitor.socket.end();
    expect(answersIn(visitor.text())).toBe(connection === 'close' ? 1 : 2);
  });
});

describe('A4 an upstream connection that carried half a request is not used again', () => {
  test.each([
    ['leaves in the middle of a body', 'Content-Length: 10', 'half'],
    ['sends a chunk that is none', CHUNKED, 'zz\r\n'],
    ['sends a chunk that is longer than it says', CHUNKED, '1\r\nxyz\r\n'],
  ])('where a visitor %s', async (_, field, body) => {
    const { edge, upstream } = await start();
    const visitor = visit(edge.port, request('POST /first HTTP/1.1', [field], body));
    if (body === 'half') {
      await expect.poll(() => upstream.requests.length).toBe(1);
      visitor.socket.destroy();
    } else {
      expect(statusOf(await visitor.until(/\r\n\r\n/))).toBe(400);
      visitor.socket.end();
    }
    await edge.outcome();
    await send(edge, request('GET /second HTTP/1.1'));
    const [second] = upstream.received.filter(({ text }) => text.includes('/second'));
    expect(second?.text).toMatch(/^GET \/second /);
  });
});

describe('A5 an answer of an upstream that cannot be read is 502, and its connection is closed', () => {
  test.each([
    ['a coding that is not known', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: foo\r\n\r\nbody'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc'],
    [
      'length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a status line that is none', 'HTTP/1.1 OK\r\n\r\n'],
    ['a field name with a space', 'HTTP/1.1 200 OK\r\nContent Length: 2\r\n\r\nab'],
    ['a bare line feed', 'HTTP/1.1 200 OK\nContent-Length: 2\n\nab'],
    ['a head that is too large', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(70_000)}\r\n\r\n`],
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n'],
  ])('%s', async (_, bytes) => {
    let closed = 0;
    const edge = await startBeforeBytes((_text, socket) => {
      socket.on('close', () => {
        closed += 1;
      });
      socket.write(bytes);
    });
    for (let round = 1; round <= 2; round += 1) {
      expect(statusOf(await send(edge, request('GET / HTTP/1.1')))).toBe(502);
      await expect.poll(() => closed).toBe(round);
    }
  });
});

describe('A6 bytes on an idle upstream connection close it (CVE-2026-48931)', () => {
  const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';
  const POISON = 'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison';

  test('that come with the answer before', async () => {
    const edge = await startBeforeBytes((_text, socket, number) =>
      socket.write(number === 1 ? OK + POISON : OK),
    );
    for (let round = 0; round < 3; round += 1) {
      const text = await send(edge, request('GET / HTTP/1.1'));
      expect(text).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nok$/s);
    }
  });

  test('that come later', async () => {
    const closed = signal();
    // Otherwise the edge would close it after a few seconds.
    const kept = OK.replace('\r\n\r\n', '\r\nKeep-Alive: timeout=600\r\n\r\n');
    const edge = await startBeforeBytes((_text, socket, number) => {
      socket.write(kept);
      if (number > 1) return;
      socket.on('close', () => closed.resolve());
      setTimeout(() => socket.write(POISON), 100);
    });
    expect(await send(edge, request('GET / HTTP/1.1'))).toMatch(/ok$/);
    await closed.promise;
    for (let round = 0; round < 3; round += 1) {
      expect(await send(edge, request('GET / HTTP/1.1'))).toMatch(/^HTTP\/1\.1 200 .*\r\n\r\nok$/s);
    }
  });
});

describe('A7 what the parser refuses (CVE-2022-32213/4/5, CVE-2022-35256, CVE-2023-30589, CVE-2024-22019, CVE-2024-27982, CVE-2025-23167)', () => {
  const GET = 'GET / HTTP/1.1\r\nHost: a\r\n';

  test.each([
    ['a bare line feed after the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', 400],
    ['a bare line feed after a field', `${GET}X: 1\n\r\n`, 400],
    ['a bare line feed at the end', `${GET}\n`, 400],
    ['a carriage return in a value', `${GET}X: a\rb\r\n\r\n`, 400],
    ['a folded line', `${GET}X: a\r\n b\r\n\r\n`, 400],
    ['a space before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 400],
    ['a space before the colon', `${GET}X : a\r\n\r\n`, 400],
    ['a field without a name', `${GET}: a\r\n\r\n`, 400],
    ['a field without a colon', `${GET}X\r\n\r\n`, 400],
    ['NUL in a value', `${GET}X: a\0b\r\n\r\n`, 400],
    ['a control character in a value', `${GET}X: a\x01b\r\n\r\n`, 400],
    ['DEL in a value', `${GET}X: a\x7fb\r\n\r\n`, 400],
    ['a tab in the request line', 'GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['NUL in the target', 'GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a byte beyond ASCII in the target', 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a method in small letters', 'get / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['a method that nobody knows', 'FROB / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
    ['RTSP', 'DESCRIBE / RTSP/1.0\r\nHost: a\r\n\r\n', 400],
    ['HTTP/0.9', 'GET /\r\n\r\n', 505],
    ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', 400],
    ['HTTP/2.0 in the form of 1.1', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
    ['TLS', '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03', 400],
    ['a head beyond 64 KiB', `${GET}X: ${'x'.repeat(70_000)}\r\n\r\n`, 431],
    ['a target beyond 64 KiB', `GET /${'x'.repeat(70_000)} HTTP/1.1\r\nHost: a\r\n\r\n`, 431],
  ])('%s', async (_, bytes, status) => {
    const { edge, upstream } = await start();
    const text = await send(edge, bytes);
    expect(statusOf(text)).toBe(status);
    expect(answersIn(text)).toBe(1);
    expect(upstream.received).toEqual([]);
  });

  test.each([
    ['a line feed alone after the size', '1\nx\r\n0\r\n\r\n'],
    ['a line feed alone in an extension', '1;a\nx\r\n0\r\n\r\n'],
    ['a size with 0x', '0x1\r\nx\r\n0\r\n\r\n'],
    ['a negative size', '-1\r\nx\r\n0\r\n\r\n'],
    ['a space after the size', '1 \r\nx\r\n0\r\n\r\n'],
    ['an empty size', '\r\nx\r\n0\r\n\r\n'],
    ['a size beyond all numbers', '11111111111111111\r\nx\r\n0\r\n\r\n'],
    ['more than the size says', '1\r\nxy\r\n0\r\n\r\n'],
    ['an extension of 64 KiB', `1;${'a'.repeat(65_536)}\r\nx\r\n0\r\n\r\n`],
    ['a trailer field with a space before the colon', '0\r\nX : a\r\n\r\n'],
  ])('in a body of chunks: %s', async (_, body) => {
    const { edge, upstream } = await start();
    const text = await send(
      edge,
      request('POST / HTTP/1.1', ['Connection: keep-alive', CHUNKED], body + HIDDEN),
    );
    expect(statusOf(text)).toBe(400);
    expect(answersIn(text)).toBe(1);
    expect(upstream.requests.filter(({ url, complete }) => url === '/hidden' || complete)).toEqual([]);
  });

  test('no lenient flag of the parser stands anywhere', () => {
    const root = fileURLToPath(new URL('../../../', import.meta.url));
    const here = 'test/edge/hygiene/framing.test.ts';
    const code = ['src', 'scripts', 'bench', 'test'].flatMap((folder) =>
      readdirSync(root + folder, { recursive: true }).map((file) => `${folder}/${file}`),
    );
    const files = [...code, ...readdirSync(root)].filter(
      (file) =>
        file !== here &&
        /(?:\.(?:[cm]?[jt]s|json|ya?ml|sh)|Dockerfile|\.npmrc)$/.test(file) &&
        !/node_modules/.test(file),
    );
    const containing = (pattern: RegExp) =>
      files.filter((file) => pattern.test(readFileSync(root + file, 'utf8')));
    const lenient = /insecure-?http-?parser|lenient(?:All|Flags|Headers)/i;
    expect(files).toEqual(expect.arrayContaining(['package.json', 'Dockerfile', 'scripts/prove.js']));
    expect(containing(lenient)).toEqual([]);
    // Tests and the bench load their probes by it.
    expect(containing(/NODE_OPTIONS/).filter((file) => !/^(?:test|bench)\//.test(file))).toEqual([]);
    expect(
      [...process.execArgv, process.env.NODE_OPTIONS ?? ''].filter((flag) => lenient.test(flag)),
    ).toEqual([]);
  });
});

describe('A8 Expect is answered by the edge (RFC 9110 §10.1.1, CVE-2024-24791, CVE-2025-32094)', () => {
  const fields = (expectation: string) => [
    'Connection: keep-alive',
    `Expect: ${expectation}`,
    'Content-Length: 2',
  ];

  test('100-continue: when the body is going to be read, and it is not said upstream', async () => {
    const { edge, upstream } = await start();
    const visitor = visit(edge.port, request('POST / HTTP/1.1', fields('100-continue')));
    expect(await visitor.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    visitor.send('ab');
    expect(await visitor.until(/upstream$/)).toContain('HTTP/1.1 200 OK');
    expect(upstream.received[0]?.text).not.toMatch(/^expect/im);
    visitor.socket.destroy();
  });

  test('a final answer in its place closes the connection: no body is taken for a request', async () => {
    const { edge, upstream } = await start({ routes: 'routes: { gone: { match: ANY /gone, stage: gone } }' });
    const visitor = visit(edge.port, request('POST /gone HTTP/1.1', fields('100-continue')));
    await serverEnded(visitor);
    visitor.send(HIDDEN);
    expect(visitor.text()).toMatch(/^HTTP\/1\.1 410 .*^connection: close\r$/ims);
    visitor.socket.end();
    await visitor.ended;
    expect(upstream.received).toEqual([]);
  });

  test('anything else: 417', async () => {
    const { edge, upstream } = await start();
    expect(statusOf(await send(edge, request('POST / HTTP/1.1', fields('200-ok'), 'ab')))).toBe(417);
    expect(upstream.received).toEqual([]);
  });

  test('an upstream that says 100 unasked has its connection closed, and spoils no other answer', async () => {
    const edge = await startBeforeBytes((text, socket) =>
      socket.write(
        `${text.startsWith('POST') ? 'HTTP/1.1 100 Continue\r\n\r\n' : ''}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`,
      ),
    );
    for (let round = 0; round < 3; round += 1) {
      expect(statusOf(await send(edge, request('POST / HTTP/1.1', ['Content-Length: 2'], 'ab')))).toBe(502);
      expect(await send(edge, request('GET / HTTP/1.1'))).toMatch(/^HTTP\/1\.1 200 OK\r\n.*\r\n\r\nok$/s);
    }
  });
});

describe('A9 the form of the target (RFC 9112 §3.2)', () => {
  test('absolute: its authority takes the place of Host', async () => {
    const { edge, upstream } = await start();
    await send(edge, request('GET http://real.test/a?b HTTP/1.1', ['Host: other.test']));
    expect(upstream.received[0]?.text).toMatch(/^GET \/a\?b HTTP\/1\.1\r\nhost: real\.test\r\n/i);
    expect(upstream.received[0]?.text).not.toContain('other.test');
  });

  test('a path that looks like an address is a path', async () => {
    const { edge, upstream } = await start();
    await send(edge, request('GET /http://evil.test/abs HTTP/1.1'));
    expect(upstream.received[0]?.text).toMatch(
      /^GET \/http:\/\/evil\.test\/abs HTTP\/1\.1\r\nhost: shop\.test\r\n/i,
    );
  });

  test.each([
    ['GET *', 400],
    ['POST *', 400],
    ['GET /a#b', 400],
    ['GET http://shop.test/a#b', 400],
    ['GET shop.test:80', 400],
    ['GET ftp://shop.test/', 400],
    ['GET http:/a', 400],
    ['GET http:///a', 400],
    ['GET http://user:password@shop.test/', 400],
    ['OPTIONS *', 200],
    ['OPTIONS http://shop.test', 200],
    ['CONNECT shop.test:443', 405],
    ['CONNECT 127.0.0.1:22', 405],
    ['CONNECT /', 405],
  ])('%s: %d from the edge itself', async (line, status) => {
    const { edge, upstream } = await start();
    expect(statusOf(await send(edge, request(`${line} HTTP/1.1`)))).toBe(status);
    expect(upstream.received).toEqual([]);
  });

  test('after CONNECT the connection is closed, and there is an outcome', async () => {
    const { edge } = await start({ times: { lingerIdle: 100 } });
    await serverClosed(
      visit(edge.port, request('CONNECT shop.test:443 HTTP/1.1', ['Connection: keep-alive'])),
    );
    expect(await edge.outcome()).toMatchObject({
      method: 'CONNECT',
      status: 405,
      failure: { code: 'connect' },
    });
  });
});
