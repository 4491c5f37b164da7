// A worker and its orders.
import { expect, test } from 'vitest';
import type {
  Order,
  OrderEnvelope,
  Reply,
  ReplyEnvelope,
  Unwell,
} from '../../../src/edge/process/protocol.ts';
import { runWorker, type WorkerParts } from '../../../src/edge/process/worker.ts';
import type { Snapshot } from '../../../src/edge/snapshot.ts';
import { readSettings } from '../../../src/environment.ts';
import { limitDefaults } from '../../../src/routes-file/schema-forwarding.ts';
import type { Problem } from '../../../src/routing/problem.ts';
import type { TableSpec } from '../../../src/routing/route.ts';
import { buildTable } from '../../../src/routing/table.ts';

const settings = readSettings({}, 1);

function spec(revision: string): TableSpec {
  return {
    ...{ revision, routes: [], upstreams: [], cohorts: [], rollouts: [], tests: [] },
    ...{ unmatched: 404, respelled: 'refuse', limits: limitDefaults, compression: 'none' },
    paths: { trailingSlash: 'strict', case: 'strict' },
  };
}

const PROBLEM: Problem = {
  code: 'handler-missing',
  position: { file: 'routes.yaml', line: 1, column: 1 },
  message: 'there is no a',
  cure: 'write it',
};

/** A worker whose parts note what is done to them; tables of revision `bad` have a problem. */
function create() {
  const done: string[] = [];
  const parts: WorkerParts = {
    server: {
      listen: async (where) => void done.push(`listen ${JSON.stringify(where)}`),
      drain: async (timeout) => void done.push(`drain ${timeout}`),
    },
    build: async (of) => {
      if (of.revision === 'broken') throw new Error('a bug');
      const built = buildTable(of);
      if (of.revision === 'bad' || !built.ok) return { ok: false, problems: [PROBLEM] };
      return { ok: true, snapshot: { table: built.table, handlers: new Map() } satisfies Snapshot };
    },
    setSnapshot: ({ table }) => void done.push(`serve ${table.revision}`),
    metrics: async () => 'counted',
    close: async () => void done.push('close'),
  };
  let give: (envelope: OrderEnvelope) => void = () => {};
  let leave: () => void = () => {};
  const waiting = new Map<number, (reply: Reply) => void>();
  const ended = runWorker(
    {
      send: (message: ReplyEnvelope | Unwell) => 'id' in message && waiting.get(message.id)?.(message.reply),
      onOrder: (listener) => {
        give = listener;
      },
      onClosed: (listener) => {
        leave = listener;
      },
    },
    () => parts,
  );
  const order = (given: Order) =>
    new Promise<Reply>((resolve) => {
      const id = waiting.size + 1;
      waiting.set(id, resolve);
      give({ id, order: given });
    });
  return { done, order, ended, leave: () => leave() };
}

async function start(revision = 'one') {
  const worker = create();
  if (!settings.ok) throw new Error('settings');
  await worker.order({ kind: 'start', settings: settings.settings, mode: 'serve' });
  const reply = await worker.order({ kind: 'prepare', spec: spec(revision) });
  await worker.order({ kind: 'commit', revision });
  return { ...worker, reply };
}

const DONE = { kind: 'done' };

test('a start serves the first table, and listens when it is told to', async () => {
  const { done, order, reply } = await start();
  expect(reply).toEqual(DONE);
  expect(await order({ kind: 'listen', fd: 4 })).toEqual(DONE);
  expect(done).toEqual(['serve one', 'listen {"fd":4}']);
});

test('a start with a bad table serves nothing and tells the problems', async () => {
  const { done, reply } = await start('bad');
  expect([reply, done]).toEqual([{ kind: 'problems', problems: [PROBLEM] }, []]);
});

test('a table is served when it is committed, not when it is prepared', async () => {
  const { done, order } = await start();
  expect(await order({ kind: 'prepare', spec: spec('two') })).toEqual(DONE);
  expect(done).toEqual(['serve one']);
  expect(await order({ kind: 'commit', revision: 'two' })).toEqual(DONE);
  expect(done).toEqual(['serve one', 'serve two']);
});

test('a commit of another revision than the prepared one changes nothing', async () => {
  const { done, order } = await start();
  await order({ kind: 'prepare', spec: spec('two') });
  await order({ kind: 'commit', revision: 'three' });
  await order({ kind: 'commit', revision: 'two' });
  expect(done).toEqual(['serve one']);
});

test('a bad table leaves nothing that could be committed', async () => {
  const { done, order } = await start();
  expect(await order({ kind: 'prepare', spec: spec('bad') })).toEqual({
    kind: 'problems',
    problems: [PROBLEM],
  });
  await order({ kind: 'commit', revision: 'bad' });
  expect(done).toEqual(['serve one']);
});

test('an order that fails is answered with a problem, and the next one is obeyed', async () => {
  const { order } = await start();
  expect(await order({ kind: 'prepare', spec: spec('broken') })).toMatchObject({
    kind: 'problems',
    problems: [{ code: 'worker-failed', message: 'a bug' }],
  });
  expect(await order({ kind: 'ping' })).toEqual(DONE);
});

test('metrics are those of now, and the last ones at the end', async () => {
  const { done, order, ended } = await start();
  expect(await order({ kind: 'metrics' })).toEqual({ kind: 'metrics', metrics: 'counted' });
  expect(await order({ kind: 'drain', timeout: 70, patient: false })).toEqual({
    kind: 'metrics',
    metrics: 'counted',
  });
  await ended;
  expect(done).toEqual(['serve one', 'drain 70', 'close']);
});

test('a worker whose primary has gone drains and ends', async () => {
  const { done, ended, leave } = await start();
  leave();
  await ended;
  expect(done).toEqual(['serve one', 'drain 5000', 'close']);
});
