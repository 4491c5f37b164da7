// Express code runs in the edge as it runs in Express: the same code, the same requests, in both.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express, { type Router } from 'express';
import supertest, { type Response, type Test } from 'supertest';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExpressHandler } from '../../src/native/express.ts';
import { startEdge, type TestEdge } from '../edge/edge-in-one-process.ts';

const folder = mkdtempSync(join(tmpdir(), 'banyan-express-'));
const file = join(folder, 'note.txt');

let app: ReturnType<express.Express['listen']>;
let edge: TestEdge;

beforeAll(async () => {
  writeFileSync(file, 'A note, long enough for ranges.');
  const plain = express();
  plain.disable('etag').disable('x-powered-by').set('trust proxy', 'loopback');
  plain.use(routes());
  app = plain.listen(0, '127.0.0.1');
  edge = await startEdge({
    routes:
      '{ unmatched: 404, routes: { all: { match: ANY /*, handler: all, stage: new, fallback: none } } }',
    handlers: { all: routes() },
    trustedProxies: ['127.0.0.0/8'],
  });
});

afterAll(async () => {
  app.close();
  app.closeAllConnections();
  await edge.close();
  rmSync(folder, { recursive: true });
});

/** Code as somebody would write it for Express 5. */
function routes(): Router {
  const router = express.Router();
  router.get('/json', (_req, res) => void res.json({ a: [1, 'é', null], '<': '</script>' }));
  router.get('/json-status', (_req, res) => void res.status(422).json({ error: 'no' }));
  router.get('/jsonp', (_req, res) => void res.jsonp({ a: 1 }));
  router.get('/cookie', (_req, res) => {
    res.cookie('plain', 'a b;é').cookie('all', 'x', { path: '/p', domain: 'shop.example', httpOnly: true });
    res.cookie('more', { a: 1 }, { secure: true, sameSite: 'lax', maxAge: 0 }).clearCookie('old').send('ok');
  });
  router.get('/redirect', (_req, res) => res.redirect('/there?a=1&b=é'));
  router.get('/redirect-301', (_req, res) => res.redirect(301, 'http://other.example/<x>'));
  router.get('/back', (req, res) => res.location(req.get('Referrer') ?? '/').sendStatus(303));
  router.get('/query', (req, res) => void res.json({ ...req.query }));
  router.get(
    '/ip',
    (req, res) => void res.json([req.ip, req.ips, req.protocol, req.secure, req.hostname, req.host]),
  );
  router.get('/accepts', (req, res) => {
    res.json([req.accepts(['json', 'html']), req.acceptsLanguages('de', 'fr'), req.acceptsCharsets('utf-8')]);
  });
  router.get('/format', (_req, res) => {
    res.format({ text: () => res.send('text'), html: () => res.send('<p>'), json: () => res.send({ a: 1 }) });
  });
  router.get('/status', (_req, res) => void res.status(404).send('nothing'));
  router.get('/send-status', (_req, res) => void res.sendStatus(403));
  router.get('/send', (_req, res) => void res.send('<p>é</p>'));
  router.get('/buffer', (_req, res) => void res.send(Buffer.from([0, 255])));
  router.get('/type', (_req, res) => void res.type('png').send(Buffer.from('x')));
  router.get('/no-content', (_req, res) => void res.status(204).end());
  router.get(
    '/get',
    (req, res) => void res.json([req.get('X-One'), req.header('x-one'), req.is('json'), req.xhr]),
  );
  router.get('/headers', (_req, res) => {
    res
      .set({ 'X-A': '1' })
      .append('X-B', ['1', '2'])
      .vary('Accept')
      .vary('Origin')
      .links({ next: '/2' })
      .end();
  });
  router.get('/file', (_req, res) => res.sendFile(file, { lastModified: false }));
  router.get('/attachment', (_req, res) => res.download(file, 'nöte.txt', { lastModified: false }));
  router.get('/no-file', (_req, res, next) => {
    res.sendFile(join(folder, 'none.txt'), (error) => (error ? res.status(404).send('no file') : next()));
  });
  router.get(
    '/urls',
    (req, res) => void res.json([req.url, req.originalUrl, req.path, req.baseUrl, req.method]),
  );
  router.get('/fresh', (req, res) => void res.set('ETag', '"1"').json([req.fresh, req.stale]));
  router.get('/locals', (_req, res, next) => {
    res.locals.name = 'fig';
    next();
  });
  router.get('/locals', (req, res) => void res.json([res.locals, res.req === req, req.res === res]));
  router.post(
    '/body',
    express.json(),
    express.urlencoded({ extended: false }),
    (req, res) => void res.json(req.body),
  );
  router.use('/mounted', mounted());
  return router;
}

function mounted(): Router {
  const inner = express.Router({ mergeParams: true });
  inner.param('id', (_req, res, next, id) => {
    res.locals.id = `#${id}`;
    next();
  });
  inner.get('/:id', (req, res) => {
    res.json([req.params, req.url, req.originalUrl, req.baseUrl, req.path, res.locals.id]);
  });
  return inner;
}

/** Status, fields without those of the connection, and the bytes of the body. */
async function seen(sent: Test) {
  const { status, headers, body } = await sent.redirects(0).buffer(true).parse(readBytes);
  const { date: _, connection: _c, 'keep-alive': _k, ...fields } = headers;
  return { status, fields, body: Buffer.isBuffer(body) ? body.toString('latin1') : '' };
}

function readBytes(res: Response, done: (error: Error | null, body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => chunks.push(chunk));
  res.on('end', () => done(null, Buffer.concat(chunks)));
}

