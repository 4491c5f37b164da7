// Time and connections: section D of docs/security.md.
import { readFileSync } from 'node:fs';
import { METHODS } from 'node:http';
import { connect, type Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { signal } from '../http.ts';
import { serverClosed, serverEnded, visit } from '../raw-visitor.ts';
import { answersIn, request, send, start, startBeforeBytes, statusOf } from './setting.ts';

const GET = request('GET / HTTP/1.1', ['Connection: keep-alive']);

describe('D23 slow visitors (slowloris, slow POST, slow read)', () => {
  const QUICK = { check: 50, head: 400, bodyIdle: 400, readerIdle: 400 };

  test('a head that does not come to its end: 408, and closed', async () => {
    const { edge } = await start({ times: { ...QUICK, lingerIdle: 100 } });
    const visitor = visit(edge.port, 'GET / HTTP/1.1\r\nHost: a\r\n');
    const timer = setInterval(() => visitor.send('X: 1\r\n'), 100);
    await serverEnded(visitor);
    clearInterval(timer);
    expect(statusOf(visitor.text())).toBe(408);
    await serverClosed(visitor);
  });

  test('a connection that never says anything is closed without a word', async () => {
    const { edge } = await start({ times: { ...QUICK, lingerIdle: 100 } });
    const visitor = visit(edge.port);
    await serverClosed(visitor);
    expect([visitor.text(), edge.outcomes]).toEqual(['', []]);
  });

  test('a body that stops is given up, also upstream', async () => {
    const left = signal();
    const { edge } = await start({ times: QUICK }, (req, res) => {
      req.resume();
      res.on('close', () => left.resolve());
    });
    await serverClosed(visit(edge.port, request('POST / HTTP/1.1', ['Content-Length: 9'], 'half')));
    await left.promise;
  });

  test.each([
    ['50 bytes a second is given up', 5, 'client-gone'],
    ['5,000 bytes a second is taken', 500, 'answered'],
  ])('a body of %s', async (_, each, ending) => {
    const { edge } = await start({ times: QUICK });
    const visitor = visit(edge.port, request('POST / HTTP/1.1', ['Content-Length: 6000']));
    let left = 6_000;
    const timer = setInterval(() => {
      visitor.send('x'.repeat(Math.min(each, left)));
      left -= Math.min(each, left);
    }, 100);
    const outcome = await edge.outcome();
    clearInterval(timer);
    expect(outcome.ending).toBe(ending);
    visitor.socket.destroy();
  });

  test('an answer that nobody takes is given up, also upstream', async () => {
    const left = signal();
    const { edge } = await start({ times: QUICK }, (_req, res) => {
      res.on('close', () => left.resolve());
      res.end('x'.repeat(20_000_000));
    });
    const visitor = visit(edge.port);
    visitor.socket.pause();
    visitor.send(GET);
    await left.promise;
    visitor.socket.destroy();
  });

  test('a quiet event stream is not slow', async () => {
    const { edge } = await start({ times: QUICK }, (_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n');
      setTimeout(() => res.end('data: 2\n\n'), 1_200);
    });
    await visit(edge.port, GET).until(/data: 2\n\n\r\n0\r\n\r\n$/);
  });
});

describe('D24 a visitor who has gone ends the work for him (http-proxy#1586)', () => {
  test.each<[string, (socket: Socket) => void]>([
    ['closes', (socket) => void socket.destroy()],
    ['resets', (socket) => void socket.resetAndDestroy()],
    ['ends his side and does not read', (socket) => void socket.end()],
  ])('when he %s', async (_, leave) => {
    const asked = signal();
    const left = signal();
    const { edge } = await start({}, (_req, res) => {
      res.on('close', () => left.resolve());
      asked.resolve();
    });
    const { socket } = visit(edge.port, GET);
    await asked.promise;
    const startedAt = performance.now();
    leave(socket);
    await left.promise;
    expect(performance.now() - startedAt).toBeLessThan(1_750);
    expect((await edge.outcome()).ending).toBe('client-gone');
    socket.destroy();
  });

  test('a handler learns it by its signal', async () => {
    const [asked, told] = [signal(), signal()];
    const page = defineHandler({ session: false }, async (context) => {
      context.signal.addEventListener('abort', () => told.resolve());
      asked.resolve();
      await told.promise;
    });
    const { edge } = await start({
      routes: 'routes: { page: { match: GET /page, handler: page, fallback: none, stage: new } }',
      handlers: { page },
    });
    const { socket } = visit(edge.port, request('GET /page HTTP/1.1'));
    await asked.promise;
    socket.destroy();
    await told.promise;
    expect((await edge.outcome()).ending).toBe('client-gone');
  });
});

describe('D25 an upstream that dies is never taken for one that has finished (nodejs/node#28172)', () => {
  test.each([
    ['before a byte', ''],
    ['in its status line', 'HTTP/1.1 20'],
    ['in its fields', 'HTTP/1.1 200 OK\r\nContent-Le'],
  ])('%s: 502', async (_, bytes) => {
    const edge = await startBeforeBytes((_text, socket) => socket.end(bytes));
    expect(statusOf(await send(edge, request('POST / HTTP/1.1', ['Content-Length: 0'])))).toBe(502);
  });

  test.each([
    ['in a body of a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['before the first byte of a body of a length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n'],
    ['in a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\nhalf'],
    ['between chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    [
      'before the end of its trailers',
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n0\r\n',
    ],
  ])('%s: the visitor’s connection breaks, and nothing looks whole', async (_, bytes) => {
    for (const end of ['end', 'resetAndDestroy'] as const) {
      const edge = await startBeforeBytes((_text, socket) => {
        socket.write(bytes, () => setTimeout(() => socket[end](), 20));
      });
      const visitor = visit(edge.port, GET);
      await serverClosed(visitor, 50);
      expect(visitor.text()).not.toMatch(/\r\n0\r\n\r\n$/);
      expect((await edge.outcome()).ending).toBe('broken-off');
    }
  });
});

describe('D26 a connection that the upstream closes as it is used (nodejs/node#47130, nginx 1.9.13)', () => {
  test('costs no GET, and no POST is sent twice', async () => {
    const seen: string[] = [];
    const edge = await startBeforeBytes((text, socket, number) => {
      seen.push(`${/^\S+ \S+/.exec(text)?.[0]} on ${number}`);
      const isSecond = seen.filter((line) => line.endsWith(` on ${number}`)).length > 1;
      if (isSecond) return void socket.destroy();
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    });
    for (let round = 0; round < 6; round += 1) {
      expect(statusOf(await send(edge, request(`GET /get${round} HTTP/1.1`)))).toBe(200);
    }
    const statuses: number[] = [];
    for (let round = 0; round < 6; round += 1) {
      const post = request(`POST /post${round} HTTP/1.1`, ['Content-Length: 1'], 'x');
      statuses.push(statusOf(await send(edge, post)));
      expect(seen.filter((line) => line.startsWith(`POST /post${round} `)).length).toBeLessThan(2);
    }
    expect(statuses).toContain(502);
    expect(statuses).toContain(200);
  });

  /** The answer to a request that meets such a connection, and on which connections the upstream was asked. */
  async function askedOnStale(asked: string) {
    const connections: number[] = [];
    const edge = await startBeforeBytes((text, socket, number) => {
      if (text.includes(' /asked ')) connections.push(number);
      if (number === 1 && !text.includes(' /before ')) return void socket.destroy();
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    const visitor = visit(edge.port, request('GET /before HTTP/1.1', ['Connection: keep-alive']));
    await visitor.until(/^HTTP\/1\.1 200 .*\r\n\r\n/s);
    visitor.send(asked);
    await serverEnded(visitor);
    visitor.socket.end();
    return { connections, statuses: visitor.text().match(/(?<=^HTTP\/1\.1 )\d{3}/gm) };
  }

  test.each(['GET', 'HEAD', 'OPTIONS'])('%s without a body is asked once more', async (method) => {
    const { connections, statuses } = await askedOnStale(request(`${method} /asked HTTP/1.1`));
    expect(connections).toEqual([1, 2]);
    expect(statuses).toEqual(['200', '200']);
  });

  const others = METHODS.filter((method) => !['GET', 'HEAD', 'OPTIONS', 'CONNECT'].includes(method));
  test.each([
    ...others.map((method) => [method, request(`${method} /asked HTTP/1.1`)]),
    ['POST with a body', request('POST /asked HTTP/1.1', ['Content-Length: 1'], 'x')],
    ['PUT with a body', request('PUT /asked HTTP/1.1', ['Content-Length: 1'], 'x')],
    ['GET with a body', request('GET /asked HTTP/1.1', ['Content-Length: 1'], 'x')],
    ['OPTIONS with a body', request('OPTIONS /asked HTTP/1.1', ['Content-Length: 1'], 'x')],
  ])('%s is asked once', async (_, asked = '') => {
    const { connections, statuses } = await askedOnStale(asked);
    expect(connections).toEqual([1]);
    expect(statuses).toEqual(['200', '502']);
  });
});

describe('D27 no socket’s error escapes, whenever it comes (CVE-2024-21536, http-proxy#1468, webpack-dev-server#1642)', () => {
  const UPGRADE = request('GET /ws HTTP/1.1', [
    ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: k', 'Sec-WebSocket-Version: 13'],
  ]);
  const SWITCH = 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';

  test('resets of either side, before, during and after everything', async () => {
    const escaped: unknown[] = [];
    const note = (error: unknown) => void escaped.push(error);
    process.on('uncaughtException', note).on('unhandledRejection', note);
    const fates: ((socket: Socket) => void)[] = [
      (socket) => socket.resetAndDestroy(),
      (socket) =>
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf', () => socket.resetAndDestroy()),
      (socket) => socket.write(SWITCH, () => socket.resetAndDestroy()),
      (socket) => void socket.write(SWITCH),
      () => {},
    ];
    let turn = 0;
    const edge = await startBeforeBytes((_text, socket) => {
      turn += 1;
      fates[turn % fates.length]?.(socket);
    });
    const sends = [
      '',
      'GET',
      GET,
      UPGRADE,
      request('POST / HTTP/1.1', ['Content-Length: 9'], 'half'),
      `${GET}${GET}${UPGRADE}`,
      'x',
    ];
    for (let round = 0; round < 70; round += 1) {
      const socket = connect(edge.port, '127.0.0.1');
      socket.on('error', () => {});
      socket.write(sends[round % sends.length] ?? '');
      await new Promise((resolve) => setTimeout(resolve, round % 7));
      socket.resetAndDestroy();
    }
    const page = await send(edge, request('CONNECT a:1 HTTP/1.1'));
    process.off('uncaughtException', note).off('unhandledRejection', note);
    expect(statusOf(page)).toBe(405);
    expect(escaped).toEqual([]);
  });

  test('a body that exceeds its limit before anybody listens ends its own request', async () => {
    const escaped: unknown[] = [];
    const note = (error: unknown) => void escaped.push(error);
    process.on('uncaughtException', note);
    const { edge } = await start({ routes: 'limits: { body: 1KiB }\nroutes: {}' });
    const body = `800\r\n${'x'.repeat(2_048)}\r\n0\r\n\r\n`;
    const text = await send(edge, request('POST / HTTP/1.1', ['Transfer-Encoding: chunked'], body));
    process.off('uncaughtException', note);
    expect(statusOf(text)).toBe(413);
    expect(escaped).toEqual([]);
  });

  test.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('at once');
      },
    ],
    ['rejects', () => Promise.reject(new Error('later'))],
    [
      'throws nothing at all',
      () => {
        throw undefined;
      },
    ],
  ])('a handler that %s ends its own request', async (_, run) => {
    const page = defineHandler({ session: false }, run as () => string);
    const { edge } = await start({
      routes: 'routes: { page: { match: GET /page, handler: page, fallback: none, stage: new } }',
      handlers: { page },
    });
    expect(statusOf(await send(edge, request('GET /page HTTP/1.1')))).toBe(500);
    expect(statusOf(await send(edge, request('GET / HTTP/1.1')))).toBe(200);
  });
});

