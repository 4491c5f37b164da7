// Express 5 with http-proxy-middleware, connections kept alive to its upstream.

import { Agent } from 'node:http';
import express from 'express';
import { createProxyMiddleware } from 'http-proxy-middleware';

const app = express();
app.disable('x-powered-by');
app.use(
  createProxyMiddleware({
    target: process.env.UPSTREAM,
    xfwd: true,
    ws: true,
    agent: new Agent({ keepAlive: true, maxSockets: 256 }),
  }),
);
app.listen(Number(process.env.PORT), '127.0.0.1');
