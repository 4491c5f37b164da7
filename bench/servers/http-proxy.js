// http-proxy with connections kept alive to its upstream (its default is a new one for each request).

import { Agent, createServer } from 'node:http';
import httpProxy from 'http-proxy';

const target = process.env.UPSTREAM;
const proxy = httpProxy.createProxyServer({
  target,
  xfwd: true,
  agent: new Agent({ keepAlive: true, maxSockets: 256 }),
});
proxy.on('error', (_error, _req, res) => {
  if ('writeHead' in res) res.writeHead(502).end();
  else res.destroy();
});
const server = createServer((req, res) => proxy.web(req, res));
server.on('upgrade', (req, socket, head) => proxy.ws(req, socket, head));
server.listen(Number(process.env.PORT), '127.0.0.1');
