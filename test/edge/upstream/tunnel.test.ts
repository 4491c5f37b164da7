// WebSockets: the same table, decision and header hygiene, then bytes in both directions.
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { deadOrigin } from '../http.ts';

const HANDSHAKE = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: abc',
  'Sec-WebSocket-Version: 13',
];
const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

describe('a tunnel', () => {
  test('carries bytes in both directions after the 101, also those sent with the request', async () => {
    const upstream = await startUpstream((socket, head) => {
      socket.write(head);
      socket.pipe(socket);
    });
    const client = await ask(await startOn(upstream), '/ws', { early: 'first ' });
    expect(await client.until('first ')).toContain('HTTP/1.1 101');
    client.socket.write('second');
    expect(await client.until('second')).toContain('first second');
  });

  test('gives the upstream no byte of the visitor before its 101', async () => {
    let seenBefore = '';
    let agree = () => {};
    const upstream = await startUpstream(
      (socket, head) => {
        seenBefore = head.toString();
        socket.pipe(socket);
      },
      (proceed) => {
        agree = proceed;
      },
    );
    const client = await ask(await startOn(upstream), '/ws', { early: 'GET /smuggled HTTP/1.1\r\n\r\n' });
    await upstream.asked;
    agree();
    await client.until('smuggled');
    expect(seenBefore).toBe('');
    expect(upstream.requests).toHaveLength(1);
  });

  test('keeps the raw target and the fields, but for those of the connection and what PHP would fold', async () => {
    const upstream = await startUpstream((socket) => socket.end());
    const extra = [
      'X-Twice: 1',
      'X-Twice: 2',
      'X_Forwarded_For: 9.9.9.9',
      'X-Forwarded-For: 9.9.9.9',
      'Proxy: evil',
    ];
    const client = await ask(await startOn(upstream), '/a//b%2F?x=1&&y', { fields: extra });
    await client.until('101');
    const [req] = upstream.requests;
    expect(req?.url).toBe('/a//b%2F?x=1&&y');
    expect(req?.headersDistinct['x-twice']).toEqual(['1', '2']);
    expect(req?.headers['x-forwarded-for']).toBe('127.0.0.1');
    expect(req?.headers).not.toHaveProperty('proxy');
    expect(req?.headers).not.toHaveProperty('x_forwarded_for');
    expect(req?.headers['sec-websocket-key']).toBe('abc');
  });

  test('is agreed to by the fields of the upstream, as other answers are', async () => {
    const upstream = await startUpstream((socket) => socket.write('in the tunnel'), undefined, [
      'Connection: Upgrade, X-Hop',
      'Upgrade: websocket',
      'Keep-Alive: timeout=5',
      'X-Hop: 1',
      'Content-Length: 5',
      'X-CaSe: caf\u00e9',
      'X-Other: between',
      'x-case: 2',
    ]);
    const client = await ask(await startOn(upstream), '/ws');
    await client.until('in the tunnel');
    expect(client.received().split('\r\n')).toEqual([
      'HTTP/1.1 101 Switching Protocols',
      'X-CaSe: caf\u00e9',
      'X-Other: between',
      'x-case: 2',
      'Connection: Upgrade',
      'Upgrade: websocket',
      '',
      'in the tunnel',
    ]);
  });

  test.each([
    [true, 'http://shop.test/shop', 'a=b', []],
    [false, 'ORIGIN/shop', 'a=b; Domain=127.0.0.1', ['location', 'set-cookie']],
  ])(
    'with rewrite: %s tells of the upstream’s address as other answers do',
    async (rewrite, location, cookie, leaks) => {
      const upstream = await startUpstream((socket) => socket.end('in the tunnel'), undefined, [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Location: ORIGIN/shop',
        'Set-Cookie: a=b; Domain=127.0.0.1',
      ]);
      const edge = await start(
        `routes: {}\nupstreams: { legacy: { url: "${upstream.origin}", rewrite: ${rewrite} } }`,
        upstream.origin,
      );
      const client = await ask(edge, '/ws');
      const text = await client.until('in the tunnel');
      expect(text).toContain(`Location: ${location.replace('ORIGIN', upstream.origin)}\r\n`);
      expect(text).toContain(`Set-Cookie: ${cookie}\r\n`);
      expect(await edge.outcome()).toMatchObject({ status: 101, leaks });
    },
  );

  test('ends at both ends when the visitor goes, and its outcome is emitted once', async () => {
    const upstream = await startUpstream((socket) => socket.pipe(socket));
    const edge = await startOn(upstream);
    const client = await ask(edge, '/ws');
    await client.until('101');
    client.socket.destroy();
    await upstream.closed;
    expect(await edge.outcome()).toMatchObject({ status: 101, ending: 'answered' });
    expect(edge.outcomes).toHaveLength(1);
  });

  test('outlives the silence that its upstream allows answers, and ends with that of its route', async () => {
    const upstream = await startUpstream((socket) => socket.pipe(socket));
    const edge = await start(
      'routes: { short: { match: GET /short, timeouts: { idle: 200ms } } }\n' +
        `upstreams: { legacy: { url: "${upstream.origin}", timeouts: { idle: 50ms } } }`,
      upstream.origin,
    );
    const [long, short] = [await ask(edge, '/ws'), await ask(edge, '/short')];
    await Promise.all([long.until('101'), short.until('101')]);
    await short.closed;
    long.socket.write('still here');
    await long.until('still here');
  });

  test('is given up when the visitor leaves before the upstream has agreed', async () => {
    const upstream = await startUpstream(
      (socket) => socket.end(),
      () => {},
    );
    const edge = await startOn(upstream);
    const client = await ask(edge, '/ws');
    await upstream.asked;
    client.socket.end();
    expect(await edge.outcome()).toMatchObject({ status: 0, ending: 'client-gone' });
  });

  test('ends at both ends when the upstream breaks off', async () => {
    const upstream = await startUpstream((socket) => socket.destroy());
    const client = await ask(await startOn(upstream), '/ws');
    await client.closed;
    expect(client.received()).toContain('101');
  });
});

