// Requests that are sent before the one ahead of them on their connection has been answered (pipelining).
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { MAX_WAITING } from '../../../src/edge/limits.ts';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { readBody, serve, signal } from '../http.ts';
import { type RawVisitor, serverEnded, visit } from '../raw-visitor.ts';

const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
const post = (path: string, body: string, more = '') =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`;
const inChunks = (path: string, body: string) =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;

type Legacy = {
  readonly edge: TestEdge;
  /** What legacy was asked, in order. */
  readonly asked: readonly string[];
  /** Resolves when legacy has been asked for a path that it answers when `go` says so. */
  readonly isHeld: Promise<void>;
  go(): void;
  /** The most that legacy was asked at a time. */
  most(): number;
};

/** An edge before a legacy that answers `/held` when it is told, breaks `/cut` off, and says of all others what it got. */
async function start(options: Partial<EdgeOptions> = {}): Promise<Legacy> {
  const asked: string[] = [];
  const held = signal();
  const released = signal();
  let now = 0;
  let most = 0;
  const legacy = await serve(async (req, res) => {
    asked.push(req.url ?? '');
    now += 1;
    most = Math.max(most, now);
    res.on('close', () => {
      now -= 1;
    });
    const body = await readBody(req);
    if (req.url === '/cut') {
      res.write('half');
      return void setImmediate(() => res.destroy());
    }
    if (req.url === '/held') {
      held.resolve();
      await released.promise;
    }
    res.end(`[${req.url} ${body.length}]`);
  });
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl: legacy.origin, ...options });
  open.push(legacy.close, edge.close);
  return { edge, asked, isHeld: held.promise, go: () => released.resolve(), most: () => most };
}

function send({ edge }: { readonly edge: TestEdge }, bytes: string): RawVisitor {
  const visitor = visit(edge.port, bytes);
  open.push(() => void visitor.socket.destroy());
  return visitor;
}

/** The bodies of the answers that have come, as legacy writes them. */
const answersTo = (visitor: RawVisitor) => visitor.text().match(/\[[^\]]*\]/g) ?? [];

/** Resolves when a request on a connection of its own has been served: what was sent before has been read by then. */
async function passedBy(legacy: Legacy): Promise<void> {
  await send(legacy, get('/passing-by')).until(/passing-by/);
}

describe('requests on one connection', () => {
  test('are served one after the other, in their order', async () => {
    const legacy = await start();
    const paths = Array.from({ length: 20 }, (_, index) => `/${index}`);
    const visitor = send(legacy, paths.map((path) => get(path)).join(''));
    await visitor.until(/\[\/19 0\]/);
    expect(answersTo(visitor)).toEqual(paths.map((path) => `[${path} 0]`));
    expect(legacy.asked).toEqual(paths);
    expect(legacy.most()).toBe(1);
    expect(legacy.edge.outcomes.map(({ path }) => path)).toEqual(paths);
  });

  test('reach nobody while the one ahead of them is being answered', async () => {
    const legacy = await start();
    const visitor = send(legacy, get('/held') + get('/1') + get('/2'));
    await legacy.isHeld;
    await passedBy(legacy);
    expect(legacy.asked).toEqual(['/held', '/passing-by']);
    legacy.go();
    await visitor.until(/\[\/2 0\]/);
    expect(answersTo(visitor)).toEqual(['[/held 0]', '[/1 0]', '[/2 0]']);
  });

  test('have their bodies, large or small, with a length or in chunks', async () => {
    const legacy = await start();
    const sizes = [3, 300_000, 70_000, 1];
    const bytes = sizes.map((size) => post(`/length-${size}`, 'x'.repeat(size))).join('');
    const chunks = sizes.map((size) => inChunks(`/chunks-${size}`, 'x'.repeat(size))).join('');
    const visitor = send(legacy, get('/held') + bytes + chunks + get('/last'));
    await legacy.isHeld;
    legacy.go();
    await visitor.until(/\[\/last 0\]/);
    expect(answersTo(visitor)).toEqual([
      '[/held 0]',
      ...sizes.map((size) => `[/length-${size} ${size}]`),
      ...sizes.map((size) => `[/chunks-${size} ${size}]`),
      '[/last 0]',
    ]);
  });

  test('are looked into, and held to the limits of their bodies, as any other', async () => {
    const form = defineHandler({ session: false }, ({ body }) => `[form ${JSON.stringify(body)}]`);
    const routes = `limits: { body: 1KiB }
