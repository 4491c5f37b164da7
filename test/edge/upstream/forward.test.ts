// Forwarding, through a whole edge, to a real upstream.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { listenWithoutAccepting } from '../../e2e/fault-server/full-listener.ts';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { type Asked, ask, deadOrigin, open, readAnswer, readBody, serve, signal } from '../http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Starts legacy and an edge in front of it. */
async function start(legacy: RequestListener, more: Partial<EdgeOptions> = {}): Promise<TestEdge> {
  const upstream = await serve(legacy);
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl: upstream.origin, ...more });
  closers.push(edge.close, upstream.close);
  return edge;
}

/** An edge whose legacy cannot be reached, or answers too slowly. */
async function startTo(origin: string, timeouts = '{}'): Promise<TestEdge> {
  const routes = `{ routes: {}, upstreams: { legacy: { url: "${origin}", timeouts: ${timeouts} } } }`;
  const edge = await startEdge({ routes });
  closers.push(edge.close);
  return edge;
}

const HELLO: RequestListener = (_req, res) => res.end('hello');

describe('a request reaches the upstream', () => {
  /** What legacy sees of a request. */
  async function seen(asked: Asked, more: Partial<EdgeOptions> = {}) {
    const arrived = signal<{ req: IncomingMessage; body: string }>();
    const edge = await start(async (req, res) => {
      arrived.resolve({ req, body: await readBody(req) });
      res.end();
    }, more);
    await ask(edge.port, asked);
    return arrived.promise;
  }

  test.each(['/a//b/./../c', '/%7Euser/%2e%2e/%2F?x=%zz&&=&y', '/?', '/;a=1,b@c:d', '//host/path?//'])(
    'with its target %s untouched',
    async (path) => {
      expect((await seen({ path })).req.url).toBe(path);
    },
  );

  test('with order, case and repetition of its fields', async () => {
    const headers = ['Host', 'shop', 'x-LOW', '1', 'X-Low', '2', 'ACCEPT', '*/*', 'x-LOW', '1'];
    const { req } = await seen({ headers });
    const fields = req.rawHeaders.slice(0, req.rawHeaders.indexOf('X-Forwarded-For'));
    expect(fields.slice(fields.indexOf('x-LOW'))).toEqual(headers.slice(2));
  });

  test('with Host as the visitor sent it', async () => {
    expect((await seen({ headers: ['Host', 'shop.example.com:81'] })).req.headers.host).toBe(
      'shop.example.com:81',
    );
  });

  test('with the forwarding fields of the edge', async () => {
    const { req } = await seen({ headers: ['X-Forwarded-For', '1.1.1.1', 'Host', 'shop'] });
    expect(req.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'shop',
      'x-forwarded-proto': 'http',
    });
  });

  test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'PURGE'])('as %s, without a body', async (method) => {
    const { req, body } = await seen({ method });
    expect([req.method, req.headers['content-length'], req.headers['transfer-encoding'], body]).toEqual([
      method,
      undefined,
      undefined,
      '',
    ]);
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'REPORT', 'GET'])(
    'as %s, with its body and exactly one framing field',
    async (method) => {
      for (const framing of [
        ['Content-Length', '3'],
        ['Transfer-Encoding', 'chunked'],
      ]) {
        const { req, body } = await seen({ method, body: 'a=1', headers: framing });
        const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
        expect(body).toBe('a=1');
        expect([length, encoding].filter((value) => value !== undefined)).toHaveLength(1);
      }
    },
  );

  const FORM = 'POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n';
  const LAST = `${FORM}Connection: close\r\n\r\n`;

  test.each([
    ['with its head', [`${LAST}abc`], ['/form 3 abc']],
    ['behind its head', [LAST, 'abc'], ['/form 3 abc']],
    ['in pieces', [`${LAST}a`, 'b', 'c'], ['/form 3 abc']],
    ['with the next form behind it', [`${FORM}\r\nabc${LAST}def`], ['/form 3 abc', '/form 3 def']],
    [
      'with a half of the next form behind it',
      [`${FORM}\r\nabc${LAST}d`, 'ef'],
      ['/form 3 abc', '/form 3 def'],
    ],
  ])('with a body that comes %s, as it is', async (_, pieces, expected) => {
    const arrived: string[] = [];
    const edge = await start(async (req, res) => {
      arrived.push(`${req.url} ${req.headers['content-length']} ${await readBody(req)}`);
      res.end();
    });
    const socket = connect(edge.port, '127.0.0.1').setNoDelay();
    for (const piece of pieces) {
      socket.write(piece);
      await delay(20);
    }
    await text(socket);
    expect(arrived).toEqual(expected);
  });

  test('with an empty body said to be empty', async () => {
    const { req } = await seen({ method: 'POST', headers: ['Content-Length', '0'] });
    expect(req.headers['content-length']).toBe('0');
  });

  test('piece by piece, before its end', async () => {
    const first = signal<string>();
    const edge = await start(async (req, res) => {
      const [chunk] = await once(req, 'data');
      first.resolve(String(chunk));
      res.end(await readBody(req));
    });
    const req = open(edge.port, { method: 'POST', headers: ['Transfer-Encoding', 'chunked'] });
    const answer = once(req, 'response');
    req.write('one');
    expect(await first.promise).toBe('one');
    req.end('two');
    expect((await readAnswer((await answer)[0])).body).toBe('two');
  });

  test('without waiting for the edge to say 100-continue', async () => {
    const { req, body } = await seen({
      method: 'POST',
      headers: ['Expect', '100-continue', 'Content-Length', '2'],
      body: 'ok',
    });
    expect([req.headers.expect, body]).toEqual([undefined, 'ok']);
  });

  test('at the upstream that its route names', async () => {
    const api = await serve((req, res) => res.end(`api ${req.url}`));
    closers.push(api.close);
    const routes = `{ upstreams: { api: "${api.origin}" }, routes: { api: { match: GET /api/*, upstream: api, stage: new } } }`;
    const edge = await start(HELLO, { routes });
    expect([(await ask(edge.port, { path: '/api/x?y' })).body, (await ask(edge.port)).body]).toEqual([
      'api /api/x?y',
      'hello',
    ]);
    const sides = edge.outcomes.map(({ decision }) => [
      decision?.side,
      decision?.reason,
      decision?.route?.name,
    ]);
    expect(sides).toEqual([
      ['new', 'stage', 'api'],
      ['legacy', 'undeclared', undefined],
    ]);
  });
});

