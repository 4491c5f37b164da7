// The table that the edge starts with, and how it follows the routes file.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ReloadHistory } from '../../src/admin/reloads.ts';
import { RoutesKeeper } from '../../src/cli/routes-keeper.ts';
import type { Primary } from '../../src/edge/process/primary.ts';
import { readSettings, type Settings } from '../../src/environment.ts';
import { createPrimaryMetrics } from '../../src/observe/metrics.ts';
import type { Problem } from '../../src/routing/problem.ts';
import type { TableSpec } from '../../src/routing/route.ts';

let folder: string;
let file: string;
let keeper: RoutesKeeper | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banyan-keeper-'));
  file = join(folder, 'routes.yaml');
});

afterEach(() => {
  keeper?.close();
  rmSync(folder, { recursive: true });
});

/** Settings for the file of this test; `asked` is whether ROUTES named it. */
function settings(environment: Readonly<Record<string, string>>, asked = true): Settings {
  const result = readSettings(environment, 1);
  if (!result.ok) throw new Error(result.errors.join());
  return { ...result.settings, routes: { file, asked, stages: undefined } };
}

const LEGACY = { LEGACY_URL: 'http://127.0.0.1:8080' };

async function open(asked = true, environment: Readonly<Record<string, string>> = LEGACY) {
  const opened = await RoutesKeeper.open(settings(environment, asked));
  if (opened.ok) keeper = opened.keeper;
  return opened;
}

describe('at start', () => {
  test('the file is read', async () => {
    writeFileSync(file, 'routes: { a: { match: GET /a } }');
    expect(await open()).toMatchObject({ ok: true, keeper: { spec: { routes: [{ name: 'a' }] } } });
    expect(keeper?.texts.get(file)).toContain('GET /a');
  });

  test('a file with problems starts nothing, and every problem is told with its place', async () => {
    writeFileSync(file, 'routes:\n  a: { match: GET a }\n  b: { match: GET /b, stage: nwe }\n');
    const opened = await open();
    expect(opened.ok ? '' : opened.message).toBe(
      [
        `${file}:2:15 invalid-match: the path "a" does not begin with /`,
        '  1 | routes:',
        '  2 |   a: { match: GET a }',
        '    |               ^',
        '  → write GET /a',
        '',
        `${file}:3:30 invalid-value: "nwe" is no stage`,
        '  2 |   a: { match: GET a }',
        '  3 |   b: { match: GET /b, stage: nwe }',
        '    |                              ^',
        '  → did you mean "new"?',
      ].join('\n'),
    );
  });

  test('without a file, LEGACY_URL alone is enough when nobody asked for one', async () => {
    expect(await open(false)).toMatchObject({ ok: true, keeper: { spec: { routes: [] } } });
  });

  test.each([
    ['somebody asked for one', true, LEGACY],
    ['LEGACY_URL is not set', false, {}],
  ])('without a file nothing starts when %s', async (_, asked, environment) => {
    const opened = await open(asked, environment);
    expect(opened.ok ? '' : opened.message).toMatch(
      /routes\.yaml:1:1 file-unreadable: there is no such file\n {2}→ write it/,
    );
  });

  test('a file that is there and cannot be read starts nothing, whoever asked', async () => {
    await mkdir(file);
    const opened = await open(false);
    expect(opened.ok ? '' : opened.message).toMatch(/file-unreadable: it is no regular file\n {2}→ /);
  });
});

test('a wrong LEGACY_URL is told without the text of the file', async () => {
  writeFileSync(file, 'routes: {}');
  const opened = await open(true, { LEGACY_URL: 'php:8080' });
  expect(opened.ok ? '' : opened.message).toBe(
    'LEGACY_URL invalid-url: "php:8080" is not the address of an HTTP server\n  → write http://host:port, without user, path or query',
  );
});

