// Who answers a request, and why.
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/rollout/decide.ts';
import { loadRoutes } from '../../src/routes-file/load.ts';
import { buildTable, type Table } from '../../src/routing/table.ts';
import { asked } from '../routing/patterns.ts';

const table = tableOf(`
unmatched: legacy
upstreams: { api: "http://api:4000" }
routes:
  stays: { match: GET /stays, handler: a }
  ported: { match: "GET /ported/:id", handler: b#c, stage: new, fallback: none }
  api: { match: GET /api/*, upstream: api, stage: new }
  back: { match: GET /back, upstream: legacy, stage: new }
  moved: { match: GET /moved, redirect: 301 /there, stage: new }
  dead: { match: GET /dead, handler: a, stage: gone }
`);

function tableOf(text: string): Table {
  const loaded = loadRoutes(text, {
    file: 'routes.yaml',
    legacyUrl: 'http://php',
    variable: () => undefined,
  });
  const built = loaded.ok ? buildTable(loaded.spec) : loaded;
  if (!built.ok) throw new Error('the routes have problems');
  return built.table;
}

test.each([
  ['GET /stays', 'legacy', 'stage', { kind: 'forward', upstream: 'legacy' }],
  ['GET /ported/7', 'new', 'stage', { kind: 'handler', key: 'b#c', fallback: 'none' }],
  ['GET /api/x', 'new', 'stage', { kind: 'forward', upstream: 'api' }],
  ['GET /back', 'legacy', 'stage', { kind: 'forward', upstream: 'legacy' }],
  ['GET /moved', 'new', 'stage', { kind: 'redirect', status: 301, location: '/there' }],
  ['GET /dead', 'edge', 'stage', { kind: 'gone' }],
  ['GET /nowhere', 'legacy', 'undeclared', { kind: 'forward', upstream: 'legacy' }],
])('%s: %s, by %s', (request, side, reason, answer) => {
  expect(decide(table, table.match(asked(request)))).toMatchObject({
    side,
    reason,
    answer,
    revision: table.revision,
  });
});

test('a decision holds the route and its parameters', () => {
  const { route, parameters } = decide(table, table.match(asked('GET /ported/7')));
  expect([route?.name, { ...parameters }]).toEqual(['ported', { id: '7' }]);
});

describe('without a match', () => {
  test('there is no route and there are no parameters', () => {
    const { route, parameters } = decide(table, { kind: 'undeclared' });
    expect([route, Object.keys(parameters)]).toEqual([undefined, []]);
  });

  test('the edge answers 404 where legacy is no more', () => {
    expect(decide(tableOf('unmatched: 404\nroutes: {}'), { kind: 'undeclared' })).toMatchObject({
      side: 'edge',
      reason: 'undeclared',
      answer: { kind: 'not-found' },
    });
  });
});

test('a path that servers read differently goes to legacy where its routes say so', () => {
  const match = {
    kind: 'respelled',
    canonical: undefined,
    other: undefined,
    reading: '/a',
    answer: 'legacy',
  } as const;
  expect(decide(table, match)).toMatchObject({
    ...{ side: 'legacy', reason: 'respelled', answer: { kind: 'forward', upstream: 'legacy' } },
  });
});