describe('an answer reaches the visitor', () => {
  test('with its status, reason, fields and body', async () => {
    const fields = [
      'X-b',
      '1',
      'Set-Cookie',
      'a=1',
      'set-cookie',
      'b=2',
      'X-A',
      '2',
      'Set-Cookie',
      'a=1',
      'Date',
      'x',
    ];
    const edge = await start((_req, res) => res.writeHead(207, 'Somewhat', fields).end('body'));
    const req = open(edge.port);
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const answer = await readAnswer(res);
    expect([answer.status, res.statusMessage, answer.body]).toEqual([207, 'Somewhat', 'body']);
    expect(answer.rawHeaders.slice(0, fields.length)).toEqual(fields);
  });

  test('with Content-Length where the upstream gave one, and chunked where it did not', async () => {
    const edge = await start((req, res) => {
      if (req.url === '/sized') res.setHeader('Content-Length', '5');
      else res.flushHeaders();
      res.end('hello');
    });
    const [sized, chunked] = [await ask(edge.port, { path: '/sized' }), await ask(edge.port)];
    expect([sized.headers['content-length'], sized.headers['transfer-encoding']]).toEqual(['5', undefined]);
    expect([chunked.headers['content-length'], chunked.headers['transfer-encoding']]).toEqual([
      undefined,
      'chunked',
    ]);
  });

  test('of HEAD with the length of the body that is not there', async () => {
    const edge = await start((_req, res) => res.writeHead(200, { 'Content-Length': '1234' }).end());
    const answer = await ask(edge.port, { method: 'HEAD' });
    expect([answer.headers['content-length'], answer.body]).toEqual(['1234', '']);
  });

  test.each([204, 304])('of status %d without a body', async (status) => {
    const edge = await start((_req, res) => res.writeHead(status, { ETag: '"x"' }).end());
    expect(await ask(edge.port)).toMatchObject({ status, headers: { etag: '"x"' }, body: '' });
  });

  test.each([301, 404, 500, 503])(
    'of status %d as it is: nothing is followed or replaced',
    async (status) => {
      const edge = await start((_req, res) => res.writeHead(status, { Location: 'http://x/' }).end('legacy'));
      expect(await ask(edge.port)).toMatchObject({
        status,
        headers: { location: 'http://x/' },
        body: 'legacy',
      });
    },
  );

  test('with bytes that are compressed as they are', async () => {
    const bytes = randomBytes(1000);
    const edge = await start((_req, res) => res.writeHead(200, { 'Content-Encoding': 'gzip' }).end(bytes));
    const answer = await ask(edge.port);
    expect(Buffer.from(answer.body, 'latin1').equals(bytes)).toBe(true);
  });

  test('without the interim answers before it', async () => {
    const edge = await start((_req, res) => {
      res.writeEarlyHints({ link: '</a.css>; rel=preload' });
      res.end('final');
    });
    expect(await ask(edge.port)).toMatchObject({ status: 200, body: 'final' });
  });

  test('piece by piece, before its end', async () => {
    const more = signal();
    const edge = await start((_req, res) => {
      res.write('one');
      void more.promise.then(() => res.end('two'));
    });
    const req = open(edge.port);
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const [first] = await once(res, 'data');
    expect(String(first)).toBe('one');
    more.resolve();
    expect((await readAnswer(res)).body).toBe('two');
  });

  test('no faster than the visitor reads: the upstream waits', async () => {
    const total = 64 * 1024 * 1024;
    const waits = signal<number>();
    const edge = await start((_req, res) => {
      const piece = Buffer.alloc(1024 * 1024);
      let sent = 0;
      const pump = () => {
        while (sent < total) {
          sent += piece.length;
          if (!res.write(piece)) return;
        }
        res.end();
      };
      // Each drain means that somebody has read on; when there are no more, everything is full.
      let quiet: NodeJS.Timeout | undefined;
      res.on('drain', () => {
        clearTimeout(quiet);
        quiet = setTimeout(() => waits.resolve(sent), 200);
        pump();
      });
      pump();
    });
    const req = open(edge.port);
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect(await waits.promise).toBeLessThan(total / 2);
    let read = 0;
    for await (const chunk of res) read += (chunk as Buffer).length;
    expect(read).toBe(total);
  });
});