describe('a request to upgrade', () => {
  test('that the upstream refuses gets its plain answer', async () => {
    const upstream = await startUpstream(undefined);
    const client = await ask(await startOn(upstream), '/ws');
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(client.received()).toMatch(/\r\n\r\nnot here$/);
    expect(client.received().match(/HTTP\/1\.1/g)).toHaveLength(1);
    expect(client.received()).toContain('Connection: close');
  });

  test('gets 504 when the upstream does not say whether it agrees', async () => {
    const upstream = await startUpstream(
      () => {},
      () => {},
    );
    const timeouts = '{ connect: 100ms, headers: 100ms }';
    const edge = await start(
      `{ routes: {}, upstreams: { legacy: { url: "${upstream.origin}", timeouts: ${timeouts} } } }`,
      upstream.origin,
    );
    const client = await ask(edge, '/ws');
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 504 /);
  });

  test('gets 502 when the upstream is not there', async () => {
    const edge = await start('routes: {}', await deadOrigin());
    const client = await ask(edge, '/ws');
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 502 /);
    expect(await edge.outcome()).toMatchObject({
      status: 502,
      failure: { part: 'upstream', code: 'ECONNREFUSED' },
    });
  });

  test('to h2c is served as if it did not ask', async () => {
    const upstream = await startUpstream((socket) => socket.end());
    const client = await ask(await startOn(upstream), '/plain', {
      handshake: ['Connection: Upgrade', 'Upgrade: h2c'],
    });
    expect(await client.until('plain GET /plain')).toMatch(/^HTTP\/1\.1 200 /);
    expect(upstream.requests[0]?.headers).not.toHaveProperty('upgrade');
  });

  test('to h2c with a body is served with its body, and the connection goes on', async () => {
    const upstream = await startUpstream((socket) => socket.end());
    const edge = await startOn(upstream);
    const client = await ask(edge, '/plain', {
      method: 'POST',
      handshake: ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABkAAQAAP__'],
      fields: ['Content-Length: 5'],
      early: 'hello',
    });
    await client.until('plain POST /plain hello');
    client.socket.write('GET /next HTTP/1.1\r\nHost: shop.test\r\n\r\n');
    await client.until('plain GET /next');
    expect(upstream.requests.map(({ headers }) => headers.upgrade)).toEqual([undefined, undefined]);
  });

  test('behind a request that is still being answered ends the connection and nothing else', async () => {
    const upstream = await startUpstream((socket) => socket.end());
    const edge = await startOn(upstream);
    const client = await ask(edge, '/held', {
      handshake: [],
      early: `GET /ws HTTP/1.1\r\nHost: shop.test\r\n${HANDSHAKE.join('\r\n')}\r\n\r\n`,
    });
    await client.closed;
    const next = await ask(edge, '/plain', { handshake: [] });
    expect(await next.until('plain GET /plain')).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('with a body is refused', async () => {
    const upstream = await startUpstream((socket) => socket.end());
    const client = await ask(await startOn(upstream), '/ws', {
      fields: ['Content-Length: 5'],
      early: 'GET /',
    });
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 400 /);
    expect(upstream.requests).toHaveLength(0);
  });

  test('meets the same table: what is gone is gone', async () => {
    const upstream = await startUpstream((socket) => socket.end());
    const edge = await start('routes: { old: { match: ANY /old, stage: gone } }', upstream.origin);
    const client = await ask(edge, '/old');
    await client.closed;
    expect(client.received()).toMatch(/^HTTP\/1\.1 410 /);
  });
});

