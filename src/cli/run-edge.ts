// `banyan serve` and `banyan dev`: the primary, its routes file, its admin listener, its signals.
import { setTimeout } from 'node:timers/promises';
import { ReloadHistory } from '../admin/reloads.ts';
import { createAdminServer } from '../admin/server.ts';
import { bindSocket } from '../edge/process/listening-socket.ts';
import { Primary, type PrimaryEvent } from '../edge/process/primary.ts';
import type { Mode } from '../edge/process/protocol.ts';
import type { Settings } from '../environment.ts';
import { createLog, type Log } from '../observe/log.ts';
import { createPrimaryMetrics, sumDeparted } from '../observe/metrics.ts';
import { reasonOf } from '../reason.ts';
import { formatProblem, formatProblems } from '../routing/problem.ts';
import { closeStores, createStores } from '../stores/stores.ts';
import { EXIT } from './exit.ts';
import { RoutesKeeper } from './routes-keeper.ts';
import { watchHandlers } from './watch-handlers.ts';
import { workerCommand } from './worker-command.ts';

/** Runs the edge until it is told to stop; resolves with the exit code. */
export async function runEdge(mode: Mode, settings: Settings): Promise<number> {
  surviveEarlySignals();
  const log = createLog(settings.logLevel, mode === 'dev' ? 'people' : 'json');
  const wrongUrl = await wrongStoreUrl(settings);
  if (wrongUrl) return startFailed(wrongUrl, EXIT.usage);
  const command = workerCommand(mode);
  if (!command.ok) return startFailed(command.message);
  const routes = await RoutesKeeper.open(settings);
  if (!routes.ok) return startFailed(routes.message);

  const bound = await bindSocket(settings.listen);
  if (!bound.ok) return startFailed(bound.message);
  const metrics = createPrimaryMetrics();
  const primary = new Primary({
    settings,
    mode,
    socket: bound.socket,
    worker: command.worker,
    sumDeparted,
    onEvent: (event) => {
      metrics.recordEvent(event);
      logEvent(log, event);
    },
  });
  const reloads = new ReloadHistory(() => new Date());
  const admin = createAdminServer({
    address: settings.adminListen,
    token: settings.adminToken,
    ready: () => primary.ready,
    table: () => primary.spec,
    metrics: async () => metrics.expose(await primary.metrics()),
    reloads,
    reload: () => routes.keeper.reload(),
  });
  const stopping = stopSignal(primary);

  const adminStarted = await admin.start();
  if (!adminStarted.ok) {
    bound.socket.close();
    return startFailed(adminStarted.message);
  }
  const problems = await Promise.race([primary.start(routes.keeper.spec), stopping]);
  if (typeof problems === 'string') {
    primary.kill();
    await admin.close();
    bound.socket.close();
    log.info(`received ${problems} before the edge had started`);
    return EXIT.fine;
  }
  if (problems.length > 0) {
    await admin.close();
    bound.socket.close();
    return startFailed(formatProblems(problems, routes.keeper.texts));
  }
  routes.keeper.follow(primary, { metrics, log, reloads });
  const retry = () => routes.keeper.retry();
  const handlers = mode === 'dev' ? watchHandlers(settings.handlers, primary, log, retry) : undefined;
  process.on('SIGHUP', () => void routes.keeper.reload());
  process.on('SIGUSR2', () => void replaceWorkers(primary, log));
  announce(log, { site: bound.socket.name, adminPort: adminStarted.port }, settings, primary);

  const signal = await stopping;
  primary.announceEnd();
  if (settings.drainDelay > 0) {
    log.info(`received ${signal}, not ready any more, serving on for ${settings.drainDelay} ms`);
    await setTimeout(settings.drainDelay);
  }
  log.info(`received ${signal}, finishing the requests in flight`);
  handlers?.close();
  routes.keeper.close();
  await primary.close();
  await admin.close();
  return EXIT.fine;
}

/** Before the edge serves there is nothing to read again and nobody to replace: HUP and USR2 do nothing. */
function surviveEarlySignals(): void {
  process.on('SIGHUP', () => {});
  process.on('SIGUSR2', () => {});
}

function startFailed(message: string, code: number = EXIT.problems): number {
  process.stderr.write(`${message}\n\nbanyan: not started\n`);
  return code;
}

/** Says what is wrong with a store's URL, before workers are started that would each find out. */
async function wrongStoreUrl(settings: Settings): Promise<string | undefined> {
  try {
    await closeStores(createStores(settings, { onCache: () => {}, onSession: () => {} }));
    return undefined;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Resolves with the first TERM or INT; a second one ends everything at once. */
function stopSignal(primary: Primary): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let received = false;
    const onSignal = (signal: NodeJS.Signals) => {
      if (received) {
        primary.kill();
        process.exit(EXIT.problems);
      }
      received = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}

async function replaceWorkers(primary: Primary, log: Log): Promise<void> {
  const problems = await primary.replaceWorkers();
  if (primary.closing) return;
  if (problems.length === 0) log.info('all workers have been replaced');
  for (const problem of problems) log.error({ problem }, `the old workers go on: ${formatProblem(problem)}`);
}

type Listening = { readonly site: string; readonly adminPort: number };

function announce(log: Log, { site, adminPort }: Listening, settings: Settings, primary: Primary): void {
  const { host } = settings.adminListen;
  const admin = `${host.includes(':') ? `[${host}]` : host}:${adminPort}`;
  const count = primary.spec?.routes.length ?? 0;
  const fields = { revision: primary.spec?.revision, routes: count, workers: settings.workers };
  log.info(fields, `listening on http://${site}, admin on http://${admin}, ${count} routes`);
}

function logEvent(log: Log, event: PrimaryEvent): void {
  switch (event.kind) {
    case 'worker-started':
      return log.debug({ worker: event.pid }, 'worker started');
    case 'worker-died':
      return log.error({ worker: event.pid }, `a worker ended ${event.how}; another takes its place`);
    case 'worker-hangs':
      return log.error({ worker: event.pid }, 'a worker has not answered for 5 s; it is killed and replaced');
    case 'worker-unwell':
      return log.error(
        { worker: event.pid },
        `an exception escaped in a worker (${event.message}); it is replaced`,
      );
    case 'worker-not-started': {
      const text = event.problems.map((problem) => formatProblem(problem)).join('\n');
      return log.error(`a worker could not be started, trying again in ${event.retryInMs} ms\n${text}`);
    }
  }
}
