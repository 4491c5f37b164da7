// What a handler is given, and what becomes of what it returns: in a whole edge.
import { once } from 'node:events';
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler, type HandlerFunction } from '../../src/native/define-handler.ts';
import type { HandlerOptions } from '../../src/native/options.ts';
import { startEdge, type TestEdge } from '../edge/edge-in-one-process.ts';
import { type Asked, ask, open } from '../edge/http.ts';

const edges: TestEdge[] = [];

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
});

/** Sends one request to a handler at `ANY /page/:id/*`. */
async function run(handler: HandlerFunction, asked: Asked = {}, options: HandlerOptions = {}) {
  const edge = await startPage(handler, options);
  return ask(edge.port, { path: '/page/7/', ...asked });
}

async function startPage(
  handler: HandlerFunction,
  options: HandlerOptions = {},
  more = '',
): Promise<TestEdge> {
  const edge = await startEdge({
    routes: `{ unmatched: 404, routes: { page: { match: "ANY /page/:id/*", handler: page, stage: new${more} } } }`,
    handlers: { page: defineHandler(options, handler) },
  });
  edges.push(edge);
  return edge;
}

/** What `pick` makes of the context, through JSON. */
async function given(pick: HandlerFunction, asked: Asked = {}, options: HandlerOptions = {}) {
  const { body } = await run(pick, asked, options);
  return JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
}

const post = (body: string, type: string): Asked => ({
  method: 'POST',
  body,
  headers: ['Content-Type', type, 'Content-Length', String(body.length)],
});
const FORM = 'application/x-www-form-urlencoded';

describe('a result', () => {
  test.each<[string, unknown, string, string]>([
    ['text is HTML', '<p>é</p>', 'text/html; charset=UTF-8', '<p>Ã©</p>'],
    ['empty text is an empty page', '', 'text/html; charset=UTF-8', ''],
    ['an object is JSON', { a: 1, b: 'é' }, 'application/json', '{"a":1,"b":"Ã©"}'],
    ['an array is JSON', [1, null], 'application/json', '[1,null]'],
    ['null is JSON', null, 'application/json', 'null'],
    ['a Buffer is bytes', Buffer.from([0, 255]), 'application/octet-stream', '\u0000\u00ff'],
    ['a Uint8Array is bytes', Uint8Array.of(0, 255), 'application/octet-stream', '\u0000\u00ff'],
  ])('%s', async (_, result, type, body) => {
    const answer = await run(() => result as string);
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([200, type, body]);
    expect(answer.headers['content-length']).toBe(String(body.length));
  });

  test('may come later', async () => {
    expect((await run(() => Promise.resolve('later'))).body).toBe('later');
  });

  test('keeps the type, the status and the fields that were set before', async () => {
    const answer = await run(({ res }) => {
      res.status(201).type('text/plain').set('X-A', '1');
      return 'plain';
    });
    expect(answer).toMatchObject({
      status: 201,
      headers: { 'content-type': 'text/plain; charset=utf-8', 'x-a': '1' },
      body: 'plain',
    });
  });

  test('may be what `res` did', async () => {
    expect(await run(({ res }) => res.status(404).send('nothing'))).toMatchObject({
      status: 404,
      body: 'nothing',
    });
  });

  test('may be nothing when `res` has been used', async () => {
    const answer = await run(({ res }) => {
      res.redirect('/x');
      return undefined;
    });
    expect(answer).toMatchObject({ status: 302, headers: { location: '/x' } });
  });

  test('has no ETag and does not say what made it, as in PHP', async () => {
    const { headers } = await run(({ res }) => res.json({ a: 1 }));
    expect([headers.etag, headers['x-powered-by']]).toEqual([undefined, undefined]);
  });

  test('is not sent for HEAD', async () => {
    const answer = await run(() => 'page', { method: 'HEAD' });
    expect([answer.status, answer.headers['content-type'], answer.body]).toEqual([
      200,
      'text/html; charset=UTF-8',
      '',
    ]);
  });
});

describe('the context', () => {
  test('holds the parameters, decoded once', async () => {
    const params = await given(({ params }) => params, { path: '/page/caf%C3%A9/a%2Fb/%2541' });
    expect(params).toEqual({ id: 'café', '*': 'a/b/%41' });
  });

  test("holds the query as PHP's $_GET has it", async () => {
    const query = await given(({ query }) => query, { path: '/page/7/?a=1&a=2&l[]=x&l[]=y&m[k]=v&d.e=+&n' });
    expect(query).toEqual({ a: '2', l: ['x', 'y'], m: { k: 'v' }, d_e: ' ', n: '' });
  });

  test('holds query and form without a prototype', async () => {
    const prototypes = await given(
      ({ query, form }) => [query, form].map((fields) => Object.getPrototypeOf(fields)),
      { ...post('a=1', FORM), path: '/page/7/?__proto__=1' },
    );
    expect(prototypes).toEqual([null, null]);
  });

  test("holds a form as PHP's $_POST has it", async () => {
    const fields = await given(
      ({ form, body }) => ({ form, kind: body.kind }),
      post('a=1&l[]=x&c=%C3%A9', `${FORM}; charset=UTF-8`),
    );
    expect(fields).toEqual({ form: { a: '1', l: ['x'], c: 'é' }, kind: 'form' });
  });

  test('holds JSON, and an empty form then', async () => {
    const fields = await given(
      ({ form, body }) => ({ form, body }),
      post('{"a":[1]}', 'Application/JSON; charset=utf-8'),
    );
    expect(fields).toEqual({ form: {}, body: { kind: 'json', value: { a: [1] } } });
  });

  test.each(['text/plain', 'constructor', '__proto__'])(
    'leaves any other body on the request: %s',
    async (type) => {
      const text = await run(
        async ({ req, body }) => {
          let read = '';
          for await (const chunk of req) read += chunk;
          return `${body.kind}: ${read}`;
        },
        post('raw', type),
      );
      expect(text.body).toBe('unread: raw');
    },
  );

  test('holds a signal that is not aborted', async () => {
    expect(await given(({ signal }) => [signal.aborted])).toEqual([false]);
  });

  test.each([
    ['db', 'MYSQL_URL'],
    ['cache', 'MEMCACHE_URL'],
    ['session', 'SESSION_URL'],
  ] as const)('says which variable is missing where %s is used without', async (store, variable) => {
    const messages = await given((context) => {
      try {
        return [context[store]];
      } catch (error) {
        return [(error as Error).message];
      }
    });
    expect(messages).toEqual([`this handler needs ${variable}, which is not set`]);
  });
});

