// Whether the route that is decided is the one that legacy will see: section B of docs/security.md.
import { describe, expect, test } from 'vitest';
import { answersIn, request, send, start, statusOf } from './setting.ts';

const location = (text: string) => /^location: (.*)\r$/im.exec(text)?.[1];

describe('B10 a path that servers read in different ways (CVE-2012-6431, CVE-2026-22037, CVE-2026-6414, GHSA-qmw8-3v4g-gwj4)', () => {
  const ROUTES = `routes:
  admin: { match: ANY /admin/*, stage: gone }
  page: { match: GET /page, redirect: 302 /there, stage: new }
`;

  test.each([
    ['/admin/x', 410],
    ['/%61dmin/x', 410],
    ['/%61%64%6d%69%6e/x', 410],
    ['//admin//x', 410],
    ['/./admin/x', 410],
    ['/a/../admin/x', 410],
    ['/a/%2e%2e/admin/x', 410],
    ['/admin/x/', 410],
    ['/admin%2Fx', 400],
    ['/admin%2fx', 400],
    ['/a/..%2fadmin/x', 400],
    ['/admin;x=1/y', 400],
    ['/admin\\x', 400],
    ['/admin%5Cx', 400],
    ['/%2561dmin/x', 400],
    ['/page%00.html', 400],
    ['/page%2500', 400],
    ['/page;jsessionid=1', 400],
    ['/%2570age', 400],
  ])('%s: %d, and legacy does not see it', async (path, status) => {
    const { edge, upstream } = await start({ routes: ROUTES });
    expect(statusOf(await send(edge, request(`GET ${path} HTTP/1.1`)))).toBe(status);
    expect(upstream.received).toEqual([]);
  });

  test.each(['/other%2Fx', '/a;b', '/caf%C3%A9', '/%zz', '/a//b/./c', '/x%00', '/Admin/x'])(
    '%s, in which no reading is a route, reaches legacy as it is',
    async (path) => {
      const { edge, upstream } = await start({ routes: ROUTES });
      expect(statusOf(await send(edge, request(`GET ${path} HTTP/1.1`)))).toBe(200);
      expect(upstream.requests.map(({ url }) => url)).toEqual([path]);
    },
  );
});

describe('B11 what is looked up is never glued together from parts of a request (CVE-2026-55602, GHSA-v574-6498-x57v)', () => {
  const ROUTES = `routes:
  admin: { match: ANY admin.test/x, stage: gone }
  path: { match: ANY /admin.test/x, redirect: 302 /there, stage: new }
`;

  test.each([
    ['admin.test', '/x', 410],
    ['shop.test', '/admin.test/x', 302],
    ['admin.test:80', '/x', 410],
    ['ADMIN.TEST', '/x', 410],
    ['shop.test', '/x', 200],
    ['shop.test', '/x?Host=admin.test', 200],
    ['shop.admin.test', '/x', 200],
    ['admin.test.shop.test', '/x', 200],
    ['admin.test/x', '/', 400],
  ])('Host %s and %s: %d', async (host, path, status) => {
    const { edge } = await start({ routes: ROUTES });
    expect(statusOf(await send(edge, request(`GET ${path} HTTP/1.1`, [`Host: ${host}`])))).toBe(status);
  });
});

describe('B12 a WebSocket meets the same table and the same hosts (GHSA-c4j6-fc7j-m34r, CVE-2026-44578)', () => {
  const upgrade = (target: string, fields: readonly string[] = []) =>
    request(`GET ${target} HTTP/1.1`, [
      ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Key: k', 'Sec-WebSocket-Version: 13'],
      ...fields,
    ]);

  test.each([
    ['/gone', 410],
    ['/%67one', 410],
    ['/gone;x', 400],
    ['/gone%2500', 400],
    ['/moved', 302],
    ['http://evil.test/gone', 421],
  ])('%s: %d', async (target, status) => {
    const { edge, upstream } = await start({
      routes:
        'routes: { gone: { match: ANY /gone, stage: gone }, moved: { match: ANY /moved, redirect: 302 /there, stage: new } }',
      hosts: ['shop.test'],
    });
    expect(statusOf(await send(edge, upgrade(target)))).toBe(status);
    expect(upstream.received).toEqual([]);
  });

  test('an absolute target leads to the upstream of the table, whatever host it names', async () => {
    const { edge, upstream } = await start();
    await send(edge, upgrade('http://169.254.169.254/ws'));
    expect(upstream.received[0]?.text).toMatch(/^GET \/ws HTTP\/1\.1\r\n/);
  });
});

describe('B13 no target leads to another host (httpxy#156)', () => {
  test.each([
    '//evil.test/a',
    '/\\evil.test',
    '/http://evil.test/',
    '/@evil.test',
    '/..//evil.test',
    '///evil.test:80/%2e%2e',
  ])('%s goes to the upstream of the table, as it is', async (target) => {
    const { edge, upstream } = await start();
    expect(statusOf(await send(edge, request(`GET ${target} HTTP/1.1`)))).toBe(200);
    expect(upstream.requests.map(({ url }) => url)).toEqual([target]);
    expect(upstream.requests[0]?.headers.host).toBe('shop.test');
  });

  test.each([
    '/old//evil.test',
    '/old/%2Fevil.test',
    '/old/%2F%2Fevil.test',
    '/old/%5Cevil.test',
    '/old/%0d%0aX:1',
  ])('a redirect that takes over the rest of %s stays on its host', async (target) => {
    const { edge } = await start({
      routes: 'routes: { old: { match: GET /old/*, redirect: 301 /*, stage: new } }',
    });
    const text = await send(edge, request(`GET ${target} HTTP/1.1`));
    expect(statusOf(text)).toBe(301);
    expect(location(text)).toMatch(/^\/[^/\\]/);
    expect(answersIn(text)).toBe(1);
    expect(text).not.toMatch(/^X:1/m);
  });
});

describe('B14 no path takes long to match (CVE-2024-45296, CVE-2024-45813, CVE-2026-4867, CVE-2026-4926)', () => {
  const ROUTES = `limits: { url: 16KiB }
routes:
  a: { match: "GET /a/:b<slug>/:c<slug>/:d<slug>/:e<slug>/end", stage: gone }
  b: { match: "GET /a/:b<int>/:c<hex>/:d/:e<uuid>/end", stage: gone }
  c: { match: "GET /:b-p-:c<int>.html", stage: gone }
  d: { match: "GET /a/*", stage: gone }
`;

  test.each([
    ['many segments', '/a'.repeat(8_000)],
    ['many dashes', `/${'x-p-'.repeat(4_000)}`],
    ['many digits', `/a/${'1'.repeat(16_000)}`],
    ['many dots', '/./..'.repeat(3_000)],
    ['many escapes', `/${'%2525'.repeat(3_000)}`],
    ['many slashes', `${'/'.repeat(16_000)}a`],
    ['many parameters', `/a?${'a[]=1&'.repeat(2_000)}`],
  ])('%s', async (_, target) => {
    const { edge } = await start({ routes: ROUTES });
    const startedAt = performance.now();
    const text = await send(edge, request(`GET ${target} HTTP/1.1`));
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    expect([200, 400, 410]).toContain(statusOf(text));
  });

  test('one that is longer than limits.url: 414', async () => {
    const { edge, upstream } = await start({ routes: ROUTES });
    expect(statusOf(await send(edge, request(`GET /${'a'.repeat(17_000)} HTTP/1.1`)))).toBe(414);
    expect(upstream.received).toEqual([]);
  });
});
