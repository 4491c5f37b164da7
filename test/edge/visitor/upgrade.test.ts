// Connections of which Node's server lets go, because something on them asked to upgrade.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { createEdgeServer } from '../../../src/edge/visitor/server.ts';
import { createExpressClasses } from '../../../src/native/express.ts';
import { signal } from '../http.ts';
import { visit } from '../raw-visitor.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

/** Asks for a protocol. */
function asking(protocol: string, what = 'GET /ws'): string {
  return `${what} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: ${protocol}\r\n\r\n`;
}

async function start(serve: (req: IncomingMessage, res: ServerResponse) => void): Promise<number> {
  const server = createEdgeServer({ classes: createExpressClasses(() => false), serve });
  open.push(() => server.drain(0));
  return (await server.listen({ host: '127.0.0.1', port: 0 })) ?? 0;
}

test.each([
  ['a WebSocket', asking('websocket')],
  ['h2c', asking('h2c')],
  ['a tunnel by CONNECT', asking('websocket', 'CONNECT b:443')],
])('%s that is asked for behind a complete answer harms nobody when the visitor resets', async (_, asks) => {
  const over = signal<unknown>();
  process.on('uncaughtException', over.resolve);
  open.push(async () => void process.off('uncaughtException', over.resolve));
  const port = await start((req, res) => {
    req.socket.on('close', () => over.resolve('closed'));
    res.end('whole');
  });
  const visitor = visit(port, `${GET}${asks}`);
  await visitor.until(/whole/);
  visitor.socket.resetAndDestroy();
  expect(await over.promise).toBe('closed');
});