describe('a body', () => {
  test.each([FORM, 'application/json'])('of %s up to the limit is read', async (type) => {
    expect((await run(({ body }) => body.kind, post('123', type), { bodyLimit: 3 })).status).toBe(200);
  });

  test.each([FORM, 'application/json'])('of %s over the limit is 413', async (type) => {
    expect((await run(() => 'never', post('1234', type), { bodyLimit: 3 })).status).toBe(413);
  });

  test('in chunks over the limit is 413', async () => {
    const asked = {
      method: 'POST',
      body: 'a'.repeat(100_000),
      headers: ['Content-Type', FORM, 'Transfer-Encoding', 'chunked'],
    };
    expect((await run(() => 'never', asked, { bodyLimit: 10 })).status).toBe(413);
  });

  test.each(['gzip', 'br', 'x', 'gzip, identity'])('of Content-Encoding %s is 415', async (encoding) => {
    const asked = post('{}', 'application/json');
    const headers = [...(asked.headers ?? []), 'Content-Encoding', encoding];
    expect((await run(() => 'never', { ...asked, headers })).status).toBe(415);
  });

  test.each([
    ['utf-16', 415],
    ['iso-8859-1', 415],
    ['"UTF-8"', 200],
    ['us-ascii', 200],
  ])('of JSON in charset %s is %i', async (charset, status) => {
    expect((await run(() => 'x', post('{}', `application/json; charset=${charset}`))).status).toBe(status);
  });

  test('of JSON that is not UTF-8 is 400', async () => {
    const asked: Asked = {
      method: 'POST',
      headers: ['Content-Type', 'application/json', 'Content-Length', '3'],
    };
    const edge = await startPage(() => 'never');
    const req = open(edge.port, { path: '/page/7/', ...asked });
    req.end(Buffer.from('"\xe9"', 'latin1'));
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(400);
  });

  test.each([
    [512, 200],
    [513, 400],
  ])('of JSON that nests %i deep is %i', async (depth, status) => {
    const body = '['.repeat(depth) + ']'.repeat(depth);
    expect((await run(() => 'x', post(body, 'application/json'))).status).toBe(status);
  });

  test('of JSON with brackets in its text is not deep', async () => {
    const body = JSON.stringify(`\\"${'['.repeat(1000)}`);
    expect((await run(() => 'x', post(body, 'application/json'))).status).toBe(200);
  });

  test.each([
    ['that is read', '{"a":"123456"}', 'application/json', []],
    ['that is read in chunks', '{"a":"123456"}', 'application/json', ['Transfer-Encoding', 'chunked']],
    ['that the handler reads', 'long text', 'text/plain', []],
    ['that the handler reads in chunks', 'long text', 'text/plain', ['Transfer-Encoding', 'chunked']],
  ])("over the route's limit is 413: one %s", async (_, body, type, framing) => {
    const edge = await startPage(
      async ({ req }) => {
        for await (const _chunk of req);
        return 'read';
      },
      {},
      ', limits: { body: 8B }',
    );
    const headers = [
      'Content-Type',
      type,
      ...(framing.length > 0 ? framing : ['Content-Length', `${body.length}`]),
    ];
    expect((await ask(edge.port, { method: 'POST', path: '/page/7/', body, headers })).status).toBe(413);
    expect(await edge.outcome()).toMatchObject({
      status: 413,
      failure: {
        ...{ part: 'request', code: 'body-too-large' },
        message: 'the body is larger than 8B, which limits.body in routes.yaml raises',
      },
    });
  });

  test.each(['{', ' ', 'undefined', "{'a':1}"])('of malformed JSON %j is 400', async (body) => {
    expect((await run(() => 'never', post(body, 'application/json'))).status).toBe(400);
  });

  test('said to be JSON that is empty is none', async () => {
    expect((await run(({ body }) => body.kind, post('', 'application/json'))).body).toBe('unread');
  });

  test("that decided the route is the handler's all the same", async () => {
    const edge = await startEdge({
      routes:
        '{ unmatched: 404, routes: { page: { match: POST /ajax, body: { action: count }, handler: page, stage: new } } }',
      handlers: { page: defineHandler(({ form }) => ({ ...form })) },
    });
    edges.push(edge);
    const asked = { ...post(`action=count&long=${'x'.repeat(50_000)}`, FORM), path: '/ajax' };
    expect(JSON.parse((await ask(edge.port, asked)).body)).toMatchObject({ action: 'count' });
  });

  test('that no handler reads is not limited', async () => {
    expect((await run(() => 'x', post('long text', 'text/plain'), { bodyLimit: 3 })).body).toBe('x');
  });
});