describe('D28 an upgrade begins with the upstream’s 101, and only to a WebSocket (CVE-2026-2833, h2c smuggling)', () => {
  const ask = (protocol: string) =>
    request('GET /ws HTTP/1.1', [
      'Connection: Upgrade',
      `Upgrade: ${protocol}`,
      'Sec-WebSocket-Key: k',
      'Sec-WebSocket-Version: 13',
    ]);
  const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

  test('what is sent before the 101 waits for it', async () => {
    let received = '';
    const edge = await startBeforeBytes((text, socket) => {
      received += text;
      setTimeout(
        () => received.includes('smuggled') || socket.end('HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno'),
        100,
      );
    });
    const text = await send(edge, ask('websocket') + SMUGGLED);
    expect(statusOf(text)).toBe(403);
    expect(answersIn(text)).toBe(1);
    expect(received).not.toContain('smuggled');
  });

  test.each(['h2c', 'HTTP/2.0', 'TLS/1.0', 'foo', 'h2c, websocket'])(
    '%s is served as if it were not asked for',
    async (protocol) => {
      const { edge, upstream } = await start();
      const text = await send(
        edge,
        ask(protocol).replace('Connection: Upgrade', 'Connection: Upgrade, close'),
      );
      expect(statusOf(text)).toBe(200);
      expect(upstream.received[0]?.text).not.toMatch(/^upgrade:|^http2-settings:/im);
    },
  );
});

