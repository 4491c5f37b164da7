// The admin listener: who may see what.
import { afterEach, describe, expect, test } from 'vitest';
import { type Reload, ReloadHistory } from '../../src/admin/reloads.ts';
import { type AdminParts, type AdminServer, createAdminServer } from '../../src/admin/server.ts';
import { loadRoutes } from '../../src/routes-file/load.ts';
import { type Asked, ask, serve } from '../edge/http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const LOOPBACK = { host: '127.0.0.1', port: 0 };
/** All addresses of the machine, loopback among them: a listener that others can reach. */
const EVERYWHERE = { host: '0.0.0.0', port: 0 };

function create(more: Partial<AdminParts> = {}): AdminServer {
  const admin = createAdminServer({
    address: LOOPBACK,
    token: undefined,
    ready: () => true,
    table: () => undefined,
    metrics: async () => '# metrics\n',
    reloads: new ReloadHistory(() => new Date(0)),
    reload: async () => undefined,
    ...more,
  });
  closers.push(() => admin.close());
  return admin;
}

async function start(more: Partial<AdminParts> = {}): Promise<number> {
  const started = await create(more).start();
  if (!started.ok) throw new Error(started.message);
  return started.port;
}

const statusOf = async (port: number, path: string, asked: Asked = {}) =>
  (await ask(port, { path, ...asked })).status;

describe('health', () => {
  test('/healthz is 200 while the process answers', async () => {
    expect(await ask(await start({ ready: () => false }), { path: '/healthz' })).toMatchObject({
      status: 200,
      body: 'ok\n',
    });
  });

  test.each([
    [true, 200, 'ready\n'],
    [false, 503, 'not ready\n'],
  ])('/readyz while ready is %s', async (isReady, status, body) => {
    expect(await ask(await start({ ready: () => isReady }), { path: '/readyz' })).toMatchObject({
      status,
      body,
    });
  });

  test('/metrics is the text of Prometheus', async () => {
    expect(await ask(await start(), { path: '/metrics' })).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
      body: '# metrics\n',
    });
  });

  test('/metrics that cannot be collected is 500', async () => {
    const port = await start({ metrics: () => Promise.reject(new Error('worker gone')) });
    expect(await ask(port, { path: '/metrics' })).toMatchObject({ status: 500 });
  });
});

describe('without a token', () => {
  test.each(['127.0.0.1', '127.0.0.1:9901', 'localhost', 'localhost:9901', '[::1]:9901', '127.1.2.3'])(
    'the API answers on loopback to Host %s',
    async (host) => {
      expect(await statusOf(await start(), '/api/routes', { headers: ['Host', host] })).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '127.evil',
    '[::2]',
    '',
  ])('the API does not answer on loopback to Host "%s"', async (host) => {
    expect(await statusOf(await start(), '/api/routes', { headers: ['Host', host] })).toBe(401);
  });

  test('only health and metrics answer on another address', async () => {
    const port = await start({ address: EVERYWHERE });
    const paths = ['/healthz', '/readyz', '/metrics', '/api/routes'];
    expect(await Promise.all(paths.map((path) => statusOf(port, path)))).toEqual([200, 200, 200, 401]);
  });

  test('a refusal says what to do', async () => {
    const { body } = await ask(await start({ address: EVERYWHERE }), { path: '/api/routes' });
    expect(JSON.parse(body).cure).toContain('ADMIN_TOKEN');
  });
});

