// Worker entry: connects the data plane of one process to its stores, its log and its metrics.
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { refusedOutcome } from './edge/outcome.ts';
import { pauses } from './edge/process/pause.ts';
import type { Order } from './edge/process/protocol.ts';
import { type Channel, runWorker, type WorkerParts } from './edge/process/worker.ts';
import { serveRequest } from './edge/request.ts';
import { buildSnapshot, type Snapshot } from './edge/snapshot.ts';
import { Forwarders } from './edge/upstream/forwarders.ts';
import type { BrokenOff } from './edge/visitor/drain.ts';
import { createEdgeServer } from './edge/visitor/server.ts';
import { trustedPeers } from './environment.ts';
import { createExpressClasses } from './native/express.ts';
import { createHandlerRunner } from './native/run.ts';
import { createUploadFolder } from './native/upload-folder.ts';
import { createAccessLog, createLog, type Log, occasionally } from './observe/log.ts';
import { createWorkerMetrics } from './observe/metrics.ts';
import { reasonOf } from './reason.ts';
import { closeStores, createStores } from './stores/stores.ts';

/** How often at most a peer whose forwarding fields are not believed is told of. */
const FORWARDING_WARNING_MS = 600_000;

const TOO_MANY_CONNECTIONS = 'a connection beyond limits.connections was refused with 503';

const channel: Channel = {
  // Without a listener for its failure, a message to a primary that has gone would end in an exception.
  send: (message) => {
    if (process.connected) process.send?.(message, undefined, undefined, () => {});
  },
  onOrder: (listener) => process.on('message', listener),
  onClosed: (listener) => process.on('disconnect', listener),
};

// The primary says when to stop: a signal to the whole group must not end workers before their drain.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});
process.on('SIGUSR2', () => {});

await runWorker(channel, createParts);
process.exit(0);

function createParts({ settings, mode }: Order & { kind: 'start' }): WorkerParts {
  const log = createLog(settings.logLevel, mode === 'dev' ? 'people' : 'json');
  surviveEscapedErrors(log);
  const metrics = createWorkerMetrics();
  const warnOfCache = occasionally(
    (message) => log.warn(`cache: ${message}`),
    10_000,
    () => performance.now(),
  );
  const warnOfSessions = occasionally(
    (message) => log.warn(`a session could not be renewed: ${message}`),
    10_000,
    () => performance.now(),
  );
  const warnOfForwarding = occasionally(
    (message) => log.warn(message),
    FORWARDING_WARNING_MS,
    () => performance.now(),
  );
  const warnOfConnections = occasionally(
    (message) => log.warn(message),
    10_000,
    () => performance.now(),
  );
  const warnOfStale = occasionally(
    (message) => log.error(`cache: ${message}`),
    10_000,
    () => performance.now(),
  );
  const stores = createStores(settings, {
    onCache: ({ code, message }) => {
      metrics.cacheProblem(code);
      (code.startsWith('delete-') ? warnOfStale : warnOfCache)(message);
    },
    onSession: warnOfSessions,
  });
  const uploads = createUploadFolder(tmpdir());
  void uploads.clearLeftovers();
  const handlers = createHandlerRunner({
    stores,
    uploads,
    onCacheRead: (route, filler) => metrics.cacheRead(route, filler),
    onLateError: (error, requestId) =>
      log.warn({ err: error, requestId }, 'a handler failed after its answer'),
    now: () => performance.now(),
  });
  const logOutcome = createAccessLog(log, settings.accessLog);
  const isTrusted = trustedPeers(settings.trustedProxies);
  const forwarders = new Forwarders();
  let current: Snapshot | undefined;
  const parts = {
    receive: { hosts: settings.hosts, isTrusted },
    snapshot: () => {
      if (!current) throw new Error('a request came before the first table');
      return current;
    },
    forwarder: (snapshot: Snapshot, name: string) => forwarders.get(snapshot, name),
    handlers,
    onOutcome: (outcome: Parameters<typeof logOutcome>[0]) => {
      metrics.record(outcome);
      logOutcome(outcome);
    },
    onIgnoredForwarding: (peer: string, field: string) => {
      metrics.ignoredForwarding();
      warnOfForwarding(ignoredForwardingMessage(peer, field));
    },
    newRequestId: requestIds(),
    now: () => performance.now(),
  };
  return {
    server: createEdgeServer({
      classes: createExpressClasses(isTrusted),
      serve: (req, res, upgrade) => serveRequest(req, res, parts, upgrade),
      onRefused: (refused) => {
        if (refused.code === 'too-many-connections') warnOfConnections(TOO_MANY_CONNECTIONS);
        parts.onOutcome(refusedOutcome(refused, parts.newRequestId()));
      },
      onDrained: (brokenOff) => logBrokenOff(log, brokenOff),
      maxConnections: () => current?.table.limits.connections ?? 0,
    }),
    build: (spec) => buildSnapshot(spec, settings.handlers, pauses(parts.now)),
    setSnapshot: (snapshot) => {
      current = snapshot;
    },
    metrics: () => metrics.collect(),
    close: async () => {
      await closeStores(stores);
      await uploads.close();
      await forwarders.close();
    },
  };
}

/** Tells what the end of a worker cost visitors; nothing where it cost nothing. */
function logBrokenOff(log: Log, { requests, tunnels }: BrokenOff): void {
  const told = [
    ...(requests > 0
      ? [`${requests} ${requests === 1 ? 'request' : 'requests'} without a whole answer`]
      : []),
    ...(tunnels > 0 ? [`${tunnels} ${tunnels === 1 ? 'tunnel' : 'tunnels'}`] : []),
  ];
  if (told.length === 0) return;
  log[requests > 0 ? 'warn' : 'info']({ requests, tunnels }, `the drain has ended ${told.join(' and ')}`);
}

function ignoredForwardingMessage(peer: string, field: string): string {
  return (
    `${field} from ${peer} is not believed: legacy is told the address and protocol of that peer. ` +
    `If it is your load balancer or CDN, add it to TRUSTED_PROXIES`
  );
}

/** Ids that no other process and no earlier run has given. */
function requestIds(): () => string {
  const prefix = randomBytes(6).toString('base64url');
  let count = 0;
  return () => {
    count += 1;
    return `${prefix}-${count.toString(36)}`;
  };
}

/**
 * A rejection that nobody awaited ends nothing. After an exception that escaped everything the
 * process is not to be trusted: the primary starts another, and this one finishes what it serves.
 */
function surviveEscapedErrors(log: Log): void {
  process.on('unhandledRejection', (error) =>
    log.error({ err: error }, 'a promise was rejected and nobody awaited it'),
  );
  process.on('uncaughtException', (error: unknown) => {
    log.error({ err: error }, 'an exception escaped; this worker will be replaced');
    if (!process.connected) process.exit(1);
    channel.send({ kind: 'unwell', message: reasonOf(error) });
  });
}
