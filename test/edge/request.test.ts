// The whole way of a request: handlers, fallback, redirects, the edge's own pages, and one outcome each.
import { once } from 'node:events';
import type { IncomingMessage, RequestListener } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/edge/outcome.ts';
import { defineHandler, type HandlerFunction } from '../../src/native/define-handler.ts';
import type { ExpressHandler, ExpressResponse } from '../../src/native/express.ts';
import type { HandlerOptions } from '../../src/native/options.ts';
import { type EdgeOptions, startEdge, type TestEdge } from './edge-in-one-process.ts';
import { type Asked, ask, deadOrigin, open, readAnswer, readBody, serve, signal } from './http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const LEGACY: RequestListener = async (req, res) => {
  const body = await readBody(req);
  res.writeHead(200, ['X-From', 'legacy', 'Set-Cookie', 'php=1', 'Set-Cookie', 'php=2']);
  res.end(`legacy ${req.method} ${req.url} ${body}`);
};

async function start(options: EdgeOptions, legacy = LEGACY): Promise<TestEdge> {
  const upstream = await serve(legacy);
  const edge = await startEdge({ legacyUrl: upstream.origin, ...options });
  closers.push(edge.close, upstream.close);
  return edge;
}

/** An edge with one handler at `ANY /page/:id`; `more` is added to its route. */
function startHandler(handler: unknown, more = ''): Promise<TestEdge> {
  const routes = `routes: { page: { match: "ANY /page/:id", handler: page, stage: new${more} } }`;
  return start({ routes, handlers: { page: handler } });
}

function handler(run: HandlerFunction, options: HandlerOptions = {}): unknown {
  return defineHandler(options, run);
}

/** Closes the edge and returns the one outcome it has emitted. */
async function onlyOutcome(edge: TestEdge): Promise<Outcome | undefined> {
  await edge.outcome();
  await edge.close();
  expect(edge.outcomes).toHaveLength(1);
  return edge.outcomes[0];
}

const post = (body: string, type = 'application/x-www-form-urlencoded', path = '/page/7'): Asked => ({
  method: 'POST',
  path,
  body,
  headers: ['Content-Type', type, 'Content-Length', String(body.length)],
});

describe('a handler that answers', () => {
  test('is emitted as new, once', async () => {
    const edge = await startHandler(handler(({ params }) => `page ${params.id}`));
    expect(await ask(edge.port, { path: '/page/7?q' })).toMatchObject({ status: 200, body: 'page 7' });
    expect(await onlyOutcome(edge)).toMatchObject({
      requestId: 'id-1',
      method: 'GET',
      path: '/page/7',
      peer: '127.0.0.1',
      status: 200,
      ending: 'answered',
      failure: undefined,
      fallback: false,
      decision: { side: 'new', reason: 'stage', route: { name: 'page' }, parameters: { id: '7' } },
    });
  });

  test('may answer with an error of its own: that is no failure', async () => {
    const edge = await startHandler(handler(({ res }) => res.status(500).send('mine')));
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({ status: 500, body: 'mine' });
    expect(await onlyOutcome(edge)).toMatchObject({ status: 500, failure: undefined, fallback: false });
  });

  test('knows the id of its request', async () => {
    const edge = await startHandler(handler(({ requestId }) => requestId));
    expect((await ask(edge.port, { path: '/page/7' })).body).toBe('id-1');
  });

  test('may answer piece by piece', async () => {
    let finish: () => void = () => {};
    const edge = await startHandler(
      handler(({ res }) => {
        res.write('one');
        finish = () => res.end('two');
        return res;
      }),
    );
    const req = open(edge.port, { path: '/page/7' });
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    expect(String((await once(res, 'data'))[0])).toBe('one');
    finish();
    expect((await readAnswer(res)).body).toBe('two');
    expect(await onlyOutcome(edge)).toMatchObject({ ending: 'answered', failure: undefined });
  });

  test('ends what began with an earlier table', async () => {
    const started = signal();
    const released = signal();
    const edge = await startHandler(
      handler(() => {
        started.resolve();
        return released.promise.then(() => 'old');
      }),
    );
    const before = ask(edge.port, { path: '/page/7' });
    await started.promise;
    edge.setRoutes('routes: { page: { match: "ANY /page/:id", stage: gone } }');
    const after = await ask(edge.port, { path: '/page/7' });
    released.resolve();
    expect([(await before).body, after.status]).toEqual(['old', 410]);
  });
});

