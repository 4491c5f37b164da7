// A legacy application of one script on PHP's own web server, and the edge before it whose handler reads the same sessions.
import { fileURLToPath } from 'node:url';
import { inject } from 'vitest';
import { ask, freePort } from '../../../../scripts/services/ports.js';
import { run } from '../../../../scripts/services/process.js';
import { type Edge, startEdge, waitUntil } from '../../edge-process.ts';
import type { PhpSettings } from './php-sessions.ts';

const SCRIPT = fileURLToPath(new URL('counting.php', import.meta.url));
const HANDLERS = fileURLToPath(new URL('../../handlers-under-test', import.meta.url));

const ROUTES = 'routes: { session: { match: "GET /handler", handler: session, stage: new, fallback: none } }';

export type LegacyAndEdge = {
  readonly edge: Edge;
  close(): Promise<void>;
};

/** Starts both; `sessionUrl` is the edge's SESSION_URL. */
export async function startLegacyAndEdge(
  settings: PhpSettings['settings'],
  sessionUrl: string,
): Promise<LegacyAndEdge> {
  const port = await freePort();
  const options = Object.entries(settings).flatMap(([name, value]) => ['-d', `${name}="${value}"`]);
  const php = await run({
    command: inject('services').php,
    args: [...options, '-S', `127.0.0.1:${port}`, SCRIPT],
    cwd: '/',
    env: { PHP_CLI_SERVER_WORKERS: '8' },
    log: '/dev/null',
    graceMs: 100,
  });
  await waitUntil(
    async () => (await ask(port, 'GET / HTTP/1.0\r\n\r\n', (text) => text.includes('{'))) !== '',
  );
  const environment = { LEGACY_URL: `http://127.0.0.1:${port}`, SESSION_URL: sessionUrl, HANDLERS };
  const edge = await startEdge({ routes: ROUTES, environment });
  return {
    edge,
    close: async () => {
      await edge.stop();
      await php.stop();
    },
  };
}

/** A browser as far as sessions go: it keeps its cookie. */
export class Browser {
  readonly #url: string;
  #cookie = '';

  constructor(url: string) {
    this.#url = url;
  }

  async get(path: string): Promise<{ user: unknown; n: unknown; status: number }> {
    const response = await fetch(`${this.#url}${path}`, { headers: { cookie: this.#cookie } });
    const set = response.headers.getSetCookie()[0];
    if (set !== undefined) this.#cookie = set.split(';')[0] ?? '';
    const { user = null, n = null } = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    return { user, n, status: response.status };
  }

  get id(): string {
    return this.#cookie.split('=')[1] ?? '';
  }
}
