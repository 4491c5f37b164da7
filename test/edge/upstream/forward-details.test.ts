// Forwarding in its rarer parts: hints, trailers, timeouts, limits, own addresses, fields that name methods.
import { once } from 'node:events';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { ask, exchange, open, readAnswer, readBody, serve, signal } from '../http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Starts an upstream and an edge; `{legacy}` in the routes is the upstream's address. */
async function start(
  legacy: RequestListener,
  routes = 'routes: {}\nupstreams: { legacy: "{legacy}" }\n',
  more: Partial<EdgeOptions> = {},
): Promise<TestEdge & { readonly origin: string }> {
  const upstream = await serve(legacy);
  const edge = await startEdge({ routes: routes.replaceAll('{legacy}', upstream.origin), ...more });
  closers.push(edge.close, upstream.close);
  return { ...edge, origin: upstream.origin };
}

/** Starts an upstream that answers every connection's first bytes with `bytes`, and an edge before it. */
async function startRaw(bytes: string): Promise<TestEdge> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', () => socket.write(bytes, 'latin1'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const edge = await startEdge({
    routes: `{ routes: {}, upstreams: { legacy: "http://127.0.0.1:${port}" } }`,
  });
  closers.push(edge.close, async () => void server.close());
  return edge;
}

/** Sends bytes and returns all that comes until the edge closes the connection. */
const request = (port: number, lines: readonly string[]) =>
  exchange(port, `${['GET / HTTP/1.1', 'Host: shop', 'Connection: close', ...lines].join('\r\n')}\r\n\r\n`);