describe('a GET whose handler fails', () => {
  const failing: Readonly<Record<string, unknown>> = {
    throws: handler(({ res }) => {
      res.status(418).cookie('new', '1').set('X-From', 'new');
      throw new Error('broken');
    }),
    'throws something else than an error': handler(() => Promise.reject('broken')),
    'returns nothing': handler(({ res }) => {
      res.cookie('new', '1').set('X-From', 'new');
      return undefined;
    }),
    'returns what cannot be JSON': handler(() => ({ big: 1n })),
    'sets a field that cannot be sent': handler(({ res }) => res.set('X-Bad', 'a\nb').send('x')),
    'pipes a stream that fails': handler(({ res }) =>
      pipeline(new PassThrough().destroy(new Error('broken')), res).then(() => res),
    ),
    'destroys its response': handler(({ res }) => res.destroy()),
    'needs a database that is not there': handler(({ db }) => db),
    'is Express code that throws': ((_req, res) => {
      res.cookie('new', '1');
      throw new Error('broken');
    }) as ExpressHandler,
    'is Express code that rejects': (async (_req, _res) => {
      throw new Error('broken');
    }) as ExpressHandler,
    'is Express code that calls next(error)': ((_req, _res, next) =>
      next(new Error('broken'))) as ExpressHandler,
  };

  test.each(Object.keys(failing))('because it %s is answered by legacy, untouched', async (why) => {
    const edge = await startHandler(failing[why]);
    const answer = await ask(edge.port, { path: '/page/7?q=1', headers: ['X-A', '1'] });
    expect(answer).toMatchObject({ status: 200, body: 'legacy GET /page/7?q=1 ' });
    expect(answer.rawHeaders.slice(0, 6)).toEqual([
      'X-From',
      'legacy',
      'Set-Cookie',
      'php=1',
      'Set-Cookie',
      'php=2',
    ]);
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 200,
      ending: 'answered',
      fallback: true,
      failure: { part: 'handler', code: why.startsWith('returns ') ? 'no-answer' : 'threw' },
      decision: { side: 'new', route: { name: 'page' } },
    });
  });

  test('passes the error on, so that the log has its stack', async () => {
    const error = new Error('broken');
    const edge = await startHandler(handler(() => Promise.reject(error)));
    await ask(edge.port, { path: '/page/7' });
    expect((await onlyOutcome(edge))?.failure).toEqual({
      part: 'handler',
      code: 'threw',
      message: 'broken',
      error,
    });
  });

  test('is answered by legacy for HEAD too', async () => {
    const edge = await startHandler(handler(() => Promise.reject(new Error('broken'))));
    const answer = await ask(edge.port, { method: 'HEAD', path: '/page/7' });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-from': 'legacy' }, body: '' });
  });

  test('after its body was read is the page 500: legacy could not be given the body', async () => {
    const edge = await startHandler(handler(() => Promise.reject(new Error('broken'))));
    expect(await ask(edge.port, { ...post('a=1'), method: 'GET' })).toMatchObject({ status: 500 });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 500,
      fallback: false,
      failure: { code: 'threw' },
    });
  });

  test('is 502 where legacy cannot be reached either', async () => {
    const edge = await startEdge({
      routes: 'routes: { page: { match: "GET /page/:id", handler: page, stage: new } }',
      handlers: { page: handler(() => Promise.reject(new Error('broken'))) },
      legacyUrl: await deadOrigin(),
    });
    closers.push(edge.close);
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({ status: 502 });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 502,
      fallback: true,
      failure: { part: 'upstream' },
    });
  });

  test('is 500 where there is no legacy', async () => {
    const edge = await startEdge({
      routes: '{ unmatched: 404, routes: { page: { match: "GET /page/:id", handler: page, stage: new } } }',
      handlers: { page: handler(() => Promise.reject(new Error('broken'))) },
    });
    closers.push(edge.close);
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({ status: 500 });
  });

  test.each([
    ['writes: true', handler(() => Promise.reject(new Error('broken')), { writes: true }), ''],
    ['fallback: none', handler(() => Promise.reject(new Error('broken'))), ', fallback: none'],
  ])('with %s is the page 500, with the id of the request', async (_, failingHandler, more) => {
    const edge = await startHandler(failingHandler, more);
    const answer = await ask(edge.port, { path: '/page/7' });
    expect(answer).toMatchObject({
      status: 500,
      headers: { 'x-request-id': 'id-1', 'cache-control': 'no-store' },
    });
    expect(answer.body).toContain('id-1');
    expect(answer.body).not.toContain('broken');
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 500,
      ending: 'answered',
      fallback: false,
      failure: { part: 'handler', code: 'threw', message: 'broken' },
    });
  });

  test('after its first byte has its answer broken off', async () => {
    const edge = await startHandler(
      handler(({ res }) => {
        res.write('begun');
        throw new Error('broken');
      }),
    );
    await expect(ask(edge.port, { path: '/page/7' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await onlyOutcome(edge)).toMatchObject({
      ending: 'broken-off',
      status: 200,
      failure: { code: 'threw' },
    });
  });

  test('after its whole answer keeps it', async () => {
    const edge = await startHandler(
      handler(({ res }) => {
        res.send('whole');
        throw new Error('afterwards');
      }),
    );
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({ status: 200, body: 'whole' });
    expect(await onlyOutcome(edge)).toMatchObject({ status: 200, ending: 'answered', fallback: false });
  });
});

