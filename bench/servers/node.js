// The same answer from node:http alone.

import { createServer } from 'node:http';
import { page } from './page.js';

const body = page();

const server = createServer((_req, res) => {
  res.writeHead(200, {
    'Cache-Control': 'no-store',
    'Content-Type': 'text/html; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  res.end(body);
});
server.listen(Number(process.env.PORT), '127.0.0.1');
