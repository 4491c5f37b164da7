// Faults that reviews and trials of the edge have found, each by what it did to visitors.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import express from 'express';
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler, type HandlerFunction } from '../../src/native/define-handler.ts';
import type { HandlerOptions } from '../../src/native/options.ts';
import { type EdgeOptions, startEdge, type TestEdge } from './edge-in-one-process.ts';
import { ask, exchange, open as openRequest, signal } from './http.ts';

const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe('a visitor who leaves', () => {
  test('while a second request waits behind the first frees the upstream connection', async () => {
    const upstream = await startUpstream((res) => res.write('x'.repeat(1_000_000)));
    const edge = await start({ routes: 'routes: {}', legacyUrl: upstream.origin });
    const socket = await send(edge, `${get('/slow')}${get('/big')}`);
    await upstream.asked(1);
    socket.destroy();
    await upstream.closed(1);
    expect(await edge.outcome()).toMatchObject({ path: '/slow', ending: 'client-gone', failure: undefined });
    expect(upstream.count()).toBe(1);
  });

  test('before legacy answers in a handler’s place is not answered by legacy', async () => {
    const upstream = await startUpstream((res) => res.end());
    let tell = () => {};
    const gone = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const page = defineHandler({ session: false }, async ({ req }) => {
      req.socket.on('close', tell);
      req.socket.destroy();
      await gone;
      throw new Error('too late');
    });
    const edge = await start({ routes: PAGE, legacyUrl: upstream.origin, handlers: { page } });
    await send(edge, get('/page'));
    expect((await edge.outcome()).ending).toBe('client-gone');
    expect(upstream.count()).toBe(0);
  });
});

