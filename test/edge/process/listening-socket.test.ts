// The socket that browsers connect to.
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bindSocket } from '../../../src/edge/process/listening-socket.ts';
import { serve } from '../http.ts';

test('port 0 takes a free one, and the name says which', async () => {
  const bound = await bindSocket({ kind: 'address', host: '127.0.0.1', port: 0 });
  expect(bound.ok && bound.socket.name).toMatch(/^127\.0\.0\.1:[1-9]\d*$/);
  expect(bound.ok && bound.socket.fd).toBeGreaterThan(2);
  if (bound.ok) bound.socket.close();
});

test('a port that is taken is said to be', async () => {
  const other = await serve(() => {});
  const bound = await bindSocket({ kind: 'address', host: '127.0.0.1', port: other.port });
  expect(bound).toEqual({
    ok: false,
    message: `cannot listen on 127.0.0.1:${other.port}: the port is taken`,
  });
  await other.close();
});

test('a host that cannot be found is said to be', async () => {
  const bound = await bindSocket({ kind: 'address', host: 'no-such-host.invalid', port: 0 });
  expect(bound).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^cannot listen on no-such-host\.invalid:0: /),
  });
});

test('an address that is not ours is said to be', async () => {
  const bound = await bindSocket({ kind: 'address', host: '203.0.113.1', port: 0 });
  expect(bound).toMatchObject({
    ok: false,
    message: expect.stringMatching(/^cannot listen on 203\.0\.113\.1:0: /),
  });
});

test.each(['a file', 'nothing'])('a descriptor that is %s is no socket', async (what) => {
  const fd = openSync(fileURLToPath(import.meta.url), 'r');
  if (what === 'nothing') closeSync(fd);
  expect(await bindSocket({ kind: 'fd', fd })).toEqual({
    ok: false,
    message: `LISTEN=fd:${fd}, but descriptor ${fd} is no socket`,
  });
  if (what === 'a file') closeSync(fd);
});
