// One read a request, whoever asks; and what a request says of itself.
import { afterEach, expect, test } from 'vitest';
import { defineHandler } from '../../../src/native/define-handler.ts';
import { SessionReader } from '../../../src/stores/session/reader.ts';
import type { SessionRequest, SessionStore } from '../../../src/stores/session/store.ts';
import { startEdge, type TestEdge } from '../../edge/edge-in-one-process.ts';
import { ask } from '../../edge/http.ts';
import { asking } from './asking.ts';

const edges: TestEdge[] = [];

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
});

function counting() {
  const asked: SessionRequest[] = [];
  const sessions: SessionStore = {
    read: async (request) => {
      asked.push(request);
      return { kind: 'loaded', values: new Map([['n', 1]]), user: '7' };
    },
    close: () => {},
  };
  return { sessions, asked };
}

test('the place is asked when somebody first needs the session, and once', async () => {
  const { sessions, asked } = counting();
  const reader = new SessionReader(sessions, () => asking('PHPSESSID=a'));
  expect(asked).toEqual([]);
  const found = await Promise.all([reader.read(), reader.read()]);
  expect(found[0]).toBe(found[1]);
  expect(await reader.read()).toBe(found[0]);
  expect(asked).toHaveLength(1);
});

async function startWith(sessions: SessionStore): Promise<TestEdge> {
  const edge = await startEdge({
    routes: `{ unmatched: 404, routes: {
      me: { match: GET /me, handler: me, stage: new }, plain: { match: GET /plain, handler: plain, stage: new } } }`,
    handlers: {
      me: defineHandler(({ session }) => ({ user: session.user_id, n: session.get('n') })),
      plain: defineHandler({ session: false }, () => 'plain'),
    },
    stores: { sessions },
  });
  edges.push(edge);
  return edge;
}

test('a handler is given the session of its request', async () => {
  const { sessions, asked } = counting();
  const edge = await startWith(sessions);
  const headers = ['Host', 'shop.example.com', 'Cookie', 'PHPSESSID=abc', 'User-Agent', 'Firefox'];
  const { body } = await ask(edge.port, { path: '/me', headers });
  expect(JSON.parse(body)).toEqual({ user: '7', n: 1 });
  expect(asked).toEqual([
    {
      cookie: 'PHPSESSID=abc',
      host: 'shop.example.com',
      method: 'GET',
      userAgent: 'Firefox',
      address: '127.0.0.1',
    },
  ]);
});

test('a handler that needs no session has none read', async () => {
  const { sessions, asked } = counting();
  const edge = await startWith(sessions);
  expect((await ask(edge.port, { path: '/plain' })).body).toBe('plain');
  expect(asked).toEqual([]);
});
