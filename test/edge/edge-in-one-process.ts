// An edge in the test's own process, made of the same parts as a worker, on a free port.
import { tmpdir } from 'node:os';
import type { ServeParts } from '../../src/edge/exchange.ts';
import type { ConnectionTimes } from '../../src/edge/limits.ts';
import { type Outcome, refusedOutcome } from '../../src/edge/outcome.ts';
import { serveRequest } from '../../src/edge/request.ts';
import type { Snapshot } from '../../src/edge/snapshot.ts';
import { Forwarders } from '../../src/edge/upstream/forwarders.ts';
import type { BrokenOff } from '../../src/edge/visitor/drain.ts';
import { createEdgeServer } from '../../src/edge/visitor/server.ts';
import { trustedPeers } from '../../src/environment.ts';
import { type Handler, toHandler } from '../../src/native/define-handler.ts';
import { createExpressClasses } from '../../src/native/express.ts';
import { createHandlerRunner } from '../../src/native/run.ts';
import { createUploadFolder } from '../../src/native/upload-folder.ts';
import { loadRoutes } from '../../src/routes-file/load.ts';
import { buildTable } from '../../src/routing/table.ts';
import type { Stores } from '../../src/stores/stores.ts';

export type EdgeOptions = {
  /** The text of a routes file. */
  readonly routes: string;
  /** What handler modules export by default, by the names that routes give them. */
  readonly handlers?: Readonly<Record<string, unknown>>;
  readonly legacyUrl?: string;
  readonly hosts?: readonly string[];
  readonly trustedProxies?: readonly string[];
  readonly stores?: Partial<Stores>;
  /** Where uploaded files go; the system's folder for temporary files by default. */
  readonly uploadsIn?: string;
  readonly times?: Partial<ConnectionTimes>;
};

export type TestEdge = {
  readonly port: number;
  /** Everything emitted so far. */
  readonly outcomes: readonly Outcome[];
  /** Peers and forwarding fields that were not believed. */
  readonly ignoredForwarding: readonly string[];
  /** What handlers threw after they had answered. */
  readonly lateErrors: readonly unknown[];
  /** Routes, and who had filled what their handlers read. */
  readonly cacheReads: readonly string[];
  /** Resolves with the next outcome that nobody has taken yet. */
  outcome(): Promise<Outcome>;
  /** Takes another routes file, with the handlers that were given at start. */
  setRoutes(routes: string): void;
  /** Ends as a worker does; tells what was broken off. */
  drain(timeout: number): Promise<BrokenOff | undefined>;
  /** Breaks what is still being answered. */
  close(): Promise<void>;
};

/** Starts an edge. Request ids are `id-1`, `id-2`, and so on. */
export async function startEdge(options: EdgeOptions): Promise<TestEdge> {
  const isTrusted = trustedPeers(options.trustedProxies ?? []);
  const forwarders = new Forwarders();
  const outcomes = new Outcomes();
  const uploads = createUploadFolder(options.uploadsIn ?? tmpdir());
  const lateErrors: unknown[] = [];
  const cacheReads: string[] = [];
  let snapshot = snapshotOf(options);
  const ignored: string[] = [];
  let requests = 0;
  let brokenOff: BrokenOff | undefined;
  const parts: ServeParts = {
    receive: { hosts: options.hosts ?? [], isTrusted },
    snapshot: () => snapshot,
    forwarder: (of, name) => forwarders.get(of, name),
    handlers: createHandlerRunner({
      stores: { database: undefined, cache: undefined, sessions: undefined, ...options.stores },
      uploads,
      onCacheRead: (route, filler) => cacheReads.push(`${route} ${filler}`),
      onLateError: (error) => lateErrors.push(error),
      now: () => performance.now(),
    }),
    onOutcome: (outcome) => outcomes.add(outcome),
    onIgnoredForwarding: (peer, field) => ignored.push(`${peer} ${field}`),
    newRequestId: () => {
      requests += 1;
      return `id-${requests}`;
    },
    now: () => performance.now(),
  };
  const server = createEdgeServer({
    classes: createExpressClasses(isTrusted),
    serve: (req, res, upgrade) => serveRequest(req, res, parts, upgrade),
    onRefused: (refused) => parts.onOutcome(refusedOutcome(refused, parts.newRequestId())),
    onDrained: (told) => {
      brokenOff = told;
    },
    maxConnections: () => snapshot.table.limits.connections,
    times: options.times ?? {},
  });
  const port = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    port: port ?? 0,
    outcomes: outcomes.all,
    ignoredForwarding: ignored,
    lateErrors,
    cacheReads,
    outcome: () => outcomes.next(),
    setRoutes: (routes) => {
      snapshot = snapshotOf({ ...options, routes });
    },
    drain: async (timeout) => {
      await server.drain(timeout);
      return brokenOff;
    },
    close: async () => {
      await server.drain(0);
      await forwarders.close();
      await uploads.close();
    },
  };
}

function snapshotOf({ routes, legacyUrl, handlers = {} }: EdgeOptions): Snapshot {
  const loaded = loadRoutes(routes, { file: 'routes.yaml', legacyUrl, variable: () => undefined });
  if (!loaded.ok) throw new Error(loaded.problems.map(({ message }) => message).join('\n'));
  const built = buildTable(loaded.spec);
  if (!built.ok) throw new Error('the routes conflict');
  return { table: built.table, handlers: new Map(Object.entries(handlers).map(handlerEntry)) };
}

function handlerEntry([name, exported]: [string, unknown]): [string, Handler] {
  const handler = toHandler(exported);
  if (!handler) throw new Error(`${name} is no handler`);
  return [`${name}#default`, handler];
}

/** Outcomes in the order they were emitted, to be waited for. */
class Outcomes {
  readonly all: Outcome[] = [];
  readonly #waiting: ((outcome: Outcome) => void)[] = [];
  #taken = 0;

  add(outcome: Outcome): void {
    this.all.push(outcome);
    this.#serve();
  }

  next(): Promise<Outcome> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#serve();
    });
  }

  #serve(): void {
    const outcome = this.all[this.#taken];
    if (outcome === undefined) return;
    const resolve = this.#waiting.shift();
    if (!resolve) return;
    this.#taken += 1;
    resolve(outcome);
  }
}
