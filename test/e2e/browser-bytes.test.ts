// What browsers could notice: legacy through the edge, held against legacy itself, byte by byte.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Edge, startEdge } from './edge-process.ts';
import { type Answer, ask, open, type Question } from './visitor.ts';

/** Fields that concern one connection only: nginx and the edge each send their own. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding']);
const HOST = 'shop.example:8000';

let edge: Edge;
const legacy = inject('services').legacyUrl;

beforeAll(async () => {
  edge = await startEdge({ routes: 'routes: {}\n' });
});
afterAll(() => edge.stop());

/** What a browser sees of an answer, but for the time it was given and the connection it came over. */
function seen({ status, reason, rawHeaders, body }: Answer) {
  const fields: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (OF_THE_CONNECTION.has(name.toLowerCase())) continue;
    fields.push(`${name}: ${name === 'Date' ? '(now)' : rawHeaders[index + 1]}`);
  }
  return { status, reason, fields, body: body.toString('latin1') };
}

/** Asks legacy and the edge the same, with the same Host; returns legacy's answer, the edge's being equal. */
async function askBoth(target: string, question: Question = {}): Promise<Answer> {
  const headers = { Host: HOST, ...question.headers };
  const [direct, through] = [
    await ask(legacy, { ...question, target, headers }),
    await ask(edge.url, { ...question, target, headers }),
  ];
  expect(seen(through)).toEqual(seen(direct));
  return direct;
}

const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };

