// Sessions: what is none, absent, loaded or unreadable, and what handlers see.
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type PhpArray, PhpObject } from '../../../src/php/value.ts';
import { SessionMismatch } from '../../../src/stores/session/schema.ts';
import { Session } from '../../../src/stores/session/session.ts';
import { createSessionStore, type SessionStore } from '../../../src/stores/session/store.ts';
import { answer, type Behaviour, type FakeServer, startFakeServer } from '../memcache/fake-server.ts';
import { asking } from './asking.ts';

const ID = 'k2jd7n5v3qhd8s0c1m4b6a9e0f';
const opened: (FakeServer | SessionStore)[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

async function storeWith(behaviour: Behaviour, options = ''): Promise<SessionStore> {
  const server = await startFakeServer(behaviour);
  const store = createSessionStore(`memcached://127.0.0.1:${server.port}?timeout=100ms${options}`);
  opened.push(server, store);
  return store;
}

function holding(body: string, flags = 0): Behaviour {
  return (socket, request) => {
    const found = request.subarray(24).toString() === `memc.sess.key.${ID}`;
    socket.write(found ? answer(request, body, flags) : answer(request, 'Not found', 0, 1));
  };
}

describe('reading', () => {
  test.each([
    undefined,
    '',
    'other=1',
    'PHPSESSID=',
    'PHPSESSID=short',
    `PHPSESSID=${ID}%0a`,
    `PHPSESSID=../${ID}`,
    `PHPSESSID=${'a'.repeat(257)}`,
    `PHPSESSID[]=${ID}`,
    `phpsessid=${ID}`,
  ])('finds no session in the cookies %j, and asks nobody', async (cookies) => {
    const store = await storeWith(() => expect.unreachable());
    expect(await store.read(asking(cookies))).toEqual({ kind: 'none' });
  });

  test('loads the session that the first of two cookies names', async () => {
    const store = await storeWith(holding('uid|i:7;'));
    const read = await store.read(asking(`a=b; PHPSESSID=${ID}; PHPSESSID=${ID.replace('k', 'x')}`));
    expect(read).toEqual({ kind: 'loaded', values: new Map([['uid', 7]]) });
  });

  test('loads a session without data', async () => {
    const store = await storeWith(holding(''));
    expect(await store.read(asking(`PHPSESSID=${ID}`))).toEqual({ kind: 'loaded', values: new Map() });
  });

  test('says that a session is absent', async () => {
    const store = await storeWith(holding('uid|i:7;'));
    expect(await store.read(asking(`PHPSESSID=${ID.replace('k', 'x')}`))).toEqual({ kind: 'absent' });
  });

  test('reads other names, prefixes and serializers', async () => {
    const store = await storeWith(
      (socket, request) =>
        socket.write(
          answer(request, request.subarray(24).toString() === `app:${ID}` ? 'a:1:{s:1:"u";i:1;}' : 'broken'),
        ),
      '&name=SID&prefix=app:&serializer=php_serialize',
    );
    expect(await store.read(asking(`SID=${ID}`))).toEqual({ kind: 'loaded', values: new Map([['u', 1]]) });
  });

  test.each<[string, Behaviour]>([
    ['a server that does not answer', () => {}],
    ['a server that closes', (socket) => socket.end()],
    ['broken data', holding('uid|i:7')],
    ['an item of another type', holding('1', 1)],
    ['a damaged packed item', holding('xxxxxxxx', 0x30)],
  ])('never fails open: %s makes it unreadable', async (_, behaviour) => {
    const store = await storeWith(behaviour);
    expect(await store.read(asking(`PHPSESSID=${ID}`))).toEqual({
      kind: 'unreadable',
      reason: expect.any(String),
    });
  });

  test('sends a read and, once a minute, a renewal; never a write', async () => {
    const opcodes: number[] = [];
    const store = await storeWith((socket, request) => {
      opcodes.push(request[1] ?? -1);
      socket.write(answer(request, 'uid|i:7;'));
    });
    await store.read(asking(`PHPSESSID=${ID}`));
    await store.read(asking(`PHPSESSID=${ID}`));
    const [getWithKey, touch] = [0x0c, 0x1c];
    expect(opcodes).toEqual([getWithKey, touch, getWithKey]);
  });
});

describe('what handlers see', () => {
  const values = new Map([
    [
      'Auth',
      new Map([
        [
          'User',
          new Map<string, string | null>([
            ['name', 'Ada'],
            ['mail', null],
          ]),
        ],
      ]),
    ],
  ]);
  const session = Session.of({ kind: 'loaded', values });

  test('finds values by path, and tells null from a value as isset does', () => {
    expect(session.exists).toBe(true);
    expect(session.get('Auth.User.name')).toBe('Ada');
    expect(session.get('Auth.User.mail')).toBeNull();
    expect([session.has('Auth.User.name'), session.has('Auth.User.mail'), session.has('Auth.x')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test('shows no session for none and absent', () => {
    for (const kind of ['none', 'absent'] as const) expect(Session.of({ kind }).exists).toBe(false);
    expect(Session.none.get('Auth')).toBeUndefined();
  });

  test('gives a value as a schema says, of zod or of anything with a parse', () => {
    const user = session.parse('Auth.User', z.object({ name: z.string() }));
    expect(user?.name.length).toBe(3);
    expect(session.parse('Auth.User.name', { parse: (value) => `${value}!` })).toBe('Ada!');
  });

  test('gives undefined where there is nothing to parse, and refuses what does not fit', () => {
    expect(session.parse('Auth.Admin', z.string())).toBeUndefined();
    expect(session.parse('Auth.User.mail', z.string())).toBeUndefined();
    expect(() => session.parse('Auth.User.name', z.number())).toThrow(SessionMismatch);
    expect(() => session.parse('Auth.User.name', z.number())).toThrow("the session's Auth.User.name is not");
  });

  test('walks into private and protected properties', () => {
    const properties: PhpArray = new Map();
    properties.set('\0*\0fields', new Map([['id', 7]]));
    properties.set('\0App\\User\0email', 'ada@example.com');
    const values = new Map([['user', new PhpObject('App\\User', { properties })]]);
    const seen = Session.of({ kind: 'loaded', values });
    expect([seen.get('user.fields.id'), seen.get('user.email')]).toEqual([7, 'ada@example.com']);
  });
});
