// What the edge takes as a request, and what it answers to the rest. Sent as bytes, read by Node's own parser.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { ask, exchange, serve, type TestServer } from '../http.ts';

let legacy: TestServer;
let edge: TestEdge;

beforeAll(async () => {
  legacy = await serve((req, res) => {
    const { host, 'x-forwarded-host': forwarded } = req.headers;
    res.end(JSON.stringify({ url: req.url, host, forwarded }));
  });
  edge = await start({});
});

afterAll(async () => {
  await edge.close();
  await legacy.close();
});

function start(more: Partial<EdgeOptions>): Promise<TestEdge> {
  return startEdge({ routes: 'routes: {}', legacyUrl: legacy.origin, ...more });
}

/** Sends a request line and fields; returns the status, and what legacy saw. */
async function send(lines: readonly string[], port = edge.port) {
  const text = await exchange(port, `${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`);
  const body = text.slice(text.indexOf('\r\n\r\n') + 4);
  const seen = /^\{"url"/.test(body) ? JSON.parse(body) : undefined;
  return { status: Number(text.slice(9, 12)), seen };
}

describe('Host', () => {
  test.each([
    'shop.example.com',
    'SHOP:8000',
    'a_b',
    '127.0.0.1:80',
    '[::1]',
    '[::1]:8000',
    'shop.',
    'shop:',
  ])('%s is taken and kept', async (host) => {
    expect(await send(['GET / HTTP/1.1', `Host: ${host}`])).toMatchObject({
      status: 200,
      seen: { host, forwarded: host },
    });
  });

  test.each([
    ['is empty', ['Host:']],
    ['is missing', []],
    ['stands twice', ['Host: a', 'Host: b']],
    ['stands twice with the same name', ['Host: a', 'host: a']],
    ['is a list', ['Host: a, b']],
    ['has a user', ['Host: user@a']],
    ['has a path', ['Host: a/b']],
    ['has a query', ['Host: a?b']],
    ['has a space', ['Host: a b']],
    ['has no port number', ['Host: a:b']],
    ['has an open bracket', ['Host: [::1']],
  ])('that %s is refused', async (_, fields) => {
    expect(await send(['GET / HTTP/1.1', ...fields])).toMatchObject({ status: 400 });
  });

  test('may be missing in HTTP/1.0', async () => {
    expect(await send(['GET / HTTP/1.0'])).toMatchObject({ status: 200 });
  });
});

describe('HOSTS', () => {
  test.each([
    ['shop.example.com', 200],
    ['SHOP.Example.Com:8000', 200],
    ['a.example.org', 200],
    ['a.b.example.org', 200],
    ['example.org', 421],
    ['xexample.org', 421],
    ['shop.example.com.evil', 421],
    ['evil', 421],
    ['127.0.0.1', 421],
  ])('lets in %s: %d', async (host, status) => {
    const guarded = await start({ hosts: ['shop.example.com', '*.example.org'] });
    expect(await send(['GET / HTTP/1.1', `Host: ${host}`], guarded.port)).toMatchObject({ status });
    await guarded.close();
  });

  test('lets in nobody who names no host', async () => {
    const guarded = await start({ hosts: ['shop.example.com'] });
    expect(await send(['GET / HTTP/1.0'], guarded.port)).toMatchObject({ status: 421 });
    await guarded.close();
  });
});

describe('the target', () => {
  test.each([
    ['http://shop.example.com/a?b=1', '/a?b=1', 'shop.example.com'],
    ['http://shop.example.com', '/', 'shop.example.com'],
    ['HTTPS://shop.example.com:443?b', '/?b', 'shop.example.com:443'],
    ['http://shop.example.com//a', '//a', 'shop.example.com'],
  ])('%s in absolute form is read, and its host wins over Host', async (target, url, host) => {
    expect(await send([`GET ${target} HTTP/1.1`, 'Host: other'])).toMatchObject({
      status: 200,
      seen: { url, host, forwarded: host },
    });
  });

  test('in absolute form is matched without its host', async () => {
    const moved = await start({
      routes: 'routes: { a: { match: "GET /a?b=1", redirect: 301 /there, stage: new } }',
    });
    expect(await send(['GET http://shop/a?b=1 HTTP/1.1', 'Host: shop'], moved.port)).toMatchObject({
      status: 301,
    });
    await moved.close();
  });

  test('in absolute form must name a host of HOSTS', async () => {
    const guarded = await start({ hosts: ['shop'] });
    expect(await send(['GET http://evil/ HTTP/1.1', 'Host: shop'], guarded.port)).toMatchObject({
      status: 421,
    });
    await guarded.close();
  });

  test.each([
    ['GET http://user@shop/ HTTP/1.1'],
    ['GET http:///a HTTP/1.1'],
    ['GET * HTTP/1.1'],
    ['POST * HTTP/1.1'],
    ['GET /a#b HTTP/1.1'],
    ['GET a HTTP/1.1'],
    ['GET /caf\u00e9 HTTP/1.1'],
    ['GET ftp://shop/a HTTP/1.1'],
  ])('%s is refused', async (line) => {
    expect(await send([line, 'Host: shop'])).toMatchObject({ status: 400 });
  });

  test.each(['//evil.example/a', '/a//b/../c', '/%61%2F%5c;x=1', '/?a=1&&b=%zz', '/a\\b', '/"<>|{}^`'])(
    '%s reaches legacy as it is',
    async (target) => {
      expect(await send([`GET ${target} HTTP/1.1`, 'Host: shop'])).toMatchObject({
        status: 200,
        seen: { url: target },
      });
    },
  );
});

describe('OPTIONS about the server itself', () => {
  test.each(['*', 'http://shop', 'HTTP://shop:80'])('with %s is answered by the edge', async (target) => {
    const asked = await start({});
    const text = await exchange(
      asked.port,
      `OPTIONS ${target} HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 OK\r\nAllow: GET, .*OPTIONS\r\nContent-Length: 0\r\n/);
    expect(await asked.outcome()).toMatchObject({ method: 'OPTIONS', status: 200, failure: undefined });
    await asked.close();
  });

  test('is for hosts of HOSTS', async () => {
    const guarded = await start({ hosts: ['shop'] });
    expect(await send(['OPTIONS * HTTP/1.1', 'Host: evil'], guarded.port)).toMatchObject({ status: 421 });
    await guarded.close();
  });

  test('is not meant where there is a path or a query', async () => {
    for (const target of ['/', 'http://shop/', 'http://shop?a'])
      expect(await send([`OPTIONS ${target} HTTP/1.1`, 'Host: shop'])).toMatchObject({
        seen: { host: 'shop' },
      });
  });
});

describe('limits', () => {
  const LIMITS = 'limits: { url: 512B, fields: 10 }\nroutes: {}';

  test.each([
    [512, 200],
    [513, 414],
  ])('a target of %d bytes gets %d', async (length, status) => {
    const limited = await start({ routes: LIMITS });
    expect(await send([`GET /${'a'.repeat(length - 1)} HTTP/1.1`, 'Host: a'], limited.port)).toMatchObject({
      status,
    });
    await limited.close();
  });

  test.each([
    [10, 200],
    [11, 431],
  ])('%d header fields get %d', async (count, status) => {
    const limited = await start({ routes: LIMITS });
    // Host and Connection are sent as well.
    const fields = Array.from({ length: count - 2 }, (_, index) => `X-${index}: 1`);
    expect(await send(['GET / HTTP/1.1', 'Host: a', ...fields], limited.port)).toMatchObject({ status });
    await limited.close();
  });

  test('are those of the table that is served', async () => {
    const limited = await start({ routes: LIMITS });
    limited.setRoutes('routes: {}');
    expect(await send([`GET /${'a'.repeat(512)} HTTP/1.1`, 'Host: a'], limited.port)).toMatchObject({
      status: 200,
    });
    await limited.close();
  });

  test('no field is dropped without a word, however many are allowed', async () => {
    const fields = Array.from({ length: 1_500 }, (_, index) => `X-${index}: 1`);
    const legacyCounts = await serve((req, res) => res.end(String(req.rawHeaders.length / 2)), {
      maxHeadersCount: 0,
    });
    const generous = await start({
      routes: 'limits: { fields: 5000 }\nroutes: {}',
      legacyUrl: legacyCounts.origin,
    });
    const text = await exchange(
      generous.port,
      `${['GET / HTTP/1.1', 'Host: a', ...fields, 'Connection: close'].join('\r\n')}\r\n\r\n`,
    );
    expect(Number(text.split('\r\n\r\n')[1])).toBeGreaterThan(1_500);
    await generous.close();
    await legacyCounts.close();
  });
});

test('a refusal closes the connection, and what was sent with it is not served', async () => {
  const text = await exchange(
    edge.port,
    'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\nGET /second HTTP/1.1\r\nHost: a\r\n\r\n',
  );
  expect(text.match(/HTTP\/1\.1 /g)).toHaveLength(1);
  expect(text).toMatch(/^HTTP\/1\.1 400 .*\r\nConnection: close\r\n/s);
});

test('a refusal is emitted, without a decision', async () => {
  const refusing = await start({});
  await send(['GET /x?y HTTP/1.1', 'Host: a', 'Host: b'], refusing.port);
  expect(await refusing.outcome()).toMatchObject({
    method: 'GET',
    path: '/x',
    status: 400,
    decision: undefined,
    ending: 'answered',
    fallback: false,
    failure: { part: 'request', code: 'several-hosts' },
  });
  await refusing.close();
  expect(refusing.outcomes).toHaveLength(1);
});

test('a refusal is a page of the edge', async () => {
  const answer = await ask(edge.port, { headers: ['Host', 'a/b'] });
  expect(answer).toMatchObject({ status: 400, headers: { 'cache-control': 'no-store' } });
  expect(answer.body).toContain('<h1>Bad request</h1>');
});