describe('legacy through the edge is legacy itself', () => {
  it.each([
    ['the front controller', '/', 200],
    ['a pretty address', '/products/7', 200],
    ['its other address', '/index.php?page=product&id=7', 200],
    ['a dispatch by query without a script', '/?page=search&q=fig', 200],
    ['Latin-1 in a query', '/index.php?page=search&q=caf%E9', 200],
    ['UTF-8 in a query', '/index.php?page=search&q=caf%C3%A9&sort=title', 200],
    ['an array where a string is expected', '/index.php?page=search&q[]=a&q[]=b', 200],
    ['a category', '/category/crime?p=2', 200],
    ['a slash too much', '/category/crime/', 301],
    ['a slash too much, with a query', '/category/crime/?p=2', 301],
    ['PATH_INFO', '/info.php/shipping/germany', 200],
    ['an encoded slash', '/info.php/shipping%2Fgermany', 200],
    ['a double slash', '//pages//about', 404],
    ['a dot segment', '/pages/../pages/about', 404],
    ['a percent sign', '/pages/100%25', 404],
    ['a page in JSON', '/api/products?category=crime&limit=3', 200],
    ['an error in JSON', '/api/nothing', 404],
    ['who is not logged in', '/api/me', 401],
    ['a feed with absolute addresses', '/feed.php?category=crime', 200],
    ['six cookies at once', '/cookies.php', 200],
    ['a redirect to a relative address', '/go.php?to=feed', 302],
    ['a redirect with a fragment', '/go.php?to=seven', 302],
    ['a redirect to an absolute address', '/go.php?to=cart&absolute=1', 302],
    ['a permanent redirect', '/go.php?to=home&absolute=1&permanent=1', 301],
    ['a redirect to the login', '/account', 302],
    ['a 204', '/ping.php', 204],
    ['a 500 with a warning in front of the page', '/broken.php', 500],
    ['a CSV in Latin-1', '/export-2009.php', 200],
    ['a 404 in HTML', '/nowhere', 404],
    ["nginx's own 404", '/nowhere.php', 404],
    ["nginx's own 403", '/includes/config.php', 403],
    ['a static page', '/old/about.html', 200],
    ['a style sheet', '/static/style.css?v=14', 200],
    ['a picture', '/static/logo.png', 200],
    ['robots.txt', '/robots.txt', 200],
    ['an icon', '/favicon.ico', 200],
    ['a slow report', '/report.php?seconds=0.3', 200],
    ['a page in pieces', '/stream.php?n=3&ms=10', 200],
    ['events', '/events.php?n=3&ms=10', 200],
    ['a download', '/download.php?mb=1', 200],
  ])('%s: GET %s', async (_what, target, status) => {
    expect((await askBoth(target)).status).toBe(status);
  });

  it.each(['/', '/products/7', '/static/style.css', '/download.php?mb=1', '/ping.php', '/go.php?to=cart'])(
    'HEAD %s',
    async (target) => {
      const answer = await askBoth(target, { method: 'HEAD' });
      expect(answer.body.length).toBe(0);
    },
  );

  it.each(['OPTIONS', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])('%s is passed on', async (method) => {
    await askBoth('/static/style.css', { method });
    await askBoth('/pages/about', { method });
  });

  it('several Set-Cookie stay apart and in order', async () => {
    const answer = await askBoth('/cookies.php');
    expect(answer.all('set-cookie').map((cookie) => cookie.split('=')[0])).toEqual([
      ...['theme', 'currency', 'list[view]', 'partner', 'old_theme', 'raw'],
    ]);
  });

  it('part of a file', async () => {
    const answer = await askBoth('/static/style.css', { headers: { Range: 'bytes=10-29' } });
    expect(answer.status).toBe(206);
    expect(answer.body.length).toBe(20);
    const several = { headers: { Range: 'bytes=0-9,20-29' } };
    const [direct, through] = [
      await ask(`${legacy}/static/style.css`, several),
      await ask(`${edge.url}/static/style.css`, several),
    ];
    // Each answer chooses a boundary of its own.
    expect(through.status).toBe(206);
    expect(through.body.length).toBe(direct.body.length);
    expect((await askBoth('/static/style.css', { headers: { Range: 'bytes=9999999-' } })).status).toBe(416);
  });

  it('a file that has not changed', async () => {
    const first = await askBoth('/static/style.css');
    const [etag = '', modified = ''] = [first.header('etag'), first.header('last-modified')];
    const again = await askBoth('/static/style.css', { headers: { 'If-None-Match': etag } });
    expect(again.status).toBe(304);
    const since = await askBoth('/static/style.css', { headers: { 'If-Modified-Since': modified } });
    expect(since.status).toBe(304);
  });

  it('a login: the cookie of the session, and what it opens', async () => {
    const body = 'email=zoe%40example.com&password=secret&next=%2Faccount';
    const headers = { Host: HOST, ...FORM };
    const login = await ask(`${edge.url}/login`, { method: 'POST', headers, body });
    expect(login.status).toBe(302);
    expect(login.header('location')).toBe('/account');
    const [Cookie = ''] = (login.all('set-cookie').at(-1) ?? '').split(';');
    expect((await askBoth('/account', { headers: { Cookie } })).text).toContain('zoe@example.com');
    expect((await askBoth('/api/me', { headers: { Cookie } })).status).toBe(200);
  });

  it('a form, urlencoded', async () => {
    const suggest = { method: 'POST', headers: FORM, body: 'action=suggest&q=the' };
    expect((await askBoth('/ajax.php', suggest)).status).toBe(200);
    // With a session id of its own choice, or PHP would give each of the two another.
    const headers = { ...FORM, Cookie: `PHPSESSID=${'b'.repeat(26)}` };
    const login = { method: 'POST', headers, body: 'email=a&password=b' };
    expect((await askBoth('/login', login)).status).toBe(200);
  });

  it('a form with a file', async () => {
    const file = Buffer.alloc(100_000, 'leaf');
    const form = new FormData();
    form.append('title', 'Ficus');
    form.append('file', new Blob([file]), 'leaf.txt');
    const encoded = new Response(form);
    const headers = { 'Content-Type': encoded.headers.get('content-type') ?? '' };
    const body = Buffer.from(await encoded.arrayBuffer());
    const answer = await askBoth('/upload.php', { method: 'POST', headers, body });
    const sha1 = createHash('sha1').update(file).digest('hex');
    expect(JSON.parse(answer.text)).toMatchObject({ name: 'leaf.txt', sha1, fields: { title: 'Ficus' } });
  });

  it('a body of unknown length, in chunks', async () => {
    const pieces = ['one', 'two', 'x'.repeat(70_000)];
    const question = (): Question => ({ method: 'POST', body: Readable.from(pieces) });
    const headers = { Host: HOST, 'Content-Type': 'application/octet-stream' };
    const through = await ask(`${edge.url}/upload.php?raw=1`, { ...question(), headers });
    const direct = await ask(`${legacy}/upload.php?raw=1`, { ...question(), headers });
    expect(seen(through)).toEqual(seen(direct));
    expect(JSON.parse(through.text).size).toBe(70_006);
  });

  it('a body after 100 Continue', async () => {
    const body = 'x'.repeat(10_000);
    const headers = { Expect: '100-continue', 'Content-Length': '10000', 'Content-Type': 'text/plain' };
    const answer = await ask(`${edge.url}/upload.php?raw=1`, { method: 'POST', headers, body });
    expect(JSON.parse(answer.text).size).toBe(10_000);
  });

  it('a large field', async () => {
    const large = 'x'.repeat(6_000);
    expect((await whoami({ 'X-Large': large })).headers.HTTP_X_LARGE).toBe(large);
    expect((await askBoth(`/ping.php?q=${large}`)).status).toBe(204);
  });
});

