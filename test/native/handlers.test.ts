// Importing the handlers that a table names.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../src/edge/snapshot.ts';
import { handlerExtensions, importHandlers } from '../../src/native/handlers.ts';
import { loadRoutes } from '../../src/routes-file/load.ts';
import type { HandlerSide } from '../../src/routing/route.ts';

const FILES = {
  'plain.js': 'export default (req, res) => res.end("plain");',
  'deep/er.js': 'export default (req, res) => {}; export const other = (req, res, next) => {};',
  'throws.js': 'throw new Error("at import");',
  'syntax.js': 'export default (;',
  'nothing.js': 'export const value = 1;',
  'wrong.js': 'export default { run() {} };',
  'both.ts': 'export const ofSource = (_: unknown, res: { end(): void }) => res.end();',
  'both.js': 'export const compiled = (_, res) => res.end();',
  'only.ts': 'export default (_: unknown, res: { end(): void }) => res.end();',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'banyan-handlers-'));
  for (const [name, text] of Object.entries({ 'package.json': '{"type":"module"}', ...FILES })) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
});

afterAll(() => rm(folder, { recursive: true }));

function side(handler: string, line = 1): HandlerSide {
  const [module = '', exportName = 'default'] = handler.split('#');
  const position = { file: 'routes.yaml', line, column: 14 };
  return { kind: 'handler', key: `${module}#${exportName}`, module, exportName, position };
}

test('handlers are imported by file and export', async () => {
  const result = await importHandlers(folder, [side('plain'), side('deep/er'), side('deep/er#other')]);
  expect(result.ok && [...result.handlers.keys()]).toEqual([
    'plain#default',
    'deep/er#default',
    'deep/er#other',
  ]);
});

test('a handler that two routes name is imported once', async () => {
  const result = await importHandlers(folder, [side('plain'), side('plain')]);
  expect(result.ok && result.handlers.size).toBe(1);
});

describe('TypeScript', () => {
  const plain = handlerExtensions(['--max-semi-space-size=32'], {});
  const withLoader = handlerExtensions(['--import', 'file:///tsx.mjs'], {});

  test('beside what was compiled from it is taken only where there is a loader', async () => {
    expect((await importHandlers(folder, [side('both#compiled')], plain)).ok).toBe(true);
    expect((await importHandlers(folder, [side('both#ofSource')], withLoader)).ok).toBe(true);
    const stripping = handlerExtensions([], { typescript: 'strip' });
    expect((await importHandlers(folder, [side('both#compiled')], stripping)).ok).toBe(true);
    expect((await importHandlers(folder, [side('only')], stripping)).ok).toBe(true);
  });

  test('alone, where it cannot be loaded, is told so', async () => {
    expect((await importHandlers(folder, [side('only')], withLoader)).ok).toBe(true);
    for (const features of [{}, { typescript: false }]) {
      expect(await importHandlers(folder, [side('only')], handlerExtensions([], features))).toMatchObject({
        problems: [
          {
            code: 'handler-failed',
            message: 'only.ts is TypeScript, which is not loaded here',
            cure: /use banyan dev/,
          },
        ].map(({ cure, ...rest }) => ({ ...rest, cure: expect.stringMatching(cure) })),
      });
    }
  });
});

describe('problems', () => {
  test.each([
    ['none', 'handler-missing', /^there is no none\.js or \.ts in /, 'write it, or mend the name'],
    ['throws', 'handler-failed', /^importing throws failed: at import$/, 'mend the handler'],
    ['syntax', 'handler-failed', /^importing syntax failed: /, 'mend the handler'],
    ['nothing', 'handler-invalid', /^nothing: it has no export default$/, /^export defineHandler/],
    ['plain#other', 'handler-invalid', /^plain: it has no export other$/, /^export defineHandler/],
    ['wrong', 'handler-invalid', /^wrong: its export default is no handler$/, /^export defineHandler/],
  ])('%s is %s', async (handler, code, message, cure) => {
    const result = await importHandlers(folder, [side(handler, 7)]);
    expect(result).toEqual({
      ok: false,
      problems: [
        {
          code,
          position: { file: 'routes.yaml', line: 7, column: 14 },
          message: expect.stringMatching(message),
          cure: expect.stringMatching(cure),
        },
      ],
    });
  });

  test('are told all at once', async () => {
    const result = await importHandlers(
      folder,
      ['none', 'plain', 'throws', 'wrong'].map((name) => side(name)),
    );
    expect(result.ok ? [] : result.problems.map(({ code }) => code)).toEqual([
      'handler-missing',
      'handler-failed',
      'handler-invalid',
    ]);
  });
});

test('a snapshot has the handlers of every route, whatever its stage', async () => {
  const text = `routes:
  now: { match: GET /now, handler: plain, stage: new }
  later: { match: GET /later, handler: deep/er, stage: legacy }
  never: { match: GET /never, handler: deep/er#other, stage: gone }
`;
  const loaded = loadRoutes(text, {
    file: 'routes.yaml',
    legacyUrl: 'http://php',
    variable: () => undefined,
  });
  const built = loaded.ok ? await buildSnapshot(loaded.spec, folder, async () => {}) : loaded;
  expect(built.ok && [...built.snapshot.handlers.keys()]).toEqual([
    'plain#default',
    'deep/er#default',
    'deep/er#other',
  ]);
});
