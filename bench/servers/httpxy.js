// httpxy, set up as http-proxy is.

import { Agent, createServer } from 'node:http';
import { Socket } from 'node:net';
import { createProxyServer } from 'httpxy';

const target = process.env.UPSTREAM ?? '';
const proxy = createProxyServer({
  target,
  xfwd: true,
  agent: new Agent({ keepAlive: true, maxSockets: 256 }),
});
proxy.on('error', (_error, _req, res) => {
  if (res && 'writeHead' in res) res.writeHead(502).end();
  else res?.destroy();
});
const server = createServer((req, res) => void proxy.web(req, res));
server.on('upgrade', (req, socket, head) => {
  if (socket instanceof Socket) void proxy.ws(req, socket, {}, head);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