describe('an upstream', () => {
  test('that answers an upload before it has all of it is heard to the end', async () => {
    const server = createServer((_req, res) => {
      res.writeHead(413, { 'Content-Length': 200_000, Connection: 'close' });
      res.end('x'.repeat(200_000));
    });
    const edge = await start({ routes: 'routes: {}', legacyUrl: await listen(server) });
    const req = openRequest(edge.port, { method: 'POST', headers: ['Transfer-Encoding', 'chunked'] });
    req.on('error', () => {});
    const size = await new Promise<number>((resolve, reject) => {
      req.on('response', (res) => {
        let bytes = 0;
        res.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        res.on('end', () => resolve(bytes)).on('error', reject);
      });
      req.write('y'.repeat(100_000));
    });
    req.destroy();
    expect(size).toBe(200_000);
  });

  test('may say its reason in any script', async () => {
    const edge = await start({
      routes: 'routes: {}',
      legacyUrl: await rawUpstream('HTTP/1.1 404 Нет\r\nContent-Length: 2\r\n\r\nno'),
    });
    const answer = await exchange(edge.port, get('/', 'Connection: close\r\n'));
    expect(Buffer.from(answer, 'latin1').toString('utf8')).toMatch(/^HTTP\/1\.1 404 Нет\r\n/);
    expect(answer).toMatch(/\r\n\r\nno$/);
  });

  test.each([
    ['304 Not Modified', ''],
    ['204 No Content', ''],
  ])('may send a length with %s', async (status) => {
    const edge = await start({
      routes: 'routes: {}',
      legacyUrl: await rawUpstream(`HTTP/1.1 ${status}\r\nContent-Length: 500\r\n\r\n`),
    });
    for (let round = 0; round < 3; round += 1) {
      expect((await ask(edge.port)).status).toBe(Number(status.slice(0, 3)));
      expect((await edge.outcome()).ending).toBe('answered');
    }
  });

  test('that closes idle connections costs no GET, and no POST is sent twice', async () => {
    const seen: string[] = [];
    // Answers once on each connection, and hangs up when it is asked again.
    const origin = await rawUpstream((request, count, socket) => {
      seen.push(request.split(' ', 2).join(' '));
      if (count > 1) return void socket.destroy();
      return void socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    const edge = await start({ routes: 'routes: {}', legacyUrl: origin });
    for (let round = 0; round < 10; round += 1) {
      const { status } = await ask(edge.port, { path: `/get${round}` });
      expect([status, (await edge.outcome()).failure]).toEqual([200, undefined]);
    }
    const statuses: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      statuses.push((await ask(edge.port, { method: 'POST', path: '/post', body: 'x' })).status);
    }
    expect(statuses).toContain(502);
    expect(seen.filter((line) => line === 'POST /post')).toHaveLength(4);
  });
});

describe('a request', () => {
  test('behind another, that asks for an upgrade which is not made, leaves no visitor waiting', async () => {
    const upstream = await startUpstream(() => {});
    const edge = await start({ routes: 'routes: {}', legacyUrl: upstream.origin });
    const asks = get('/upgraded', 'Connection: Upgrade\r\nUpgrade: h2c\r\n');
    const visitor = await send(edge, `${get('/slow')}${asks}`);
    await new Promise((resolve) => visitor.on('close', resolve).resume());
    expect(await edge.outcome()).toMatchObject({ path: '/slow', ending: 'client-gone' });
    expect(upstream.count()).toBeLessThan(2);
  });

  test('whose body cannot be read is told of once', async () => {
    const upstream = await startUpstream((res) => res.req.resume().on('end', () => res.end()));
    const edge = await start({ routes: 'routes: {}', legacyUrl: upstream.origin });
    const head = `POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
    expect(await exchange(edge.port, `${head}4\r\nabcd\r\nZZ\r\n`)).toMatch(/^HTTP\/1\.1 400 /);
    const failure = { part: 'request', code: 'HPE_INVALID_CHUNK_SIZE' };
    expect(edge.outcomes).toHaveLength(1);
    expect(edge.outcomes[0]).toMatchObject({ path: '/p', status: 400, ending: 'answered', failure });
  });

  test('is not repeated once a byte of its answer has come', async () => {
    const asked: number[] = [];
    const upstream = await rawUpstream((_text, count, socket) => {
      asked.push(count);
      if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      else socket.end('HTTP/1.1 2');
    });
    const edge = await start({ routes: 'routes: {}', legacyUrl: upstream });
    expect((await ask(edge.port)).status).toBe(200);
    expect((await ask(edge.port)).status).toBe(502);
    expect(asked).toEqual([1, 2]);
  });

  test('that goes to a second address meets no connection which that one has closed', async () => {
    const upstream = await rawUpstream((_text, count, socket) => {
      if (count === 1) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
      else socket.destroy();
    });
    const routes = `upstreams: { legacy: { url: ["${upstream}", "http://127.0.0.1:1"] } }\nroutes: {}`;
    const edge = await start({ routes });
    expect((await ask(edge.port)).status).toBe(200);
    expect((await ask(edge.port)).status).toBe(200);
  });
});

describe('an answer cut short', () => {
  test('behind another on the same connection ends the connection', async () => {
    const held: ServerResponse[] = [];
    const page = handler(({ res }) => {
      res.write('half');
      throw new Error('and no more');
    });
    const isHeld = signal();
    const slow = handler(({ res }) => {
      held.push(res);
      isHeld.resolve();
    });
    const edge = await start({
      routes: `${PAGE}  slow: { match: GET /slow, handler: slow, fallback: none, stage: new }\n`,
      handlers: { page, slow },
    });
    const received = exchange(edge.port, `${get('/slow')}${get('/page')}`);
    await isHeld.promise;
    held[0]?.end('slow');
    expect(await edge.outcome()).toMatchObject({ path: '/slow', ending: 'answered' });
    expect(await edge.outcome()).toMatchObject({ path: '/page', ending: 'broken-off' });
    expect(await received).not.toMatch(/0\r\n\r\n$/);
  });
});

describe('a handler', () => {
  test.each([
    ['/page/plain', 200],
    ['/page/..%2Fadmin', 500],
    ['/page/x%5C..%5Cadmin', 500],
  ])(
    'that fails at %s is not answered for by a legacy that could read another path: %i',
    async (path, status) => {
      const upstream = await startUpstream((res) => res.end('legacy'));
      const page = defineHandler({ session: false }, () => {
        throw new Error('broken');
      });
      const routes = 'routes: { page: { match: "GET /page/:name", handler: page, stage: new } }';
      const edge = await start({ routes, legacyUrl: upstream.origin, handlers: { page } });
      expect((await ask(edge.port, { path })).status).toBe(status);
    },
  );

  test.each([
    ['GET', /^HTTP\/1\.1 200 OK\r\nContent-Length: 6\r\n.*\r\n\r\nlegacy$/s],
    ['POST', /^HTTP\/1\.1 500 .*\r\n\r\n<!doctype html>.*<\/html>\n$/is],
  ])('whose head fails half way leaves no framing in the answer to %s', async (method, answer) => {
    const upstream = await startUpstream((res) => res.setHeader('Content-Length', 6).end('legacy'));
    const page = handler(({ res }) => res.writeHead(200, { 'Transfer-Encoding': 'chunked', 'X-Name': 'Ж' }));
    const routes = 'routes: { page: { match: "GET,POST /page", handler: page, stage: new } }';
    const edge = await start({ routes, legacyUrl: upstream.origin, handlers: { page } });
    const asks = get('/page', 'Connection: close\r\nContent-Length: 0\r\n').replace('GET', method);
    expect(await exchange(edge.port, asks)).toMatch(answer);
  });

  test('that fails does not keep the connection of a visitor who wants it closed', async () => {
    const upstream = await startUpstream((res) => res.setHeader('Content-Length', 6).end('legacy'));
    const page = handler(({ res }) => res.writeHead(200, { Connection: 'keep-alive', 'X-Name': 'Ж' }));
    const edge = await start({ routes: PAGE, legacyUrl: upstream.origin, handlers: { page } });
    const answer = await exchange(edge.port, get('/page', 'Connection: close\r\n'));
    expect(answer).toMatch(/\r\nConnection: close\r\n.*legacy$/s);
  });

  test('whose length is wrong is given the right one for what it returns', async () => {
    const page = handler(({ res }) => {
      res.setHeader('Content-Length', '3');
      return 'bödy';
    });
    const edge = await start({ routes: PAGE, handlers: { page } });
    const answer = await ask(edge.port, { path: '/page' });
    expect(answer.headers['content-length']).toBe('5');
    expect(Buffer.from(answer.body, 'latin1').toString()).toBe('bödy');
  });

  test('whose length is wrong for what it sends has failed', async () => {
    const page = handler(({ res }) => {
      res.setHeader('Content-Length', '3');
      res.end('body');
    });
    const edge = await start({ routes: PAGE, handlers: { page } });
    await expect(ask(edge.port, { path: '/page' })).rejects.toThrow();
    expect(await edge.outcome()).toMatchObject({
      ending: 'broken-off',
      failure: { part: 'handler', code: 'threw' },
    });
  });

  test.each<[string, unknown]>([
    ['a Map', new Map()],
    ['a Response', new Response('hello')],
    ['a function', () => {}],
    ['a symbol', Symbol('s')],
    ['a number', 5],
  ])('that returns %s has failed', async (name, result) => {
    const edge = await start({ routes: PAGE, handlers: { page: handler(() => result as string) } });
    expect((await ask(edge.port, { path: '/page' })).status).toBe(500);
    expect((await edge.outcome()).failure?.message).toContain(`the handler returned ${name}`);
  });

  test('sees the host of an absolute target, as upstreams do', async () => {
    const page = handler(({ req }) => `${req.hostname} ${req.headers.host} ${req.url}`);
    const edge = await start({ routes: PAGE, handlers: { page }, hosts: ['good.example'] });
    const answer = await exchange(
      edge.port,
      'GET http://good.example/page?a HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    );
    expect(answer).toContain('good.example good.example /page?a');
  });

  test('is not told what a stranger forwards, wherever it looks', async () => {
    const page = handler(({ req }) => [req.rawHeaders.join(' '), req.headersDistinct, req.headers]);
    const edge = await start({ routes: PAGE, handlers: { page } });
    const headers = [
      'X-Forwarded-For',
      '6.6.6.6',
      'X_Forwarded_For',
      '7.7.7.7',
      'Proxy',
      'evil',
      'A',
      'kept',
    ];
    const { body } = await ask(edge.port, { path: '/page', headers });
    expect(body).toContain('kept');
    expect(body).not.toMatch(/forwarded|evil/i);
  });

  test('that has begun to answer a body beyond its limit is broken off, for the visitor’s fault', async () => {
    const page = (req: IncomingMessage, res: ServerResponse) => {
      res.write('begun');
      req.resume();
    };
    const routes =
      'routes: { page: { match: POST /page, handler: page, stage: new, limits: { body: 10B } } }';
    const edge = await start({ routes, legacyUrl: 'http://127.0.0.1:1', handlers: { page } });
    const head = `POST /page HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n`;
    const visitor = await send(edge, head);
    await new Promise((resolve) => visitor.once('data', resolve));
    visitor.write(`14\r\n${'x'.repeat(20)}\r\n0\r\n\r\n`);
    const failure = { part: 'request', code: 'body-too-large' };
    expect(await edge.outcome()).toMatchObject({ status: 200, ending: 'broken-off', failure });
  });

  test('is told of by the visitor’s address, whatever its routers make of that', async () => {
    const router = express.Router().use('/page', (_req, res) => void res.send('ok'));
    const routes = 'routes: { page: { match: "GET /page/*", handler: page, stage: new } }';
    const edge = await start({ routes, legacyUrl: 'http://127.0.0.1:1', handlers: { page: router } });
    await ask(edge.port, { path: '/page/x?a=1' });
    expect(await edge.outcome()).toMatchObject({ path: '/page/x', status: 200 });
  });

  test.each([
    ['GET', 'POST', 'legacy, asked by GET'],
    ['POST', 'GET', expect.stringContaining('500')],
  ])(
    'that fails at a %s is answered for by it, though it has made a %s of it',
    async (method, made, body) => {
      const upstream = await startUpstream((res) => res.end(`legacy, asked by ${res.req.method}`));
      const page = handler(({ req }) => {
        req.method = made;
        throw new Error('broken');
      });
      const routes = 'routes: { page: { match: "GET,POST /page", handler: page, stage: new } }';
      const edge = await start({ routes, legacyUrl: upstream.origin, handlers: { page } });
      expect((await ask(edge.port, { method, path: '/page' })).body).toEqual(body);
      expect((await edge.outcome()).method).toBe(method);
    },
  );

  test('that fails at a HEAD has no body sent, though it has made a GET of it', async () => {
    const page = handler(({ req }) => {
      req.method = 'GET';
      throw new Error('broken');
    });
    const edge = await start({ routes: PAGE, handlers: { page } });
    const asks = get('/page', 'Connection: close\r\n').replace('GET', 'HEAD');
    expect(await exchange(edge.port, asks)).toMatch(/^HTTP\/1\.1 500 .*\r\n\r\n$/s);
  });

  test('that reads a form beyond its limit itself has it refused, though its route has looked into it', async () => {
    const page = async (req: IncomingMessage, res: ServerResponse) => {
      let size = 0;
      for await (const chunk of req) size += chunk.length;
      res.end(`read ${size}`);
    };
    const conditions = 'body: { a: "1" }, limits: { body: 1KiB }';
    const routes = `routes: { page: { match: POST /page, handler: page, ${conditions}, stage: new } }`;
    const edge = await start({ routes, legacyUrl: 'http://127.0.0.1:1', handlers: { page } });
    const headers = ['Content-Type', 'application/x-www-form-urlencoded', 'Transfer-Encoding', 'chunked'];
    const statusOf = async (length: number) => {
      const body = 'a=1&b='.padEnd(length, 'x');
      return (await ask(edge.port, { method: 'POST', path: '/page', headers, body })).status;
    };
    expect([await statusOf(1024), await statusOf(1025)]).toEqual([200, 413]);
  });

  test('that fails before a body is beyond its limit does not have legacy given the half of it', async () => {
    const upstream = await startUpstream(() => {});
    const page = (_req: IncomingMessage, _res: ServerResponse) => {
      throw new Error('broken');
    };
    const routes = 'limits: { body: 10B }\nroutes: { page: { match: GET /page, handler: page, stage: new } }';
    const edge = await start({ routes, legacyUrl: upstream.origin, handlers: { page } });
    const half = `8\r\n${'x'.repeat(8)}\r\n`;
    const visitor = await send(edge, get('/page', 'Transfer-Encoding: chunked\r\n') + half);
    await upstream.asked(1);
    visitor.write(`${half}0\r\n\r\n`);
    const failure = { part: 'request', code: 'body-too-large' };
    expect(await edge.outcome()).toMatchObject({ status: 413, fallback: true, failure });
  });

  test('that throws what cannot be looked at ends one request', async () => {
    const nasty = Object.defineProperty(new Error('x'), 'message', {
      get() {
        throw new Error('no');
      },
    });
    const page = handler(() => {
      throw nasty;
    });
    const edge = await start({ routes: PAGE, handlers: { page } });
    expect((await ask(edge.port, { path: '/page' })).status).toBe(500);
  });

  test('whose visitor reads slowly has not failed when its deadline passes', async () => {
    const page = defineHandler({ session: false, timeout: '200ms' }, () => 'x'.repeat(20_000_000));
    const edge = await start({ routes: PAGE, handlers: { page } });
    const req = openRequest(edge.port, { path: '/page' });
    const res = await new Promise<IncomingMessage>((resolve) => {
      req.on('response', resolve).end();
    });
    const outcome = await edge.outcome();
    res.resume();
    expect(outcome).toMatchObject({ status: 200, ending: 'answered', failure: undefined });
  });
});

const PAGE =
  'upstreams: { legacy: http://127.0.0.1:9 }\nroutes:\n  page: { match: GET /page, handler: page, stage: new }\n';

function handler(run: HandlerFunction, options: HandlerOptions = {}) {
  return defineHandler({ session: false, ...options }, run);
}

async function start(options: EdgeOptions): Promise<TestEdge> {
  const routes = options.legacyUrl
    ? options.routes.replace(/^upstreams.*\n/m, '')
    : options.routes.replace('stage: new', 'stage: new, fallback: none');
  const edge = await startEdge({ ...options, routes });
  open.push(() => edge.close());
  return edge;
}

function get(path: string, more = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: shop.test\r\n${more}\r\n`;
}

async function send(edge: TestEdge, text: string): Promise<Socket> {
  const socket = connect(edge.port, '127.0.0.1');
  open.push(() => void socket.destroy());
  socket.on('error', () => {}).write(text, 'latin1');
  return socket;
}

/** An upstream that counts who asks and who leaves. */
async function startUpstream(answer: (res: ServerResponse) => void) {
  let count = 0;
  let closed = 0;
  const waiting = new Set<() => void>();
  const tell = () => {
    for (const check of waiting) check();
  };
  const server = createServer((_req, res) => {
    count += 1;
    res.on('close', () => {
      closed += 1;
      tell();
    });
    answer(res);
    tell();
  });
  const until = (reached: () => boolean) =>
    new Promise<void>((resolve) => {
      const check = () => reached() && resolve();
      waiting.add(check);
      check();
    });
  return {
    origin: await listen(server),
    count: () => count,
    asked: (number: number) => until(() => count >= number),
    closed: (number: number) => until(() => closed >= number),
  };
}

async function listen(
  server: ReturnType<typeof createServer> | ReturnType<typeof createTcpServer>,
): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  open.push(() => {
    server.close();
    if ('closeAllConnections' in server) server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Respond = (request: string, count: number, socket: Socket) => void;

/** An upstream that writes bytes: the same answer to every request, or what `respond` makes of it. */
function rawUpstream(answer: string | Respond): Promise<string> {
  const respond: Respond =
    typeof answer === 'string' ? (_text, _count, socket) => socket.write(answer) : answer;
  const sockets = new Set<Socket>();
  open.push(() => {
    for (const socket of sockets) socket.destroy();
  });
  const server = createTcpServer((socket) => {
    sockets.add(socket);
    let count = 0;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      count += 1;
      respond(data.toString('latin1'), count, socket);
    });
  });
  return listen(server);
}