describe('answers arrive as they are made', () => {
  it('events, one by one', async () => {
    const arrivals = await arrivalTimes(`${edge.url}/events.php?n=4&ms=400`, /^id: \d+$/gm);
    expect(arrivals).toHaveLength(4);
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(1_000);
  });

  it('a page in pieces', async () => {
    const arrivals = await arrivalTimes(`${edge.url}/stream.php?n=4&ms=400`, /<li>/g);
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(1_000);
  });

  it('and end when the visitor leaves: legacy is told', async () => {
    const upstream = http.createServer().listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const other = await startEdge({
      routes: 'routes: {}\n',
      environment: { LEGACY_URL: `http://127.0.0.1:${port}` },
    });
    try {
      const arrived = once(upstream, 'request') as Promise<[http.IncomingMessage, http.ServerResponse]>;
      const answer = open(`${other.url}/events`);
      const [, response] = await arrived;
      response.write('data: 1\n\n');
      (await answer).destroy();
      await once(response, 'close', { signal: AbortSignal.timeout(5_000) });
    } finally {
      await other.stop();
      upstream.closeAllConnections();
      upstream.close();
    }
  });
});

/** Reads an answer and notes when each match of a pattern had arrived, in milliseconds. */
async function arrivalTimes(url: string, pattern: RegExp): Promise<number[]> {
  const response = await open(url);
  const times: number[] = [];
  let text = '';
  for await (const piece of response) {
    text += piece;
    const matches = text.match(pattern)?.length ?? 0;
    while (times.length < matches) times.push(performance.now());
  }
  return times;
}

describe('what is compressed stays compressed', () => {
  it('an answer in gzip passes as it is', async () => {
    const packed = gzipSync('a page '.repeat(1_000));
    const upstream = http
      .createServer((request, response) => {
        const accepts = request.headers['accept-encoding'] ?? '';
        response.writeHead(200, ['Content-Encoding', 'gzip', 'X-Asked', accepts, 'X-asked', 'twice']);
        response.end(packed);
      })
      .listen(0, '127.0.0.1');
    await once(upstream, 'listening');
    const { port } = upstream.address() as AddressInfo;
    const other = await startEdge({
      routes: 'routes: {}\n',
      environment: { LEGACY_URL: `http://127.0.0.1:${port}` },
    });
    try {
      const answer = await ask(other.url, { headers: { 'Accept-Encoding': 'gzip, br' } });
      expect(answer.body.equals(packed)).toBe(true);
      expect(answer.header('content-encoding')).toBe('gzip');
      expect(answer.rawHeaders.slice(0, 6)).toEqual([
        ...['Content-Encoding', 'gzip', 'X-Asked', 'gzip, br', 'X-asked', 'twice'],
      ]);
    } finally {
      await other.stop();
      upstream.close();
    }
  });
});

type Whoami = Record<string, string | null> & { headers: Record<string, string>; body: { size: number } };

async function whoami(
  headers: Record<string, string>,
  url = edge.url,
  target = '/whoami.php',
): Promise<Whoami> {
  const answer = await ask(url, { target, headers: { Host: HOST, ...headers } });
  expect(answer.status).toBe(200);
  return JSON.parse(answer.text) as Whoami;
}