routes: { form: { match: POST /form, body: { a: "1" }, handler: form, fallback: none, stage: new } }`;
    const legacy = await start({ routes, handlers: { form } });
    const type = 'Content-Type: application/x-www-form-urlencoded\r\n';
    const forms = post('/form', 'a=1&b=2', type) + post('/form', 'a=2', type);
    const visitor = send(legacy, get('/held') + forms + inChunks('/large', 'x'.repeat(2_000)));
    await legacy.isHeld;
    legacy.go();
    await visitor.until(/HTTP\/1\.1 413 /);
    expect(answersTo(visitor).slice(1)).toEqual([expect.stringContaining('"b":"2"'), '[/form 3]']);
  });

  test('are all answered though the visitor has ended his side', async () => {
    const legacy = await start({ times: { halfClosed: 10_000 } });
    const visitor = send(legacy, get('/1') + get('/2') + get('/3'));
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
    expect(answersTo(visitor)).toEqual(['[/1 0]', '[/2 0]', '[/3 0]']);
  });

  test('are asked for a body that waits to be asked for when their turn has come', async () => {
    const legacy = await start();
    const head = 'POST /form HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n';
    const visitor = send(legacy, get('/held') + head);
    await legacy.isHeld;
    await passedBy(legacy);
    expect(visitor.text()).toBe('');
    legacy.go();
    await visitor.until(/\[\/held 0\]HTTP\/1\.1 100 Continue\r\n\r\n$/);
    visitor.send('abc');
    await visitor.until(/\[\/form 3\]/);
  });

  test('are answered as far as they may wait, and then the connection closes', async () => {
    const legacy = await start();
    const visitor = send(legacy, get('/held') + get('/').repeat(5 * MAX_WAITING));
    await legacy.isHeld;
    visitor.send(get('/').repeat(5 * MAX_WAITING));
    legacy.go();
    await serverEnded(visitor);
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
    expect(answersTo(visitor)).toHaveLength(MAX_WAITING + 1);
    expect(visitor.text().match(/Connection: close/g)).toHaveLength(1);
    expect(legacy.most()).toBe(1);
    expect(legacy.edge.outcomes).toHaveLength(MAX_WAITING + 1);
  });
});

describe('a visitor who leaves', () => {
  const ROUTES = `limits: { inFlight: 1 }
