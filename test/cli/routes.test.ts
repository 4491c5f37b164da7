// `banyan routes` and `banyan schema`.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { banyan, useFolder } from './run-banyan.ts';

const { write } = useFolder();

const ROUTES = `upstreams:
  legacy: http://php:8080
  api: { url: [http://api-1:4000, http://api-2:4000], timeouts: { headers: 30s } }
rollouts: { checkout: canary 5% }
routes:
  page: { match: "GET /page/:id<int>", also: [GET /seite], handler: a/b, fallback: none }
  cart: { match: GET /cart, redirect: 302 /c, rollout: checkout, limits: { body: 1MiB } }
  count: { match: POST /ajax.php, body: { action: count }, when: { header: { accept: { contains: json } } } }
  api: { match: ANY /api/*, upstream: api, stage: new, timeouts: { idle: 90s } }
  admin: { match: ANY /admin/*, lock: legacy }
`;

test('the table stands in columns, with all that holds by default', async () => {
  write('routes.yaml', ROUTES);
  const { code, out } = await banyan('routes');
  expect(code).toBe(0);
  expect(out.replace(/revision \w+/, 'revision x')).toBe(
    `ROUTE  STAGE                         MATCH                          NEW SIDE         FALLBACK  TIMEOUTS                                                LIMITS
page   legacy                        GET /page/:id<int>             handler a/b      none      connect 3s, headers 1m, idle 1m, total any              body any, inFlight 1000
                                     GET /seite                                                handler: 30s unless it says otherwise
cart   canary 5% (rollout checkout)  GET /cart                      redirect 302 /c  legacy    connect 3s, headers 1m, idle 1m, total any              body 1MiB, inFlight 1000
count  legacy                        POST /ajax.php                 -                legacy    connect 3s, headers 1m, idle 1m, total any              body any, inFlight 1000
                                       body action=count
                                       header accept contains json
api    new                           ANY /api/*                     upstream api     legacy    connect 3s, headers 1m, idle 90s, total any             body any, inFlight 1000
                                                                                               upstream: connect 3s, headers 30s, idle 90s, total any
admin  legacy (locked)               ANY /admin/*                   -                legacy    connect 3s, headers 1m, idle 1m, total any              body any, inFlight 1000

UPSTREAM  ADDRESSES          HOST      REWRITE  TIMEOUTS
legacy    http://php:8080    preserve  no       connect 3s, headers 1m, idle 1m, total any
api       http://api-1:4000  preserve  no       connect 3s, headers 30s, idle 1m, total any
          http://api-2:4000

revision x, 5 routes
unmatched legacy, respelled refuse, compression none
paths: trailingSlash strict, case strict
limits: url 16KiB, fields 100, connections 10000
`,
  );
});

test('the table as JSON has every key of a route', async () => {
  write('routes.yaml', ROUTES);
  const { out } = await banyan('routes', '--json');
  const table = JSON.parse(out);
  expect(table).toMatchObject({
    unmatched: 'legacy',
    respelled: 'refuse',
    paths: { trailingSlash: 'strict', case: 'strict' },
    compression: 'none',
    limits: { body: null, inFlight: 1000, url: 16_384, fields: 100, connections: 10_000 },
    rollouts: [{ name: 'checkout', stage: 'canary 5%' }],
  });
  expect(table.routes[0].timeouts.new).toEqual({ total: null, unlessItSays: 30_000 });
  expect(table.routes.at(3)).toEqual({
    name: 'api',
    stage: 'new',
    rollout: null,
    match: 'ANY /api/*',
    also: [],
    body: [],
    when: [],
    lock: null,
    newSide: 'upstream api',
    fallback: 'legacy',
    respelled: 'refuse',
    timeouts: {
      legacy: { connect: 3_000, headers: 60_000, idle: 90_000, total: null },
      new: { connect: 3_000, headers: 30_000, idle: 90_000, total: null },
    },
    limits: { body: null, inFlight: 1000 },
    methodOverride: false,
    place: { file: 'routes.yaml', line: 9 },
  });
});

test('a file with problems has no table', async () => {
  write('routes.yaml', 'routes: { a: { match: GET a } }');
  const { code, out, err } = await banyan('routes', '--json');
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('invalid-match');
});

test('without a file everything goes to LEGACY_URL, as when the edge serves', async () => {
  const { code, out } = await banyan('routes');
  expect([code, out]).toEqual([0, expect.stringContaining('legacy    http://127.0.0.1:9 ')]);
});

test('the schema is the one that is committed', async () => {
  const committed = readFileSync(new URL('../../routes.schema.json', import.meta.url), 'utf8');
  expect(await banyan('schema')).toMatchObject({ code: 0, out: committed });
});