describe('103 Early Hints', () => {
  const hinting: RequestListener = (_req, res) => {
    res.writeEarlyHints({
      link: ['</a.css>; rel=preload; as=style', '</b.js>; rel=preload'],
      'x-of': 'legacy',
    });
    res.end('final');
  };

  test('reach the visitor before the answer', async () => {
    const { port } = await start(hinting);
    const answer = await request(port, []);
    expect(answer).toMatch(
      /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload; as=style, <\/b\.js>; rel=preload\r\nx-of: legacy\r\n\r\nHTTP\/1\.1 200 OK\r\n/,
    );
    expect(answer).toMatch(/final/);
  });

  test('are kept from a visitor of HTTP/1.0', async () => {
    const { port } = await start(hinting);
    expect(await exchange(port, 'GET / HTTP/1.0\r\nHost: shop\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
  });

  test.each([
    ['100 after Expect was not sent on', 'HTTP/1.1 100 Continue\r\n\r\n', 502],
    ['102', 'HTTP/1.1 102 Processing\r\n\r\n', 200],
    ['103 twice', 'HTTP/1.1 103 Early Hints\r\nX: y\r\n\r\n'.repeat(2), 200],
  ])('of another kind are never taken for the answer: %s', async (_, interim, status) => {
    const { port } = await startRaw(`${interim}HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok`);
    expect(await ask(port)).toMatchObject({ status });
  });
});

describe('trailers', () => {
  const withTrailers: RequestListener = (req, res) => {
    res.writeHead(200, { Trailer: 'X-Sum', 'X-Te': String(req.headers.te) });
    res.write('body');
    res.addTrailers({ 'X-Sum': '42', 'Cache-Control': 'public', 'Set-Cookie': 'a=1' });
    res.end();
  };

  test('reach a visitor who asks for them, without fields that have no place there', async () => {
    const { port } = await start(withTrailers);
    const answer = await request(port, ['TE: gzip;q=0.1, trailers']);
    expect(answer).toContain('X-Te: trailers\r\n');
    expect(answer).toContain('Trailer: X-Sum\r\n');
    expect(answer).toMatch(/4\r\nbody\r\n0\r\nX-Sum: 42\r\n\r\n$/);
  });

  test('are kept from one who does not', async () => {
    const { port } = await start(withTrailers);
    const answer = await request(port, ['TE: gzip']);
    expect(answer).toContain('X-Te: undefined\r\n');
    expect(answer).not.toContain('Trailer');
    expect(answer).toMatch(/4\r\nbody\r\n0\r\n\r\n$/);
  });

  const CHUNKED = 'Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n';

  test.each([
    [
      'an answer to HEAD',
      'HEAD / HTTP/1.1',
      '200 OK',
      'Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n',
    ],
    ['a 304', 'GET / HTTP/1.1', '304 Not Modified', 'Trailer: X-Sum\r\n\r\n'],
    ['a 204', 'GET / HTTP/1.1', '204 No Content', 'Trailer: X-Sum\r\n\r\n'],
    ['an answer with a length', 'GET / HTTP/1.1', '200 OK', 'Content-Length: 2\r\nTrailer: X-Sum\r\n\r\nok'],
    ['an answer to HTTP/1.0', 'GET / HTTP/1.0', '200 OK', CHUNKED],
  ])('are not announced where they have no place: %s', async (_, line, status, rest) => {
    const { port } = await startRaw(`HTTP/1.1 ${status}\r\n${rest}`);
    const lines = [line, 'Host: shop', 'TE: trailers', 'Connection: close, TE'];
    const answer = await exchange(port, `${lines.join('\r\n')}\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status}\r\n`));
    expect(answer).not.toContain('Trailer');
  });
});

describe('an answer without a body', () => {
  test.each([204, 304])(
    'of %d is not followed by bytes that the upstream sends all the same',
    async (status) => {
      const { port } = await startRaw(`HTTP/1.1 ${status} X\r\nContent-Length: 4\r\n\r\nevil`);
      const answer = await request(port, []);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} X\r\n`));
      expect(answer).toMatch(/\r\n\r\n$/);
    },
  );
});

describe('timeouts', () => {
  const slow = 'upstreams: { legacy: "{legacy}" }\n';

  test('of a route stand over those of its upstream', async () => {
    const routes = `${slow}routes: { slow: { match: GET /slow, timeouts: { headers: 100ms } } }`;
    const { port } = await start(() => {}, routes);
    expect(await ask(port, { path: '/slow' })).toMatchObject({ status: 504 });
  });

  test('in total end an answer that has not begun with 504', async () => {
    const routes = `${slow}routes: { slow: { match: GET /slow, timeouts: { total: 100ms } } }`;
    const gone = signal();
    const edge = await start((_req, res) => void res.on('close', () => gone.resolve()), routes);
    expect(await ask(edge.port, { path: '/slow' })).toMatchObject({ status: 504 });
    expect((await edge.outcome()).failure).toMatchObject({ part: 'upstream', code: 'total-timeout' });
    await gone.promise;
  });

  test('in total count from the request, whoever had it before', async () => {
    const routes =
      'upstreams: { legacy: "{legacy}" }\n' +
      'routes: { page: { match: GET /, handler: page, stage: new, timeouts: { total: 1500ms } } }';
    const legacy: RequestListener = (_req, res) => void setTimeout(() => res.end('late'), 1_000);
    const page = async (_req: IncomingMessage, _res: ServerResponse) => {
      await delay(1_000);
      throw new Error('no');
    };
    const edge = await start(legacy, routes, { handlers: { page } });
    expect(await ask(edge.port)).toMatchObject({ status: 504 });
    expect((await edge.outcome()).failure).toMatchObject({ code: 'total-timeout' });
  });

  test('in total break off an answer that trickles', async () => {
    const routes = 'upstreams: { legacy: { url: "{legacy}", timeouts: { total: 300ms } } }\nroutes: {}';
    const edge = await start((_req, res) => {
      const timer = setInterval(() => res.write('.'), 20);
      res.on('close', () => clearInterval(timer));
    }, routes);
    await expect(ask(edge.port)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await edge.outcome()).toMatchObject({ ending: 'broken-off', failure: { code: 'total-timeout' } });
  });

  const events: RequestListener = (_req, res) => {
    res.writeHead(200, { 'Content-Type': 'text/event-stream' });
    res.write('data: 1\n\n');
    setTimeout(() => res.end('data: 2\n\n'), 1_500);
  };
  const impatient = 'upstreams: { legacy: { url: "{legacy}", timeouts: { idle: 200ms } } }\n';
  const asking = ['Accept', 'text/event-stream'];

  test("of an upstream's idle answers leave server-sent events alone", async () => {
    const { port } = await start(events, `${impatient}routes: {}`);
    for (const headers of [asking, []])
      expect((await ask(port, { headers })).body).toBe('data: 1\n\ndata: 2\n\n');
  });

  test('break off an answer of any other kind that pauses', async () => {
    const { port } = await start((_req, res) => void res.write('half'), `${impatient}routes: {}`);
    await expect(ask(port)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('of a route hold for them as well', async () => {
    const { port } = await start(
      events,
      `${impatient}routes: { feed: { match: GET /, timeouts: { idle: 300ms } } }`,
    );
    await expect(ask(port, { headers: asking })).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  test('in total leave alone what ends in time', async () => {
    const routes = 'upstreams: { legacy: { url: "{legacy}", timeouts: { total: 30s } } }\nroutes: {}';
    const { port } = await start((_req, res) => res.end('ok'), routes);
    expect(await ask(port)).toMatchObject({ status: 200, body: 'ok' });
  });
});

describe('a body limit', () => {
  const routes =
    'upstreams: { legacy: "{legacy}" }\nlimits: { body: 10B }\nroutes: { big: { match: POST /big, limits: { body: 20B } } }';
  const echo: RequestListener = async (req, res) => void res.end(await readBody(req));
  const post = (port: number, path: string, body: string, framing: readonly string[]) =>
    ask(port, { method: 'POST', path, body, headers: framing });

  test('is told by 413 before a byte of the body, where its length is declared', async () => {
    let asked = 0;
    const edge = await start((_req, res) => {
      asked += 1;
      res.end();
    }, routes);
    expect(await post(edge.port, '/x', 'a'.repeat(11), ['Content-Length', '11'])).toMatchObject({
      status: 413,
    });
    expect(asked).toBe(0);
    expect((await edge.outcome()).failure).toMatchObject({
      code: 'body-too-large',
      message: 'the body is larger than 10B, which limits.body in routes.yaml raises',
    });
  });

  test('is told by 413 where a body in chunks exceeds it', async () => {
    const edge = await start(echo, routes);
    const chunked = ['Transfer-Encoding', 'chunked'];
    expect(await post(edge.port, '/x', 'a'.repeat(11), chunked)).toMatchObject({ status: 413 });
    expect((await edge.outcome()).failure).toMatchObject({
      ...{ part: 'request', code: 'body-too-large' },
      message: expect.stringContaining('larger than 10B, which limits.body in routes.yaml raises'),
    });
    expect(await post(edge.port, '/x', 'a'.repeat(10), chunked)).toMatchObject({ status: 200 });
  });

  test('of a route stands over that of the file', async () => {
    const edge = await start(echo, routes);
    expect(await post(edge.port, '/big', 'a'.repeat(20), ['Content-Length', '20'])).toMatchObject({
      ...{ status: 200, body: 'a'.repeat(20) },
    });
    expect(await post(edge.port, '/big', 'a'.repeat(21), ['Content-Length', '21'])).toMatchObject({
      status: 413,
    });
  });
});

describe("an upstream's own address", () => {
  const leaking: RequestListener = (req, res) => {
    const own = `http://127.0.0.1:${req.socket.localPort}`;
    res
      .writeHead(302, ['Location', `${own}/next`, 'Set-Cookie', 'a=1; Domain=127.0.0.1', 'Set-Cookie', 'b=2'])
      .end();
  };
  const headers = ['Host', 'shop.example.com', 'X-Forwarded-Proto', 'https'];

  test('becomes ours where the upstream is to be rewritten', async () => {
    const routes = 'routes: {}\nupstreams: { legacy: { url: "{legacy}", rewrite: true } }';
    const edge = await start(leaking, routes, { trustedProxies: ['127.0.0.1'] });
    const answer = await ask(edge.port, { headers });
    expect(answer.headers).toMatchObject({
      ...{ location: 'https://shop.example.com/next', 'set-cookie': ['a=1', 'b=2'] },
    });
    expect((await edge.outcome()).leaks).toEqual([]);
  });

  test('passes, and is counted, where it is not', async () => {
    const edge = await start(leaking);
    const answer = await ask(edge.port, { headers });
    expect(answer.headers.location).toBe(`${edge.origin}/next`);
    expect((await edge.outcome()).leaks).toEqual(['location', 'set-cookie']);
  });

  test('is no secret to a visitor who uses it', async () => {
    const edge = await start(leaking);
    await ask(edge.port, { headers: ['Host', edge.origin.slice('http://'.length)] });
    expect((await edge.outcome()).leaks).toEqual([]);
  });
});

test('an upstream with a Host of its own is sent it, and told the one of the visitor', async () => {
  const routes = 'routes: {}\nupstreams: { legacy: { url: "{legacy}", host: shop.internal } }';
  const { port } = await start((req, res) => {
    res.end(JSON.stringify([req.headers.host, req.headers['x-forwarded-host']]));
  }, routes);
  const { body } = await ask(port, { headers: ['Host', 'shop.example.com'] });
  expect(JSON.parse(body)).toEqual(['shop.internal', 'shop.example.com']);
});

describe('fields that name another method', () => {
  const names = ['X-HTTP-Method-Override', 'X-Http-Method', 'x-method-override'];
  const headers = names.flatMap((name) => [name, 'DELETE']);
  const listing: RequestListener = (req, res) =>
    res.end(
      Object.keys(req.headers)
        .filter((name) => name.includes('method'))
        .length.toString(),
    );
  const routes = `
upstreams: { legacy: "{legacy}", api: "{legacy}" }
routes:
  old: { match: GET /old, upstream: api, stage: legacy }
  new: { match: GET /new, upstream: api, stage: new }
  says-so: { match: GET /says-so, upstream: api, stage: new, methodOverride: true }
  handler: { match: GET /handler, handler: seen, stage: new }
  failing: { match: GET /failing, handler: throws, stage: new }
`;
  test.each([
    ['/undeclared', '3'],
    ['/old', '3'],
    ['/new', '0'],
    ['/says-so', '3'],
    ['/handler', '0'],
    ['/failing', '0'],
  ])('on the way to %s: %s of 3', async (path, count) => {
    const seen = (req: IncomingMessage, res: { end(text: string): void }) =>
      res.end(String(Object.keys(req.headers).filter((name) => name.includes('method')).length));
    const throws = (_req: unknown, _res: unknown) => {
      throw new Error('broken');
    };
    const { port } = await start(listing, routes, { handlers: { seen, throws } });
    expect((await ask(port, { path, headers })).body).toBe(count);
  });
});

describe('forwarding fields', () => {
  const headers = ['X-Forwarded-For', '1.2.3.4', 'X_Forwarded_For', '1.2.3.4', 'Proxy', 'http://evil'];
  const routes =
    'upstreams: { legacy: "{legacy}" }\nroutes: { page: { match: GET /page, handler: seen, stage: new } }';
  const handlers = {
    seen: (req: IncomingMessage, res: { end(text: string): void }) => res.end(JSON.stringify(req.headers)),
  };

  test('of a stranger are told of, and kept from handlers', async () => {
    const edge = await start((_req, res) => res.end(), routes, { handlers });
    const seen = JSON.parse((await ask(edge.port, { path: '/page', headers })).body);
    expect(Object.keys(seen).toSorted()).toEqual(['connection', 'host']);
    expect(edge.ignoredForwarding).toEqual(['127.0.0.1 x-forwarded-for']);
  });

  test('of a trusted proxy reach handlers', async () => {
    const edge = await start((_req, res) => res.end(), routes, { handlers, trustedProxies: ['127.0.0.1'] });
    const seen = JSON.parse((await ask(edge.port, { path: '/page', headers })).body);
    expect(seen).toMatchObject({ 'x-forwarded-for': '1.2.3.4' });
    expect([seen.proxy, edge.ignoredForwarding]).toEqual([undefined, []]);
  });
});

describe('connections to an upstream', () => {
  test('are used again, the last one first', async () => {
    const ports: (number | undefined)[] = [];
    const edge = await start((req, res) => {
      ports.push(req.socket.remotePort);
      setTimeout(() => res.end(), req.url === '/slow' ? 100 : 0);
    });
    await Promise.all([ask(edge.port, { path: '/slow' }), ask(edge.port, { path: '/slow' })]);
    await ask(edge.port);
    await ask(edge.port);
    expect(new Set(ports).size).toBe(2);
    expect(ports[2]).toBe(ports[3]);
  });

  test('are not used again where the visitor left before the end of the answer', async () => {
    const ports = new Set<number | undefined>();
    const closed = signal();
    const edge = await start((req, res) => {
      ports.add(req.socket.remotePort);
      if (req.url !== '/endless') return void res.end('ok');
      res.write('begun');
      res.on('close', () => closed.resolve());
    });
    const leaving = open(edge.port, { path: '/endless' });
    leaving.end();
    await once(leaving, 'response');
    leaving.on('error', () => {}).destroy();
    await closed.promise;
    expect((await ask(edge.port)).body).toBe('ok');
    expect(ports.size).toBe(2);
  });

  test('are not used again where the upstream answered before it had the request', async () => {
    const ports: (number | undefined)[] = [];
    const edge = await start((req, res) => {
      ports.push(req.socket.remotePort);
      res.end('early');
    });
    const socket = connect(edge.port, '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: 100\r\n\r\nonly this');
    expect(String((await once(socket, 'data'))[0])).toContain('early');
    expect((await ask(edge.port)).body).toBe('early');
    socket.destroy();
    expect(new Set(ports).size).toBe(2);
  });

  test('that the upstream has closed cost a GET nothing', async () => {
    const edge = await start((_req, res) => res.setHeader('Connection', 'close').end('ok'));
    const answers = [];
    for (let count = 0; count < 5; count += 1) {
      const req = open(edge.port);
      req.end();
      answers.push((await readAnswer(((await once(req, 'response')) as [IncomingMessage])[0])).body);
    }
    expect(answers).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  });
});