type Client = ReturnType<typeof supertest>;
const requests: Readonly<Record<string, (client: Client) => Test>> = {
  'res.json': (client) => client.get('/json'),
  'res.json after res.status': (client) => client.get('/json-status'),
  'res.jsonp': (client) => client.get('/jsonp?callback=call'),
  'res.cookie and res.clearCookie': (client) => client.get('/cookie'),
  'res.redirect': (client) => client.get('/redirect'),
  'res.redirect for a client that wants HTML': (client) =>
    client.get('/redirect-301').set('Accept', 'text/html'),
  'res.location and req.get': (client) => client.get('/back').set('Referer', '/from'),
  'req.query': (client) => client.get('/query?a=1&a=2&b[c]=3&d.e=%zz&f'),
  'req.ip and its like': (client) => client.get('/ip').set('Host', 'shop.example:81'),
  'req.ip and its like from a trusted proxy': (client) =>
    client
      .get('/ip')
      .set('X-Forwarded-For', '203.0.113.5, 127.0.0.2')
      .set('X-Forwarded-Proto', 'https')
      .set('X-Forwarded-Host', 'a.example'),
  'req.accepts': (client) =>
    client.get('/accepts').set('Accept', 'text/html;q=0.5, */*;q=0.1').set('Accept-Language', 'fr'),
  'res.format': (client) => client.get('/format').set('Accept', 'application/json'),
  'res.format without a match': (client) => client.get('/format').set('Accept', 'text/html'),
  'res.status and res.send': (client) => client.get('/status'),
  'res.sendStatus': (client) => client.get('/send-status'),
  'res.send of text': (client) => client.get('/send'),
  'res.send of text for HEAD': (client) => client.head('/send'),
  'res.send of bytes': (client) => client.get('/buffer'),
  'res.type': (client) => client.get('/type'),
  'res.end of 204': (client) => client.get('/no-content'),
  'req.get, req.is and req.xhr': (client) =>
    client.get('/get').set('X-One', '1').set('X-Requested-With', 'XMLHttpRequest'),
  'res.set, res.append, res.vary and res.links': (client) => client.get('/headers'),
  'res.sendFile': (client) => client.get('/file'),
  'res.sendFile of a range': (client) => client.get('/file').set('Range', 'bytes=2-5'),
  'res.download': (client) => client.get('/attachment'),
  'res.sendFile of a file that is not there': (client) => client.get('/no-file'),
  'req.url and its like': (client) => client.get('/urls?a=1'),
  'req.fresh': (client) => client.get('/fresh').set('If-None-Match', '"1"'),
  'res.locals, req.res and res.req': (client) => client.get('/locals'),
  'body parsers': (client) => client.post('/body').send({ a: [1] }),
  'body parsers of forms': (client) => client.post('/body').type('form').send('a=1&b=2'),
  'a mounted Router': (client) => client.get('/mounted/7?x=1'),
};

test.each(Object.keys(requests))('%s is as in Express', async (name) => {
  const send = requests[name];
  if (!send) throw new Error(name);
  const inExpress = await seen(send(supertest(app)));
  const inEdge = await seen(send(supertest(`http://127.0.0.1:${edge.port}`)));
  expect(inExpress.status).not.toBe(500);
  expect(inEdge).toEqual(inExpress);
});

describe('a module may export', () => {
  async function run(exported: unknown, path = '/x/y?z=1') {
    const one = await startEdge({
      routes:
        '{ unmatched: 404, routes: { x: { match: ANY /x/*, handler: x, stage: new, fallback: none } } }',
      handlers: { x: exported },
    });
    const answer = await supertest(`http://127.0.0.1:${one.port}`).get(path);
    await one.close();
    return { status: answer.status, text: answer.text, outcome: one.outcomes[0] };
  }

  test('an Express app, which sees the full URL', async () => {
    const exported = express();
    exported.get(
      '/x/:name',
      (req, res) => void res.send(`${req.params.name} ${req.originalUrl} ${req.app === exported}`),
    );
    expect(await run(exported)).toMatchObject({ status: 200, text: 'y /x/y?z=1 true' });
  });

  test('a (req, res) function', async () => {
    const exported: ExpressHandler = (req, res) => res.send(`plain ${req.url}`);
    expect(
      await run((req: Parameters<ExpressHandler>[0], res: Parameters<ExpressHandler>[1]) =>
        exported(req, res, () => {}),
      ),
    ).toMatchObject({
      text: 'plain /x/y?z=1',
    });
  });

  test('an asynchronous (req, res, next) function', async () => {
    const exported: ExpressHandler = async (_req, res, _next) => {
      await Promise.resolve();
      res.send('later');
    };
    expect(await run(exported)).toMatchObject({ status: 200, text: 'later' });
  });

  test.each([
    ['a function that calls next()', ((_req, _res, next) => next()) as ExpressHandler],
    ['a Router without a match', express.Router()],
  ])('%s, which ends in 404', async (_, exported) => {
    const { status, text, outcome } = await run(exported);
    expect([status, outcome?.status, outcome?.failure]).toEqual([404, 404, undefined]);
    expect(text).toContain('Not found');
  });

  test.each([
    [
      'a function that calls next(error)',
      ((_req, _res, next) => next(new Error('broken'))) as ExpressHandler,
    ],
    [
      'a Router whose handler rejects',
      express.Router().get('/x/y', async () => {
        throw new Error('broken');
      }),
    ],
  ])('%s, which is a failure', async (_, exported) => {
    const { status, outcome } = await run(exported);
    expect(status).toBe(500);
    expect(outcome?.failure).toMatchObject({ part: 'handler', code: 'threw', message: 'broken' });
  });
});