describe('with a token', () => {
  const token = 'a long secret';
  const authorization = (text: string): Asked => ({ headers: ['Authorization', text] });

  test.each([LOOPBACK, EVERYWHERE])('the API answers who has it, on %j', async (address) => {
    const port = await start({ token, address });
    expect(await statusOf(port, '/api/routes', authorization(`Bearer ${token}`))).toBe(200);
  });

  test.each([
    '',
    'Bearer',
    'Bearer ',
    'Bearer a long secre',
    'Bearer a long secrets',
    'Bearer A long secret',
    'Basic a long secret',
    'a long secret',
  ])('the API does not answer to "%s", not even on loopback', async (text) => {
    expect(await statusOf(await start({ token }), '/api/routes', authorization(text))).toBe(401);
  });

  test('the API does not answer without one', async () => {
    expect(await statusOf(await start({ token }), '/api/routes')).toBe(401);
  });

  test('health and metrics need none', async () => {
    const port = await start({ token, address: EVERYWHERE });
    expect(
      await Promise.all(['/healthz', '/readyz', '/metrics'].map((path) => statusOf(port, path))),
    ).toEqual([200, 200, 200]);
  });
});

describe('/api/routes', () => {
  test('shows the table', async () => {
    const loaded = loadRoutes(
      `
upstreams: { api: "http://api:4000" }
routes:
  page: { match: GET /page, also: [GET /seite], handler: a/b, stage: new, fallback: none }
  named: { match: GET /named, handler: a#b }
  api: { match: GET /api/*, upstream: api }
  moved: { match: GET /moved, redirect: 301 /x }
  dead: { match: GET /dead, stage: gone }
`,
      { file: 'routes.yaml', legacyUrl: 'http://php', variable: () => undefined },
    );
    if (!loaded.ok) throw new Error('problems');
    const port = await start({ table: () => loaded.spec });
    const answer = await ask(port, { path: '/api/routes' });
    expect(answer.headers['content-type']).toBe('application/json');
    const table = JSON.parse(answer.body);
    expect(table).toMatchObject({
      revision: loaded.spec.revision,
      unmatched: 'legacy',
      upstreams: [
        { name: 'api', origins: ['http://api:4000'] },
        { name: 'legacy', origins: ['http://php'] },
      ],
    });
    expect(table.routes).toMatchObject([
      {
        name: 'page',
        stage: 'new',
        match: 'GET /page',
        also: ['GET /seite'],
        newSide: 'handler a/b',
        fallback: 'none',
      },
      {
        name: 'named',
        stage: 'legacy',
        match: 'GET /named',
        also: [],
        newSide: 'handler a#b',
        fallback: 'legacy',
      },
      {
        name: 'api',
        stage: 'legacy',
        match: 'GET /api/*',
        also: [],
        newSide: 'upstream api',
        fallback: 'legacy',
      },
      {
        name: 'moved',
        stage: 'legacy',
        match: 'GET /moved',
        also: [],
        newSide: 'redirect 301 /x',
        fallback: 'legacy',
      },
      { name: 'dead', stage: 'gone', match: 'GET /dead', also: [], newSide: null, fallback: 'legacy' },
    ]);
  });

  test('is empty before the first table', async () => {
    const { body } = await ask(await start(), { path: '/api/routes' });
    expect(JSON.parse(body)).toEqual({ revision: null, unmatched: null, upstreams: [], routes: [] });
  });
});

const PROBLEM: Reload['problems'][number] = {
  code: 'invalid-match',
  position: { file: 'routes.yaml', line: 2, column: 3 },
  message: 'no',
  cure: 'mend it',
};
const TAKEN: Reload = { result: 'applied', revision: 'one', routes: 3, ms: 12, problems: [] };
const REFUSED: Reload = { ...TAKEN, result: 'refused', problems: [PROBLEM] };

