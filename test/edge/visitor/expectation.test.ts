// Expect: 100-continue is answered by the edge, when it is going to read the body and not before.
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { readBody, serve } from '../http.ts';
import { serverEnded, visit } from '../raw-visitor.ts';

const open: { close(): Promise<void> }[] = [];

afterEach(async () => {
  for (const { close } of open.splice(0).reverse()) await close();
});

const ROUTES = `routes:
  moved: { match: POST /moved, redirect: 308 /there, stage: new }
  form: { match: POST /form, handler: form, fallback: none, stage: new }
  gone: { match: POST /gone, stage: gone }
`;

async function start(more: Partial<EdgeOptions> = {}): Promise<{ edge: TestEdge; seen: string[] }> {
  const seen: string[] = [];
  const legacy = await serve(async (req, res) => {
    seen.push(String(req.headers.expect));
    res.end(`legacy has ${await readBody(req)}`);
  });
  const form = defineHandler({ session: false, bodyLimit: 1024 }, ({ body }) => ({ body }));
  const edge = await startEdge({ routes: ROUTES, legacyUrl: legacy.origin, handlers: { form }, ...more });
  open.push(legacy, edge);
  return { edge, seen };
}

const head = (path: string, length: number, expectation = '100-continue') =>
  `POST ${path} HTTP/1.1\r\nHost: a\r\nExpect: ${expectation}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${length}\r\n\r\n`;

describe('a visitor who expects 100', () => {
  test.each([
    ['legacy', '/any', 'legacy has a=1'],
    ['a handler', '/form', '"fields":{"a":"1"}'],
  ])('is asked for the body when %s reads it, and the connection is kept', async (_, path, answer) => {
    const { edge } = await start();
    const visitor = visit(edge.port, head(path, 3));
    expect(await visitor.until(/\r\n\r\n/)).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    visitor.send('a=1');
    const text = await visitor.until(/\}\}\}$|a=1$/);
    expect(text).toContain(answer);
    expect(text).not.toMatch(/connection: close/i);
    expect(text.match(/HTTP\/1\.1/g)).toHaveLength(2);
    visitor.socket.destroy();
  });

  test('is not told so by way of an upstream', async () => {
    const { edge, seen } = await start();
    const visitor = visit(edge.port, `${head('/any', 3)}a=1`);
    await visitor.until(/a=1$/);
    expect(seen).toEqual(['undefined']);
    visitor.socket.destroy();
  });

  test('is not asked for a body that he does not send', async () => {
    const { edge } = await start();
    const visitor = visit(edge.port, head('/any', 0));
    expect(await visitor.until(/legacy has $/)).toMatch(/^HTTP\/1\.1 200 /);
    visitor.socket.destroy();
  });

  test.each([
    ['a redirect', '/moved', 3, 308],
    ['a route that is gone', '/gone', 3, 410],
    ['a body that is too large', '/form', 5_000, 413],
  ])('is given a final answer instead by %s, and the connection closes', async (_, path, length, status) => {
    const { edge } = await start();
    const visitor = visit(edge.port, head(path, length));
    await serverEnded(visitor);
    expect(visitor.text()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} .*connection: close`, 'is'));
    expect(visitor.text()).not.toContain('100 Continue');
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
  });

  test('is not taken for one who falls silent before he has been asked', async () => {
    const slow = defineHandler({ session: false }, async () => {
      await new Promise((resolve) => setTimeout(resolve, 700));
      return 'late';
    });
    const { edge } = await start({
      routes: 'routes: { slow: { match: PUT /slow, handler: slow, fallback: none, stage: new } }',
      handlers: { slow },
      times: { check: 50, bodyIdle: 200 },
    });
    const visitor = visit(
      edge.port,
      'PUT /slow HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n',
    );
    expect(await visitor.until(/late$/)).toMatch(/^HTTP\/1\.1 200 /);
    visitor.socket.destroy();
  });
});

test.each(['101-upgrade', '100-continue, x', 'x, 100-continue', ''])(
  'Expect: %j is refused with 417, and told of',
  async (expectation) => {
    const { edge, seen } = await start();
    const visitor = visit(edge.port, head('/any', 3, expectation));
    await serverEnded(visitor);
    expect(visitor.text()).toMatch(/^HTTP\/1\.1 417 .*connection: close/is);
    expect(await edge.outcome()).toMatchObject({ status: 417, failure: { code: 'expectation' } });
    expect(seen).toEqual([]);
    visitor.socket.end();
  },
);

test('an expectation in HTTP/1.0 is ignored', async () => {
  const { edge } = await start();
  const visitor = visit(
    edge.port,
    'POST /any HTTP/1.0\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\na=1',
  );
  await serverEnded(visitor);
  expect(visitor.text()).toMatch(/^HTTP\/1\.1 200 .*a=1$/s);
  visitor.socket.end();
});