routes: { page: { match: ANY /page, handler: page, fallback: none, stage: new } }`;

  test('ends the request in hand; those that wait are nobody’s business', async () => {
    const legacy = await start();
    const visitor = send(legacy, get('/held') + get('/1') + post('/2', 'abc'));
    await legacy.isHeld;
    visitor.socket.resetAndDestroy();
    expect(await legacy.edge.outcome()).toMatchObject({ path: '/held', ending: 'client-gone' });
    await passedBy(legacy);
    expect(legacy.asked).toEqual(['/held', '/passing-by']);
    expect(legacy.edge.outcomes).toHaveLength(2);
  });

  test('is told of to a handler that was asked behind another request, which keeps no place', async () => {
    const running = signal();
    const told = signal();
    const page = defineHandler({ session: false }, async ({ req, signal: cancelled }) => {
      if (req.query.short !== undefined) return '[short]';
      cancelled.addEventListener('abort', () => told.resolve());
      running.resolve();
      await told.promise;
      return 'late';
    });
    const legacy = await start({ routes: ROUTES, handlers: { page } });
    const visitor = send(legacy, get('/1') + get('/page') + get('/page'));
    await running.promise;
    visitor.socket.destroy();
    await told.promise;
    const next = send(legacy, get('/page?short'));
    expect(await next.until(/\[short\]/)).toMatch(/^HTTP\/1\.1 200 /);
    expect(legacy.edge.outcomes.map(({ path, ending }) => [path, ending])).toEqual([
      ['/1', 'answered'],
      ['/page', 'client-gone'],
      ['/page', 'answered'],
    ]);
  });

  test('while his session is being read behind another request keeps no place', async () => {
    const reading = signal();
    const proceed = signal();
    let reads = 0;
    const sessions = {
      read: async () => {
        reads += 1;
        reading.resolve();
        if (reads === 1) await proceed.promise;
        return { kind: 'none' as const };
      },
    };
    const page = defineHandler({}, () => '[page]');
    const stores = { sessions } as unknown as NonNullable<EdgeOptions['stores']>;
    const legacy = await start({ routes: ROUTES, handlers: { page }, stores });
    const form = post('/page', 'a=1', 'Content-Type: application/x-www-form-urlencoded\r\n');
    const visitor = send(legacy, get('/1') + form);
    await reading.promise;
    visitor.socket.resetAndDestroy();
    expect((await legacy.edge.outcome()).path).toBe('/1');
    expect(await legacy.edge.outcome()).toMatchObject({ path: '/page', ending: 'client-gone' });
    proceed.resolve();
    expect(await send(legacy, form).until(/\[page\]/)).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('what waits behind an answer', () => {
  test('that is broken off is served to nobody', async () => {
    const legacy = await start();
    const visitor = send(legacy, get('/cut') + get('/1'));
    await serverEnded(visitor);
    expect(await legacy.edge.outcome()).toMatchObject({ path: '/cut', ending: 'broken-off' });
    await passedBy(legacy);
    expect(legacy.asked).toEqual(['/cut', '/passing-by']);
  });

  test('of a handler that closes the connection is served to nobody, and the answer can be read', async () => {
    const answer = signal();
    const running = signal();
    const page = async (_req: IncomingMessage, res: ServerResponse) => {
      running.resolve();
      await answer.promise;
      res.setHeader('Connection', 'close');
      res.end('bye');
    };
    const routes = 'routes: { page: { match: GET /page, handler: page, fallback: none, stage: new } }';
    const legacy = await start({ routes, handlers: { page } });
    const visitor = send(legacy, get('/page') + get('/1'));
    await running.promise;
    answer.resolve();
    await serverEnded(visitor);
    visitor.send(get('/2'));
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
    expect(visitor.text()).toMatch(/^HTTP\/1\.1 200 .*bye$/s);
    expect(legacy.asked).toEqual([]);
  });

  test('when the worker ends is answered, and the last answer says that the connection closes', async () => {
    const legacy = await start({ times: { drainGrace: 50 } });
    const visitor = send(legacy, get('/held') + get('/1') + get('/2'));
    await legacy.isHeld;
    const drained = legacy.edge.drain(10_000);
    legacy.go();
    await serverEnded(visitor);
    visitor.socket.end();
    expect(await drained).toEqual({ requests: 0, tunnels: 0 });
    expect(answersTo(visitor)).toEqual(['[/held 0]', '[/1 0]', '[/2 0]']);
    expect(visitor.text().match(/^Connection: .*/gim)).toEqual([
      'Connection: keep-alive',
      'Connection: keep-alive',
      'Connection: close',
    ]);
  });

  test('with a body that cannot be read costs those ahead of it no answer', async () => {
    const legacy = await start();
    const bad = 'POST /bad HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n';
    const visitor = send(legacy, get('/held') + get('/1') + bad);
    await legacy.isHeld;
    const refused = await legacy.edge.outcome();
    expect(refused).toMatchObject({ status: 400, failure: { code: 'HPE_INVALID_CHUNK_SIZE' } });
    legacy.go();
    await serverEnded(visitor);
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
    expect(answersTo(visitor)).toEqual(['[/held 0]', '[/1 0]']);
    expect(legacy.asked).toEqual(['/held', '/1']);
    expect(legacy.edge.outcomes).toHaveLength(3);
  });

  test('with a body that ends too early costs those ahead of it no answer', async () => {
    const legacy = await start({ times: { halfClosed: 10_000 } });
    const visitor = send(
      legacy,
      `${get('/held') + get('/1')}POST /half HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf`,
    );
    await legacy.isHeld;
    visitor.socket.end();
    expect((await legacy.edge.outcome()).failure?.code).toBe('HPE_INVALID_EOF_STATE');
    legacy.go();
    expect(await visitor.ended).toBe('closed');
    expect(answersTo(visitor)).toEqual(['[/held 0]', '[/1 0]']);
    expect(legacy.asked).toEqual(['/held', '/1']);
  });

  test('is forgotten where a request to upgrade comes behind it', async () => {
    const legacy = await start();
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\n';
    const visitor = send(legacy, get('/held') + get('/1') + get('/ws', upgrade));
    await serverEnded(visitor);
    expect(await legacy.edge.outcome()).toMatchObject({ path: '/held', ending: 'client-gone' });
    await passedBy(legacy);
    expect(legacy.asked).not.toContain('/1');
    expect(legacy.edge.outcomes).toHaveLength(2);
  });
});