describe('a POST whose handler fails', () => {
  test('is the page 500, and legacy never sees it', async () => {
    const edge = await startHandler(handler(() => Promise.reject(new Error('broken'))));
    expect(await ask(edge.port, post('a=1'))).toMatchObject({ status: 500 });
    expect(await onlyOutcome(edge)).toMatchObject({ fallback: false, failure: { code: 'threw' } });
  });
});

describe('a handler that passes its deadline', () => {
  /** A handler that waits until it is let go, and then does its worst with the response. */
  function late(worst: (res: ExpressResponse) => unknown) {
    const released = signal();
    const done = signal();
    const run: HandlerFunction = async ({ res }) => {
      res.set('X-From', 'new').cookie('new', '1');
      await released.promise;
      try {
        await worst(res);
      } catch {
        // Whatever it meets is its own affair.
      }
      done.resolve();
      return 'late';
    };
    return { handler: handler(run, { timeout: '20ms' }), release: released.resolve, done: done.promise };
  }

  /** Legacy that answers in two pieces, and lets something happen between them. */
  async function startBetween(page: unknown, between: () => Promise<void>): Promise<TestEdge> {
    const routes = 'routes: { page: { match: "ANY /page/:id", handler: page, stage: new } }';
    return start({ routes, handlers: { page } }, async (_req, res) => {
      res.writeHead(200, { 'X-From': 'legacy' }).write('one ');
      await between();
      res.end('two');
    });
  }

  test('is answered by legacy', async () => {
    const slow = late(() => {});
    const edge = await startHandler(slow.handler);
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({
      status: 200,
      body: 'legacy GET /page/7 ',
    });
    slow.release();
    await slow.done;
    expect(await onlyOutcome(edge)).toMatchObject({
      fallback: true,
      failure: { part: 'handler', code: 'deadline', message: 'the handler gave no answer within 20 ms' },
    });
  });

  const tricks: Readonly<Record<string, (res: ExpressResponse) => unknown>> = {
    'sends JSON': (res) => res.status(500).json({ late: true }),
    'writes and ends': (res) => res.writeHead(500, { late: '1' }).write('late') && res.end('late'),
    redirects: (res) => res.redirect('/late'),
    'sets fields': (res) => res.setHeader('X-Late', '1').flushHeaders(),
    'pipes a stream': (res) => {
      const stream = new PassThrough();
      stream.end('late');
      stream.pipe(res);
      return setImmediate();
    },
    'pipes a stream that fails': (res) => pipeline(new PassThrough().destroy(new Error('late')), res),
    'destroys the response': (res) => res.destroy(),
  };

  test.each(Object.keys(tricks))('and then %s changes nothing of what legacy answers', async (trick) => {
    const slow = late(tricks[trick] ?? (() => {}));
    const edge = await startBetween(slow.handler, async () => {
      slow.release();
      await slow.done;
      await setImmediate();
    });
    const answer = await ask(edge.port, { path: '/page/7' });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-from': 'legacy' }, body: 'one two' });
    expect([answer.headers['x-late'], answer.headers['set-cookie']]).toEqual([undefined, undefined]);
    expect(await onlyOutcome(edge)).toMatchObject({ status: 200, ending: 'answered', fallback: true });
  });

  test('is told by its signal, and what the signal ends harms nothing', async () => {
    let reason: unknown;
    const edge = await startHandler(
      handler(
        async ({ res, signal }) => {
          signal.addEventListener('abort', () => {
            reason = signal.reason;
          });
          await pipeline(new PassThrough(), res, { signal });
          return undefined;
        },
        { timeout: '20ms' },
      ),
    );
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({
      status: 200,
      headers: { 'x-from': 'legacy' },
    });
    expect(reason).toEqual(new Error('no answer within 20 ms'));
  });

  test('is the page 504 for a POST', async () => {
    const edge = await startHandler(handler(() => new Promise<string>(() => {}), { timeout: '20ms' }));
    expect(await ask(edge.port, post('a=1'))).toMatchObject({ status: 504 });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 504,
      fallback: false,
      failure: { code: 'deadline' },
    });
  });

  test('after its first byte has its answer broken off', async () => {
    const run: HandlerFunction = ({ res }) => {
      res.write('begun');
      return res;
    };
    const edge = await startHandler(handler(run, { timeout: '20ms' }));
    await expect(ask(edge.port, { path: '/page/7' })).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await onlyOutcome(edge)).toMatchObject({ ending: 'broken-off', failure: { code: 'deadline' } });
  });
});

