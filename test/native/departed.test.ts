// Requests that reach their handler when their visitor has gone already.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { afterEach, expect, test } from 'vitest';
import { readBody } from '../../src/native/body.ts';
import { bodyLimits } from '../../src/native/body-limits.ts';
import { defineHandler, toHandler } from '../../src/native/define-handler.ts';
import type { NativeEnd } from '../../src/native/end.ts';
import { createHandlerRunner, type NativeRequest } from '../../src/native/run.ts';
import { createUploadFolder } from '../../src/native/upload-folder.ts';
import { open, serve } from '../edge/http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const uploads = createUploadFolder(tmpdir());
const OPTIONS = { bodyLimit: 1_000, uploads: { fileSize: 1_000, total: 1_000, files: 1 } };

/** Sends half a body, and gives `take` the request whose visitor is about to leave. */
async function departing<T>(take: (req: IncomingMessage, res: ServerResponse) => T): Promise<T> {
  let taken: (value: T) => void = () => {};
  const result = new Promise<T>((resolve) => {
    taken = resolve;
  });
  const server = await serve((req, res) => taken(take(req, res)));
  closers.push(server.close);
  const sent = open(server.port, { method: 'POST', headers: ['Content-Length', '10'] });
  sent.on('error', () => {}).write('a=1');
  return result;
}

test.each(['form', 'json', 'multipart'] as const)(
  'the body of one whose %s has been broken off is not waited for',
  async (kind) => {
    const read = await departing(async (req) => {
      req.headers['content-type'] = 'multipart/form-data; boundary=x';
      const closed = new Promise((resolve) => req.on('close', resolve));
      req.destroy();
      await closed;
      return readBody(req, kind, bodyLimits(OPTIONS, undefined), () => uploads.batch());
    });
    expect(read).toEqual({ ok: false, reason: 'aborted' });
  },
);

test('no handler is run for one whose connection has been destroyed', async () => {
  const runner = createHandlerRunner({
    ...{ uploads, onCacheRead: () => {}, onLateError: () => {}, now: () => performance.now() },
    stores: { database: undefined, cache: undefined, sessions: undefined },
  });
  let runs = 0;
  const late = defineHandler({ session: false }, () => {
    runs += 1;
    return 'late';
  });
  const handler = toHandler(late);
  if (!handler) throw new Error('it is a handler');
  const ends: NativeEnd[] = [];
  await departing((req, res) => {
    req.socket.destroy();
    const route = { name: 'page', limits: { inFlight: 1 }, timeouts: {} } as NativeRequest['route'];
    const request = { req, res, route, params: {}, requestId: '1', compression: 'none', session: undefined };
    runner.run(handler, request as NativeRequest, (end) => ends.push(end));
  });
  expect(ends).toEqual([{ kind: 'client-gone' }]);
  expect(runs).toBe(0);
});