describe('/api/reloads', () => {
  const told = async (...events: readonly Reload[]) => {
    const reloads = new ReloadHistory(() => new Date(0));
    for (const event of events) reloads.add(event);
    return JSON.parse((await ask(await start({ reloads }), { path: '/api/reloads' })).body);
  };
  const at = '1970-01-01T00:00:00.000Z';

  test('tells the problems of the last refused file, and what came before, the newest first', async () => {
    expect(await told(TAKEN, REFUSED)).toEqual({
      revision: null,
      refused: { at, stands: true, problems: [PROBLEM] },
      history: [
        { at, ...REFUSED, problems: 1 },
        { at, ...TAKEN, problems: 0 },
      ],
    });
  });

  test('tells that they do not stand once a later file was taken', async () => {
    const refused = { stands: false, problems: [PROBLEM] };
    expect(await told(REFUSED, TAKEN)).toMatchObject({ refused, history: [{}, {}] });
    expect(await told(TAKEN)).toMatchObject({ refused: null });
  });

  test('keeps the last twenty', async () => {
    const many = Array.from({ length: 30 }, (_, ms) => ({ ...TAKEN, ms }));
    const { history } = await told(...many);
    expect(history.map(({ ms }: Reload) => ms)).toEqual(Array.from({ length: 20 }, (_, index) => 29 - index));
  });
});

describe('POST /api/reload', () => {
  const token = 'a long secret';
  const asked: Asked = {
    method: 'POST',
    path: '/api/reload',
    headers: ['Authorization', `Bearer ${token}`],
  };

  test.each([
    ['applied', 200, TAKEN],
    ['refused', 422, REFUSED],
  ])('reads the file again, and tells that it was %s', async (_, status, result) => {
    const answer = await ask(await start({ token, reload: async () => result }), asked);
    expect([answer.status, JSON.parse(answer.body)]).toEqual([status, result]);
  });

  test('is 409 where there is no file', async () => {
    expect(await ask(await start({ token }), asked)).toMatchObject({ status: 409 });
  });

  test.each([
    ['another token', { token }, { ...asked, headers: ['Authorization', 'Bearer another'] }],
    ['no token', { token }, { ...asked, headers: [] }],
    ['no ADMIN_TOKEN, even on loopback', {}, asked],
  ])('does nothing with %s', async (_, parts, without) => {
    let reloaded = 0;
    const reload = async () => {
      reloaded += 1;
      return TAKEN;
    };
    const answer = await ask(await start({ ...parts, reload }), without);
    expect([answer.status, reloaded]).toEqual([401, 0]);
    expect(JSON.parse(answer.body).cure).toContain('ADMIN_TOKEN');
  });
});

describe('every answer', () => {
  test.each(['/healthz', '/api/routes', '/nowhere'])('%s is not cached and not guessed at', async (path) => {
    expect((await ask(await start(), { path })).headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    });
  });

  test('to HEAD has no body', async () => {
    expect(await ask(await start(), { method: 'HEAD', path: '/healthz' })).toMatchObject({
      status: 200,
      body: '',
    });
  });

  test.each([
    ['DELETE', '/api/routes', 'GET'],
    ['GET', '/api/reload', 'POST'],
    ['HEAD', '/api/reload', 'POST'],
  ])('to another method is 405: %s %s', async (method, path, allow) => {
    expect(await ask(await start(), { path, method })).toMatchObject({ status: 405, headers: { allow } });
  });

  test('to another path is 404, and names the known ones', async () => {
    const answer = await ask(await start(), { path: '/api' });
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.body).known).toEqual([
      ...['/healthz', '/readyz', '/metrics'],
      ...['/api/routes', '/api/reloads', '/api/reload'],
    ]);
  });

  test('does not mind a query', async () => {
    expect(await statusOf(await start(), '/healthz?x=1')).toBe(200);
  });
});

describe('start and close', () => {
  test('a port that is taken is said to be', async () => {
    const other = await serve(() => {});
    closers.push(other.close);
    const admin = create({ address: { host: '127.0.0.1', port: other.port } });
    expect(await admin.start()).toEqual({
      ok: false,
      message: `cannot listen on 127.0.0.1:${other.port}: the port is taken`,
    });
  });

  test('close is safe before and after a start', async () => {
    const admin = create();
    await admin.close();
    const another = create();
    await another.start();
    await another.close();
    await another.close();
  });
});