describe('a visitor who leaves a handler', () => {
  test('aborts its signal', async () => {
    const started = signal();
    const reason = signal<unknown>();
    const edge = await startHandler(
      handler(({ signal: abort }) => {
        abort.addEventListener('abort', () => reason.resolve(abort.reason));
        started.resolve();
        return new Promise<string>(() => {});
      }),
    );
    const req = open(edge.port, { path: '/page/7' });
    req.on('error', () => {});
    req.end();
    await started.promise;
    req.destroy();
    expect(await reason.promise).toEqual(new Error('the visitor has gone'));
    expect(await onlyOutcome(edge)).toMatchObject({
      ending: 'client-gone',
      status: 0,
      failure: undefined,
      fallback: false,
    });
  });

  test('while the body is read is client-gone', async () => {
    const edge = await startHandler(handler(() => 'never'));
    const req = open(edge.port, {
      method: 'POST',
      path: '/page/7',
      headers: ['Content-Type', 'application/json', 'Content-Length', '100'],
    });
    req.on('error', () => {});
    req.write('{"begun":', () => req.destroy());
    expect(await onlyOutcome(edge)).toMatchObject({ ending: 'client-gone', status: 0 });
  });
});

describe('a session that cannot be read', () => {
  const stores = {
    sessions: {
      read: () => Promise.resolve({ kind: 'unreadable' as const, reason: 'timeout' }),
      close: () => {},
    },
  };
  const routes = (more: string) =>
    `routes: { page: { match: "ANY /page/:id", handler: page, stage: new${more} } }`;

  test('sends the request to legacy before the handler starts, a POST with its body too', async () => {
    const edge = await start({ routes: routes(''), stores, handlers: { page: handler(() => 'guessed') } });
    expect(await ask(edge.port, post('a=1'))).toMatchObject({ status: 200, body: 'legacy POST /page/7 a=1' });
    expect(await onlyOutcome(edge)).toMatchObject({
      fallback: true,
      failure: {
        part: 'session',
        code: 'session-unreadable',
        message: 'the session could not be read: timeout',
      },
    });
  });

  test('is 503 with fallback: none', async () => {
    const edge = await start({
      routes: routes(', fallback: none'),
      stores,
      handlers: { page: handler(() => 'guessed') },
    });
    expect(await ask(edge.port, { path: '/page/7' })).toMatchObject({ status: 503 });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 503,
      fallback: false,
      failure: { part: 'session' },
    });
  });

  test('does not concern a handler that needs none', async () => {
    const page = handler(() => 'no session needed', { session: false });
    const edge = await start({ routes: routes(''), stores, handlers: { page } });
    expect((await ask(edge.port, { path: '/page/7' })).body).toBe('no session needed');
  });
});