describe('from then on', () => {
  type Line = { readonly level: number; readonly msg: string };

  /** Follows the file for an edge that takes each table, or refuses it with problems. */
  async function follow(refusal: readonly Problem[] = []) {
    writeFileSync(file, 'routes: { a: { match: GET /a } }');
    await open();
    const offered: string[][] = [];
    const edge: Pick<Primary, 'offer'> & { spec: TableSpec | undefined } = {
      spec: keeper?.spec,
      offer: async (spec) => {
        offered.push(spec.routes.map(({ name }) => name));
        if (refusal.length === 0) edge.spec = spec;
        return refusal;
      },
    };
    let heard: (line: Line) => void = () => {};
    const log = pino({}, { write: (text) => heard(JSON.parse(text)) });
    const metrics = createPrimaryMetrics();
    const reloads = new ReloadHistory(() => new Date(0));
    keeper?.follow(edge as Primary, { metrics, log, reloads });
    const next = () =>
      new Promise<Line>((resolve) => {
        heard = resolve;
      });
    return { edge, offered, next, metrics, reloads };
  }

  test('a change is offered, logged and counted', async () => {
    const { edge, offered, next, metrics } = await follow();
    const line = next();
    writeFileSync(file, 'routes: { a: { match: GET /a }, b: { match: GET /b } }');
    expect(await line).toMatchObject({
      level: 30,
      msg: `the routes file has changed: revision ${edge.spec?.revision}, 2 routes`,
    });
    expect(offered).toEqual([['a', 'b']]);
    const text = await metrics.expose([]);
    expect(text).toContain('banyan_reloads_total{result="applied"} 1');
    expect(text).toContain(`banyan_table_info{revision="${edge.spec?.revision}"} 2`);
  });

  test('a file with problems is not offered: the last good table stays', async () => {
    const { edge, offered, next, metrics } = await follow();
    const before = edge.spec;
    const line = next();
    writeFileSync(file, 'routes: { a: { match: GET a } }');
    const { level, msg } = await line;
    expect(level).toBe(50);
    expect(msg).toContain(`revision ${before?.revision} stays`);
    expect(msg).toContain('routes.yaml:1:23 invalid-match');
    expect([offered, edge.spec]).toEqual([[], before]);
    expect(await metrics.expose([])).toContain('banyan_reloads_total{result="refused"} 1');
  });

  test('a lost file changes nothing', async () => {
    const { offered, next } = await follow();
    const line = next();
    rmSync(file);
    expect((await line).msg).toMatch(/stays.*\n.*file-unreadable: there is no such file/);
    expect(offered).toEqual([]);
  });

  test('what the edge refuses is told', async () => {
    const { next } = await follow([
      {
        code: 'handler-missing',
        position: { file, line: 1, column: 40 },
        message: 'there is no b',
        cure: 'write it',
      },
    ]);
    const line = next();
    writeFileSync(file, 'routes: { b: { match: GET /b, handler: b } }');
    expect((await line).msg).toContain('1:40 handler-missing: there is no b');
  });

  test('comments and layout are no change of the table', async () => {
    const { offered, next, metrics } = await follow();
    const line = next();
    writeFileSync(file, '# why\nroutes:\n  a: { match: GET /a }\n');
    expect((await line).msg).toMatch(/was read again: revision [0-9a-f]{8} as before/);
    expect(offered).toEqual([]);
    expect(await metrics.expose([])).toContain('banyan_reloads_total{result="unchanged"} 1');
  });

  test('reading again on demand tells what became of it, and the history keeps it', async () => {
    const { edge, reloads } = await follow();
    expect(reloads.describe()).toEqual({ refused: null, history: [] });
    expect(await keeper?.reload()).toMatchObject({ result: 'unchanged', routes: 1, problems: [] });
    writeFileSync(file, 'routes: { a: { match: GET a } }');
    const refused = await keeper?.reload();
    expect(refused).toMatchObject({ result: 'refused', problems: [{ code: 'invalid-match' }] });
    // The watch may have told of the same text before.
    const { refused: standing, history } = reloads.describe();
    expect(standing).toMatchObject({ stands: true, problems: refused?.problems });
    expect(history[0]).toMatchObject({ result: 'refused', revision: edge.spec?.revision, problems: 1 });
    expect(history.at(-1)).toMatchObject({ result: 'unchanged', problems: 0 });
    writeFileSync(file, 'routes: { a: { match: GET /b } }');
    expect(await keeper?.reload()).toMatchObject({ revision: edge.spec?.revision, routes: 1 });
    expect(edge.spec?.routes[0]?.patterns[0]?.text).toBe('GET /b');
    expect(reloads.describe().refused?.stands).toBe(false);
  });

  test('without a file there is nothing to read again', async () => {
    await open(false);
    expect(await keeper?.reload()).toBeUndefined();
  });
});