describe('what PHP sees', () => {
  it('is the same request but for the forwarding fields', async () => {
    const headers = { 'User-Agent': 'Fig/1.0', Accept: '*/*', Cookie: 'a=1; b=2; a=3', 'X-Own': 'value' };
    const target = '/whoami.php/path%20info?q=a%2Fb&q=c&x[]=1';
    const direct = await whoami(headers, legacy, target);
    const through = await whoami(headers, edge.url, target);
    const { HTTP_X_FORWARDED_FOR, HTTP_X_FORWARDED_HOST, HTTP_X_FORWARDED_PROTO, ...rest } = through.headers;
    expect({ ...through, headers: { ...rest, HTTP_CONNECTION: '' } }).toEqual({
      ...direct,
      headers: { ...direct.headers, HTTP_CONNECTION: '' },
    });
    expect([HTTP_X_FORWARDED_FOR, HTTP_X_FORWARDED_HOST, HTTP_X_FORWARDED_PROTO]).toEqual([
      ...['127.0.0.1', HOST, 'http'],
    ]);
  });

  it('from a trusted proxy: its forwarding fields, with the proxy added', async () => {
    const { headers } = await whoami({
      'X-Forwarded-For': '203.0.113.9',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'www.shop.example',
    });
    expect(headers).toMatchObject({
      HTTP_X_FORWARDED_FOR: '203.0.113.9, 127.0.0.1',
      HTTP_X_FORWARDED_PROTO: 'https',
      HTTP_X_FORWARDED_HOST: 'www.shop.example',
      HTTP_HOST: HOST,
    });
  });

  it('from anybody else: what the edge knows itself', async () => {
    const distrusting = await startEdge({ routes: 'routes: {}\n', environment: { TRUSTED_PROXIES: '' } });
    try {
      const spoofed = {
        'X-Forwarded-For': '203.0.113.9',
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-Host': 'evil.example',
        'X-Real-IP': '203.0.113.9',
        'True-Client-IP': '203.0.113.9',
        Forwarded: 'for=203.0.113.9',
      };
      const { headers } = await whoami(spoofed, distrusting.url);
      expect(headers).toMatchObject({
        HTTP_X_FORWARDED_FOR: '127.0.0.1',
        HTTP_X_FORWARDED_PROTO: 'http',
        HTTP_X_FORWARDED_HOST: HOST,
      });
      expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113\.9|evil/);
      const asks = await ask(`${distrusting.url}/ping.php`, { headers: { 'X-Banyan': '1' } });
      expect(asks.header('x-banyan')).toBeUndefined();
    } finally {
      await distrusting.stop();
    }
  });

  it('nothing of fields that would make it see another request', async () => {
    const { headers } = await whoami({
      Proxy: 'http://evil.example',
      X_Forwarded_For: '203.0.113.9',
      'X-Original-URL': '/admin/orders',
      'X-Rewrite-URL': '/admin/orders',
      'X-Banyan': '1',
    });
    const names = Object.keys(headers);
    expect(names).not.toContain('HTTP_PROXY');
    expect(names).not.toContain('HTTP_X_ORIGINAL_URL');
    expect(names).not.toContain('HTTP_X_REWRITE_URL');
    expect(names).not.toContain('HTTP_X_BANYAN');
    expect(headers.HTTP_X_FORWARDED_FOR).toBe('127.0.0.1');
  });

  it('the protocol of an absolute redirect is the one the visitor used', async () => {
    const headers = { Host: 'shop.example', 'X-Forwarded-Proto': 'https' };
    const answer = await ask(`${edge.url}/go.php?to=cart&absolute=1`, { headers });
    expect(answer.header('location')).toBe('https://shop.example/cart');
  });
});

describe('requests that are not passed on', () => {
  it('a Host that is not served', async () => {
    const choosy = await startEdge({
      routes: 'routes: {}\n',
      environment: { HOSTS: 'shop.example, *.figs.example' },
    });
    try {
      const status = async (Host: string) =>
        (await ask(`${choosy.url}/ping.php`, { headers: { Host } })).status;
      expect(await status('shop.example')).toBe(204);
      expect(await status('SHOP.example:8000')).toBe(204);
      expect(await status('old.figs.example')).toBe(204);
      expect(await status('evil.example')).toBe(421);
      expect(await status('shop.example.evil.example')).toBe(421);
    } finally {
      await choosy.stop();
    }
  });

  it.each([
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'length and chunks',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'],
    ['a fragment', 'GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n'],
  ])('%s', async (_what, text) => {
    expect(await statusLine(text)).toMatch(/^HTTP\/1\.1 400 /);
  });
});

/** Sends bytes as they stand and resolves with the first line of what comes back. */
async function statusLine(text: string): Promise<string> {
  const socket = connect(Number(new URL(edge.url).port), '127.0.0.1');
  socket.setTimeout(10_000, () => socket.destroy(new Error('no answer within 10 s')));
  socket.write(text);
  const [data] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  return data.toString('latin1').split('\r\n')[0] ?? '';
}
