// PHP's own web server on a free port, to ask what $_GET, $_POST and $_COOKIE become.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPhp } from './php.ts';

const DESCRIBE = fileURLToPath(new URL('./describe.php', import.meta.url));

export interface PhpServer {
  /** Sends one request and gives the answer's body. Cookies and body hold one byte per character. */
  ask(request: { query?: string; cookie?: string; body?: string }): Promise<string>;
  close(): void;
}

/** Starts a server that answers every request with the description of the variable, such as `$_COOKIE`. */
export async function startPhpServer(variable: string): Promise<PhpServer> {
  const folder = mkdtempSync(join(tmpdir(), 'banyan-php-'));
  writeFileSync(
    join(folder, 'index.php'),
    `<?php require ${JSON.stringify(DESCRIBE)}; echo described(${variable});`,
  );
  const port = await freePort();
  const child = spawn(
    findPhp(),
    ['-n', '-d', 'display_errors=0', '-S', `127.0.0.1:${port}`, join(folder, 'index.php')],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  await started(child);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    ask: (what) => send(port, agent, what),
    close: () => {
      agent.destroy();
      child.kill();
      rmSync(folder, { recursive: true });
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function started(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('php -S did not start')));
    child.stderr?.on('data', (text) => String(text).includes('started') && resolve());
  });
}

function send(
  port: number,
  agent: Agent,
  what: { query?: string; cookie?: string; body?: string },
): Promise<string> {
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (what.cookie !== undefined) headers.cookie = what.cookie;
  const method = what.body === undefined ? 'GET' : 'POST';
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port, agent, method, headers, path: `/?${what.query ?? ''}` };
    const outgoing = request(options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve(text));
    });
    outgoing.on('error', reject).end(Buffer.from(what.body ?? '', 'latin1'));
  });
}