describe('an outcome', () => {
  test('is emitted once for an answer', async () => {
    const edge = await start((_req, res) => res.writeHead(201).end('x'));
    await ask(edge.port, { method: 'POST', path: '/a%20b?secret=1', headers: ['Content-Length', '0'] });
    expect(await edge.outcome()).toEqual({
      requestId: 'id-1',
      method: 'POST',
      path: '/a%20b',
      peer: '127.0.0.1',
      decision: expect.objectContaining({ side: 'legacy', reason: 'undeclared', route: undefined }),
      status: 201,
      ending: 'answered',
      failure: undefined,
      fallback: false,
      leaks: [],
      durationMs: expect.any(Number),
    });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });
});

describe('a visitor who leaves', () => {
  /** Begins a request, leaves when legacy says so, and waits until legacy has seen it. */
  async function leave(legacy: (res: ServerResponse) => void, whenAnswered: boolean) {
    const arrived = signal();
    const gone = signal();
    const edge = await start((_req, res) => {
      res.on('close', () => gone.resolve());
      legacy(res);
      arrived.resolve();
    });
    const req = open(edge.port, { path: '/slow' });
    req.on('error', () => {});
    req.end();
    await (whenAnswered ? once(req, 'response') : arrived.promise);
    req.destroy();
    await gone.promise;
    return edge;
  }

  test('before the answer ends the upstream request', async () => {
    const edge = await leave(() => {}, false);
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone', status: 0, failure: undefined });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });

  test('during the answer ends the upstream request', async () => {
    const edge = await leave((res) => res.write('begun'), true);
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone', status: 200, failure: undefined });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });

  test('during an upload ends the upstream request', async () => {
    const gone = signal();
    const arrived = signal();
    const edge = await start((req) => {
      req.on('data', () => arrived.resolve()).on('error', () => gone.resolve());
    });
    const req = open(edge.port, { method: 'POST', headers: ['Content-Length', '1000'] });
    req.on('error', () => {});
    req.write('begun');
    await arrived.promise;
    req.destroy();
    await gone.promise;
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone', status: 0 });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });
});

describe('an upstream that dies', () => {
  test.each([
    ['with a length', { 'Content-Length': '100' }],
    ['in chunks', { 'Transfer-Encoding': 'chunked' }],
  ])('in the middle of an answer %s breaks the connection to the visitor', async (_, headers) => {
    const edge = await start((_req, res) => {
      res.writeHead(200, headers).write('begun', () => res.socket?.destroy());
    });
    await expect(ask(edge.port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await edge.outcome()).toMatchObject({
      ending: 'broken-off',
      status: 200,
      failure: { part: 'upstream', message: expect.stringMatching(/^body: /) },
    });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });

  test('before its answer is 502', async () => {
    const edge = await start((req) => req.socket.destroy());
    expect(await ask(edge.port)).toMatchObject({ status: 502, headers: { 'x-request-id': 'id-1' } });
    expect(await edge.outcome()).toMatchObject({
      status: 502,
      ending: 'answered',
      failure: { part: 'upstream', code: 'UND_ERR_SOCKET', message: expect.stringMatching(/^headers: /) },
    });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });

  test('before its answer to an upload is 502 too', async () => {
    const edge = await start((req) => req.once('data', () => req.socket.destroy()));
    const req = open(edge.port, { method: 'POST', headers: ['Content-Length', '200000'] });
    const answer = once(req, 'response');
    req.write(Buffer.alloc(100_000));
    const [res] = await answer;
    expect((await readAnswer(res)).status).toBe(502);
    req.destroy();
  });
});

describe('an upstream that is not there', () => {
  test('is 502', async () => {
    const edge = await startTo(await deadOrigin());
    expect(await ask(edge.port)).toMatchObject({ status: 502 });
    expect(await edge.outcome()).toMatchObject({
      status: 502,
      failure: { part: 'upstream', code: 'ECONNREFUSED', message: expect.stringMatching(/^connect: /) },
    });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });

  test('is 502 for a request with a body', async () => {
    const edge = await startTo(await deadOrigin());
    const answer = await ask(edge.port, { method: 'POST', body: 'a=1', headers: ['Content-Length', '3'] });
    expect(answer).toMatchObject({ status: 502 });
    expect(answer.body).toContain('Not reachable');
  });

  test('is asked again when it returns', async () => {
    const first = await serve(HELLO);
    const edge = await startTo(first.origin);
    expect((await ask(edge.port)).status).toBe(200);
    await first.close();
    expect((await ask(edge.port)).status).toBe(502);
    const { createServer } = await import('node:http');
    const again = createServer(HELLO);
    again.listen(first.port, '127.0.0.1');
    await once(again, 'listening');
    expect((await ask(edge.port)).status).toBe(200);
    again.close();
    again.closeAllConnections();
  });
});

describe('an upstream that accepts no connection', () => {
  /** Asks for /slow, where the upstream and the route have these timeouts; tells the answer, its outcome and the time. */
  async function askFull(ofUpstream: string, ofRoute: string) {
    const full = await listenWithoutAccepting();
    closers.push(async () => void (await full.close()));
    const edge = await startEdge({
      routes: `upstreams: { legacy: { url: "http://127.0.0.1:${full.port}", timeouts: ${ofUpstream} } }
routes: { slow: { match: GET /slow, stage: legacy, timeouts: ${ofRoute} } }`,
    });
    closers.push(edge.close);
    const started = performance.now();
    const { status } = await ask(edge.port, { path: '/slow' });
    return { status, ms: performance.now() - started, outcome: await edge.outcome() };
  }

  test.each([
    ['the upstream’s', '{ connect: 500ms }', '{}', 500],
    ['a route’s shorter', '{ connect: 60s }', '{ connect: 500ms }', 500],
    ['a route’s longer', '{ connect: 50ms }', '{ connect: 1500ms }', 1_500],
  ])('is 504 after %s connect timeout', async (_, ofUpstream, ofRoute, least) => {
    const { status, ms, outcome } = await askFull(ofUpstream, ofRoute);
    expect(status).toBe(504);
    expect(ms).toBeGreaterThan(least - 50);
    expect(ms).toBeLessThan(10_000);
    expect(outcome).toMatchObject({ status: 504, failure: { part: 'upstream', code: 'connect-timeout' } });
  });
});

describe('an upstream that is slow', () => {
  test('to begin its answer is 504', async () => {
    const upstream = await serve(() => {});
    closers.push(upstream.close);
    const edge = await startTo(upstream.origin, '{ headers: 100ms }');
    expect(await ask(edge.port)).toMatchObject({ status: 504 });
    expect(await edge.outcome()).toMatchObject({
      status: 504,
      failure: { part: 'upstream', code: 'UND_ERR_HEADERS_TIMEOUT' },
    });
    await edge.close();
    expect(edge.outcomes).toHaveLength(1);
  });

  test('in the middle of its answer has its answer broken off', async () => {
    const upstream = await serve((_req, res) => res.write('begun'));
    closers.push(upstream.close);
    const edge = await startTo(upstream.origin, '{ idle: 100ms }');
    await expect(ask(edge.port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await edge.outcome()).toMatchObject({
      ending: 'broken-off',
      failure: { code: 'idle-timeout' },
    });
  });
});

describe('an upstream that answers', () => {
  /** Legacy as a script of bytes. */
  async function startRaw(bytes: string): Promise<TestEdge> {
    const { createServer } = await import('node:net');
    const server = createServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(bytes));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    closers.push(async () => void server.close());
    const address = server.address();
    return startTo(`http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`);
  }

  test.each([
    ['no HTTP', 'SSH-2.0-x\r\n'],
    ['with two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'with length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['nothing', ''],
  ])('%s is 502', async (_, bytes) => {
    const edge = await startRaw(bytes);
    expect(await ask(edge.port)).toMatchObject({ status: 502 });
    expect(await edge.outcome()).toMatchObject({ status: 502, failure: { part: 'upstream' } });
  });

  test('before it has read the request is heard', async () => {
    const edge = await start((_req, res) => {
      res.writeHead(413, { Connection: 'close' }).end('too large');
    });
    const req = open(edge.port, { method: 'POST', headers: ['Content-Length', '100000000'] });
    req.on('error', () => {});
    const answer = once(req, 'response');
    req.write(Buffer.alloc(10_000));
    const [res] = await answer;
    expect(await readAnswer(res)).toMatchObject({ status: 413, body: 'too large' });
    req.destroy();
  });
});

test('one connection serves requests one after another', async () => {
  const edge = await start((req, res) => res.end(req.url));
  const socket = connect(edge.port, '127.0.0.1').setEncoding('latin1');
  for (const path of ['/1', '/2', '/3']) {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
    let text = '';
    while (!text.endsWith(path)) text += (await once(socket, 'data'))[0];
    expect(text).toMatch(/^HTTP\/1\.1 200/);
  }
  socket.destroy();
  expect(edge.outcomes).toHaveLength(3);
});