describe('D29 a visitor who ends his side (http-proxy#280, http-proxy#293, http-proxy#570)', () => {
  test('gets an answer that comes soon', async () => {
    const { edge } = await start({}, (_req, res) => void setTimeout(() => res.end('late'), 200));
    const visitor = visit(edge.port);
    visitor.socket.end(GET);
    await visitor.until(/late$/);
    expect(await visitor.ended).toBe('closed');
  });

  test('leaves no half-closed connection behind, whatever he had asked', async () => {
    const { edge } = await start({}, (req, res) => {
      if (req.url === '/') res.write('never ends');
    });
    const asked = [
      '',
      'GET / HT',
      GET,
      request('GET /silent HTTP/1.1'),
      request('POST / HTTP/1.1', ['Content-Length: 9'], 'half'),
      'NOT HTTP\r\n\r\n',
    ];
    const visitors = asked.map((bytes) => visit(edge.port, bytes));
    await new Promise((resolve) => setTimeout(resolve, 100));
    for (const { socket } of visitors) socket.end();
    await expect.poll(() => closeWaits(edge.port), { timeout: 5_000 }).toBe(0);
    for (const { socket } of visitors) socket.destroy();
  });

  /** How many connections to a port of this machine wait for this process to close them. */
  function closeWaits(port: number): number {
    const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const lines = readFileSync('/proc/self/net/tcp', 'utf8').split('\n');
    return lines.filter(
      (line) => line.trim().split(/\s+/)[1]?.endsWith(local) && line.trim().split(/\s+/)[3] === '08',
    ).length;
  }
});