describe('the edge itself', () => {
  const routes = `
routes:
  dead: { match: ANY /dead, stage: gone }
  moved: { match: GET /old/:id, redirect: 308 /new/:id?x=1, stage: new }
  abroad: { match: GET /abroad/*, redirect: "302 /caf\u00e9/*", stage: new }
`;

  test('answers 410 for what is gone', async () => {
    const edge = await start({ routes });
    expect(await ask(edge.port, { path: '/dead' })).toMatchObject({
      status: 410,
      headers: { 'cache-control': 'no-store' },
    });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 410,
      ending: 'answered',
      failure: undefined,
      decision: { side: 'edge', reason: 'stage', route: { name: 'dead' } },
    });
  });

  test('answers 404 for what no route matches, where unmatched says so', async () => {
    const edge = await start({ routes: '{ unmatched: 404, routes: {} }' });
    expect(await ask(edge.port, { path: '/x' })).toMatchObject({ status: 404 });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 404,
      decision: { side: 'edge', reason: 'undeclared', route: undefined },
    });
  });

  test('redirects, with the parameters and the query', async () => {
    const edge = await start({ routes });
    expect(await ask(edge.port, { path: '/old/a%20b?q=%7e' })).toMatchObject({
      status: 308,
      headers: { location: '/new/a%20b?x=1&q=%7e', 'content-length': '0' },
      body: '',
    });
    expect(await onlyOutcome(edge)).toMatchObject({
      status: 308,
      ending: 'answered',
      decision: { side: 'new', route: { name: 'moved' } },
    });
  });

  test('redirects to an address that is not ASCII', async () => {
    const edge = await start({ routes });
    expect((await ask(edge.port, { path: '/abroad/x' })).headers.location).toBe('/caf%C3%A9/x');
  });

  test('matches on the canonical path', async () => {
    const edge = await start({ routes });
    expect(await ask(edge.port, { path: '//x/../%64ead' })).toMatchObject({ status: 410 });
  });

  test.each([
    [413, post('a=1234567890')],
    [400, post('{', 'application/json')],
  ])('answers %d for a body that the handler cannot be given', async (status, asked) => {
    const edge = await startHandler(handler(() => 'x', { bodyLimit: 10 }));
    expect(await ask(edge.port, asked)).toMatchObject({ status });
    expect(await onlyOutcome(edge)).toMatchObject({ status, ending: 'answered', fallback: false });
  });
});

describe('x-banyan', () => {
  const page = handler(({ params }) => {
    if (params.id === 'broken') throw new Error('broken');
    return 'page';
  });
  const routes = `
routes:
  page: { match: GET /page/:id, handler: page, stage: new }
  moved: { match: GET /moved, redirect: 301 /x, stage: new }
  dead: { match: GET /dead, stage: gone }
`;

  /** The field of an answer, without the revision. */
  async function explain(path: string, trustedProxies: readonly string[], headers = ['X-Banyan', '1']) {
    const edge = await start({ routes, handlers: { page }, trustedProxies });
    const answer = await ask(edge.port, { path, headers });
    return answer.headers['x-banyan']?.toString().replace(/; revision=[0-9a-f]{8}$/, '');
  }

  test.each([
    ['/page/7', 'side=new; route=page; reason=stage'],
    ['/page/broken', 'side=legacy; route=page; reason=fallback'],
    ['/moved', 'side=new; route=moved; reason=stage'],
    ['/dead', 'side=edge; route=dead; reason=stage'],
    ['/other', 'side=legacy; route=-; reason=undeclared'],
  ])('explains %s to a trusted peer that asks: %s', async (path, text) => {
    expect(await explain(path, ['127.0.0.0/8'])).toBe(text);
  });

  test.each(['/page/7', '/other', '/dead', '/moved'])('is not told about %s to a stranger', async (path) => {
    expect(await explain(path, ['10.0.0.0/8'])).toBeUndefined();
  });

  test('is not told to a trusted peer that does not ask', async () => {
    expect(await explain('/page/7', ['127.0.0.1'], [])).toBeUndefined();
  });
});