async function start(routes: string, legacyUrl: string): Promise<TestEdge> {
  const edge = await startEdge({ routes, legacyUrl });
  open.push(() => edge.close());
  return edge;
}

function startOn(upstream: { readonly origin: string }): Promise<TestEdge> {
  return start('routes: {}', upstream.origin);
}

/** An upstream that upgrades once `proceed` has been called, or answers 403. */
async function startUpstream(
  onOpen: ((socket: Socket, head: Buffer) => void) | undefined,
  hold: (proceed: () => void) => void = (proceed) => proceed(),
  fields: readonly string[] = ['Upgrade: websocket', 'Connection: Upgrade'],
) {
  const requests: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    requests.push(req);
    if (req.url === '/held') return;
    if (req.headers.upgrade) res.writeHead(403, { 'Content-Length': 8 });
    if (req.headers.upgrade) return void res.end('not here');
    let body = '';
    req.setEncoding('latin1').on('data', (text) => {
      body += text;
    });
    req.on('end', () => res.end(`plain ${req.method} ${req.url} ${body}`));
  });
  const origin = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  let tellClosed = () => {};
  let tellAsked = () => {};
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });
  const asked = new Promise<void>((resolve) => {
    tellAsked = resolve;
  });
  if (onOpen) {
    server.on('upgrade', (req, socket: Socket, head) => {
      requests.push(req);
      socket.on('error', () => {}).on('close', tellClosed);
      tellAsked();
      hold(() => {
        const lines = ['HTTP/1.1 101 Switching Protocols', ...fields].join('\r\n');
        socket.write(`${lines}\r\n\r\n`.replaceAll('ORIGIN', origin()), 'latin1');
        onOpen(socket, head);
      });
    });
  }
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push(() => close(server));
  return { origin: origin(), requests, closed, asked };
}

function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

type Handshake = {
  readonly fields?: readonly string[];
  readonly handshake?: readonly string[];
  readonly early?: string;
  readonly method?: string;
};

/** Sends a request to upgrade on a raw socket. */
async function ask(
  edge: TestEdge,
  target: string,
  { fields = [], handshake = HANDSHAKE, early = '', method = 'GET' }: Handshake = {},
) {
  const socket = connect(edge.port, '127.0.0.1');
  open.push(() => {
    socket.destroy();
  });
  let received = '';
  const listeners = new Set<() => void>();
  socket.setEncoding('latin1').on('error', () => {});
  socket.on('data', (text) => {
    received += text;
    for (const listener of listeners) listener();
  });
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
  });
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: shop.test', ...handshake, ...fields];
  socket.write(`${lines.join('\r\n')}\r\n\r\n${early}`, 'latin1');
  const until = (text: string) =>
    new Promise<string>((resolve) => {
      const check = () => received.includes(text) && resolve(received);
      listeners.add(check);
      check();
    });
  return { socket, closed, received: () => received, until };
}