describe('D30 what is forwarded is not parsed (http-proxy#180, CVE-2026-55603, CVE-2025-32996, CVE-2025-32997)', () => {
  const ROUTES = 'routes: { cart: { match: POST /cart, body: { action: count }, stage: gone } }';

  test.each([
    [
      'a form that a route looks into',
      'application/x-www-form-urlencoded',
      'action=%41dd&action=add&x=%0d%0a&&=1',
    ],
    [
      'a form in parts',
      'multipart/form-data; boundary="b\r\n\tx"',
      '--b\r\nContent-Disposition: form-data; name="a\\"b"\r\n\r\nx\r\n--b--',
    ],
    ['JSON', 'application/json', '{"a": 1.10, "a": 2, "__proto__": {}}'],
    ['bytes', 'application/octet-stream', '\0\xff\xfe\r\n\r\n'],
  ])('%s reaches legacy byte by byte', async (_, type, body) => {
    const { edge, upstream } = await start({ routes: ROUTES });
    const fields = [`Content-Type: ${type.replaceAll('\r\n\t', '')}`, `Content-Length: ${body.length}`];
    expect(statusOf(await send(edge, request('POST /cart HTTP/1.1', fields, body)))).toBe(200);
    expect(upstream.received[0]?.text.endsWith(`\r\n\r\n${body}`)).toBe(true);
  });
});

describe('D31 an edge that stops (nodejs/node#60617)', () => {
  test('serves what is already on its way on an idle connection, and says that it closes', async () => {
    const { edge } = await start();
    const visitor = visit(edge.port, GET);
    await visitor.until(/upstream$/);
    const drained = edge.drain(10_000);
    visitor.send(GET);
    const text = await visitor.until(/upstream.*upstream$/s);
    expect(text.match(/^connection: .*$/gim)?.at(-1)).toMatch(/close/i);
    visitor.socket.end();
    await drained;
  });

  test('finishes what it is answering, and accepts nothing more', async () => {
    const asked = signal();
    const go = signal();
    const { edge } = await start({}, (_req, res) => {
      asked.resolve();
      void go.promise.then(() => res.end('whole'));
    });
    const visitor = visit(edge.port, GET);
    await asked.promise;
    const drained = edge.drain(10_000);
    await expect.poll(() => connecting(edge.port)).toBe('reset');
    go.resolve();
    expect(await visitor.until(/whole$/)).toMatch(/^connection: close\r$/im);
    visitor.socket.end();
    await drained;
  });

  /** What becomes of a visitor who leaves as soon as he is connected. */
  function connecting(port: number): Promise<'closed' | 'reset'> {
    const { socket, ended } = visit(port);
    socket.on('connect', () => socket.destroy());
    return ended;
  }
});
