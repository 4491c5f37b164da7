// The admin listener: health and metrics for everybody who can reach it, the API for those with the token.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hashEquals } from '../php/text/strings.ts';
import type { TableSpec } from '../routing/route.ts';
import { describeReload, type Reload, type ReloadHistory } from './reloads.ts';
import { describeRoutes } from './routes.ts';

/** What the admin listener shows. */
export type AdminParts = {
  readonly address: { readonly host: string; readonly port: number };
  readonly token: string | undefined;
  readonly ready: () => boolean;
  readonly table: () => TableSpec | undefined;
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>;
  readonly reloads: ReloadHistory;
  /** Reads the routes file again, changed or not; undefined where there is none to read. */
  readonly reload: () => Promise<Reload | undefined>;
};

export type AdminServer = {
  /** Resolves with the port, or with why it cannot listen. */
  start(): Promise<
    { readonly ok: true; readonly port: number } | { readonly ok: false; readonly message: string }
  >;
  close(): Promise<void>;
};

type Answer = {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly allow?: string;
};

/** Who may have it: everybody who reaches the listener; whoever may read the API; only who has the token. */
type Access = 'everybody' | 'reader' | 'token';
type Resource = {
  readonly method: 'GET' | 'POST';
  readonly access: Access;
  readonly answer: (parts: AdminParts) => Answer | Promise<Answer>;
};

const RESOURCES: ReadonlyMap<string, Resource> = new Map<string, Resource>([
  ['/healthz', get('everybody', () => text(200, 'ok\n'))],
  ['/readyz', get('everybody', ({ ready }) => (ready() ? text(200, 'ready\n') : text(503, 'not ready\n')))],
  [
    '/metrics',
    get('everybody', async ({ metrics }) => ({ ...text(200, await metrics()), type: METRICS_TYPE })),
  ],
  ['/api/routes', get('reader', ({ table }) => json(200, describeRoutes(table())))],
  ['/api/reloads', get('reader', ({ table, reloads }) => json(200, describeReloads(table(), reloads)))],
  ['/api/reload', { method: 'POST', access: 'token', answer: reload }],
]);

function get(access: Access, answer: Resource['answer']): Resource {
  return { method: 'GET', access, answer };
}

function describeReloads(table: TableSpec | undefined, reloads: ReloadHistory) {
  return { revision: table?.revision ?? null, ...reloads.describe() };
}

async function reload(parts: AdminParts): Promise<Answer> {
  const result = await parts.reload();
  if (!result) return json(409, { error: 'there is no routes file to read again' });
  const { problems } = result;
  return json(result.result === 'refused' ? 422 : 200, { ...describeReload(result), problems });
}

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/** Creates the admin listener. Nothing is opened before `start()`. */
export function createAdminServer(parts: AdminParts): AdminServer {
  const server = createServer((req, res) => void respond(req, res, parts));
  return {
    start: () => start(server, parts.address),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function start(server: Server, { host, port }: AdminParts['address']): ReturnType<AdminServer['start']> {
  return new Promise((resolve) => {
    server.once('error', (error: Error & { code?: string }) => {
      const why = error.code === 'EADDRINUSE' ? 'the port is taken' : error.message;
      resolve({ ok: false, message: `cannot listen on ${host}:${port}: ${why}` });
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve({ ok: true, port: typeof address === 'object' && address ? address.port : port });
    });
  });
}

async function respond(req: IncomingMessage, res: ServerResponse, parts: AdminParts): Promise<void> {
  const answer = await answerOf(req, parts).catch((error: Error) => json(500, { error: error.message }));
  res.writeHead(answer.status, {
    'Content-Type': answer.type,
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
    ...(answer.allow === undefined ? {} : { Allow: answer.allow }),
  });
  res.end(req.method === 'HEAD' ? undefined : answer.body);
}

async function answerOf(req: IncomingMessage, parts: AdminParts): Promise<Answer> {
  const path = (req.url ?? '').split('?')[0] ?? '';
  const resource = RESOURCES.get(path);
  if (!resource) return json(404, { error: `there is nothing at ${path}`, known: [...RESOURCES.keys()] });
  const { method, access } = resource;
  if (req.method !== method && !(method === 'GET' && req.method === 'HEAD')) {
    return { ...json(405, { error: `only ${method} is answered here` }), allow: method };
  }
  return refusalOf(access, req, parts) ?? resource.answer(parts);
}

function refusalOf(access: Access, req: IncomingMessage, parts: AdminParts): Answer | undefined {
  if (access === 'everybody' || (access === 'reader' && mayUseApi(req, parts))) return undefined;
  if (access === 'token' && parts.token !== undefined && mayUseApi(req, parts)) return undefined;
  const cure =
    access === 'token'
      ? 'set ADMIN_TOKEN and send Authorization: Bearer <ADMIN_TOKEN>; what changes the edge asks for it everywhere'
      : 'send Authorization: Bearer <ADMIN_TOKEN>; without ADMIN_TOKEN the API is served on loopback only';
  return json(401, { error: 'not allowed', cure });
}

/** With a token, whoever has it; without one, only on a loopback address, and only by that address' name. */
function mayUseApi(req: IncomingMessage, { address, token }: AdminParts): boolean {
  if (token !== undefined) return hashEquals(`Bearer ${token}`, req.headers.authorization ?? '');
  return isLoopback(address.host) && isLoopback(hostName(req.headers.host ?? ''));
}

/** A page in somebody's browser can be made to ask a loopback address by another name (DNS rebinding). */
function hostName(host: string): string {
  return host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1');
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function text(status: number, body: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body };
}

function json(status: number, value: unknown): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(value, undefined, 2)}\n` };
}
