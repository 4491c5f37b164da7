// @fastify/http-proxy (undici underneath), its log off.

import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

const app = fastify({ logger: false });
await app.register(proxy, {
  upstream: process.env.UPSTREAM ?? '',
  websocket: true,
  undici: { connections: 256, pipelining: 1 },
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
