// `banyan dev`: a handler in TypeScript is saved, and its new code answers.
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Edge, startEdge, waitUntil } from './edge-process.ts';
import { figure, record } from './figures.ts';
import { ask } from './visitor.ts';

const BANYAN = fileURLToPath(new URL('../../.banyan', import.meta.url));

let handlers: string;
let edge: Edge;

beforeAll(async () => {
  // Inside the checkout, so that `banyan-edge` and tsx are found from there.
  mkdirSync(BANYAN, { recursive: true });
  handlers = mkdtempSync(join(BANYAN, 'test-dev-'));
  mkdirSync(join(handlers, 'shared'));
  writeFileSync(join(handlers, 'shared', 'words.ts'), wordsSaying('first'));
  writeFileSync(join(handlers, 'greeting.ts'), handlerSaying(''));
  edge = await startEdge({
    command: 'dev',
    routes: 'routes:\n  greeting: { match: GET /greeting, handler: greeting, fallback: none, stage: new }\n',
    environment: { HANDLERS: handlers, ACCESS_LOG: 'off' },
  });
});
afterAll(async () => {
  await edge?.stop();
  rmSync(handlers, { recursive: true, force: true });
});

function wordsSaying(word: string): string {
  return `export const word: string = '${word}';\n`;
}

function handlerSaying(more: string): string {
  return `import { defineHandler } from 'banyan-edge';
import { word } from './shared/words.ts';

type Greeting = { readonly word: string; readonly more: string };

export default defineHandler({ session: false }, (): Greeting => ({ word, more: '${more}' }));
`;
}

async function greeting(): Promise<string> {
  const answer = await ask(`${edge.url}/greeting`);
  return answer.status === 200 ? answer.text : `${answer.status} ${answer.text}`;
}

/** Waits until the handler answers as expected; every answer before must be the old one. Resolves with the time. */
async function answers(expected: object, old: object): Promise<number> {
  const startedAt = performance.now();
  const check = async () => {
    const now = await greeting();
    if (now !== JSON.stringify(old)) expect(now).toBe(JSON.stringify(expected));
    return now === JSON.stringify(expected);
  };
  await waitUntil(check, edge.ended, logText);
  return performance.now() - startedAt;
}

function logText(): string {
  return edge
    .log()
    .map(({ msg }) => msg)
    .join('\n');
}

async function logged(text: string): Promise<void> {
  await waitUntil(
    async () => logText().includes(text),
    edge.ended,
    () => `no "${text}" in:\n${logText()}`,
  );
}

it('answers with new code soon after each save, without a request that fails', async () => {
  let slowest = 0;
  let old = { word: 'first', more: '' };
  expect(await greeting()).toBe(JSON.stringify(old));
  for (let save = 1; save <= figure(3, 10); save += 1) {
    const more = `save ${save}`;
    saveAs(save, handlerSaying(more));
    slowest = Math.max(slowest, await answers({ ...old, more }, old));
    old = { ...old, more };
  }
  expect(slowest).toBeLessThan(10_000);
  record({
    figure: 'banyan dev: from saving a handler to its new answer',
    demanded: 'a few seconds, no failed request',
    measured: `${(slowest / 1_000).toFixed(1)} s at most, none failed`,
  });
});

/** Saves in the ways editors do: in place, or as a new file that takes the old one's name. */
function saveAs(save: number, text: string): void {
  const file = join(handlers, 'greeting.ts');
  if (save % 2 === 1) return writeFileSync(file, text);
  writeFileSync(`${file}.tmp`, text);
  renameSync(`${file}.tmp`, file);
}

it('answers with the new code of a module that a handler imports', async () => {
  const old = JSON.parse(await greeting());
  writeFileSync(join(handlers, 'shared', 'words.ts'), wordsSaying('second'));
  await answers({ ...old, word: 'second' }, old);

  // As git does when it changes branches: the folder goes, and another comes.
  rmSync(join(handlers, 'shared'), { recursive: true });
  mkdirSync(join(handlers, 'shared'));
  writeFileSync(join(handlers, 'shared', 'words.ts'), wordsSaying('third'));
  await answers({ ...old, word: 'third' }, { ...old, word: 'second' });
  writeFileSync(join(handlers, 'shared', 'words.ts'), wordsSaying('fourth'));
  await answers({ ...old, word: 'fourth' }, { ...old, word: 'third' });
});

it('keeps the old code while the new has a mistake, says where it is, and goes on once it is mended', async () => {
  const old = JSON.parse(await greeting());
  writeFileSync(
    join(handlers, 'greeting.ts'),
    handlerSaying('mistaken').replace('(): Greeting =>', '(: Greeting =>'),
  );
  await logged('greeting.ts was saved, but the old code goes on');
  expect(logText()).toMatch(/greeting\.ts:6:\d+/);
  expect(JSON.parse(await greeting())).toEqual(old);

  writeFileSync(join(handlers, 'greeting.ts'), "throw new Error('not yet');\n");
  await logged('importing greeting failed: not yet');
  expect(JSON.parse(await greeting())).toEqual(old);

  writeFileSync(join(handlers, 'greeting.ts'), handlerSaying('mended'));
  await answers({ ...old, more: 'mended' }, old);
});

it('imports a handler that is new in the routes file, and takes one that was missing once it is written', async () => {
  const before = await edge.revision();
  const routes = 'routes:\n  later: { match: GET /greeting, handler: later, fallback: none, stage: new }\n';
  edge.writeRoutes(routes);
  await logged('there is no later.js or .ts in');
  expect(await edge.revision()).toBe(before);
  writeFileSync(join(handlers, 'later.ts'), handlerSaying('later'));
  await edge.nextRevision(before);
  expect(JSON.parse(await greeting())).toMatchObject({ more: 'later' });
});
