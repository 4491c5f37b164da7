// Who visits the shop: real logins through PHP, and sessions and cookies of every other kind.
import { type Literal, phpSession } from './php-literal.ts';
import type { Shop } from './shop.ts';

/** A visitor, as the Cookie header that shows who it is. */
export type Visitor = {
  readonly name: string;
  readonly cookie: string | undefined;
  /** The token that the shop's forms carry for this visitor. */
  readonly token: string;
  /** False for a name that is not UTF-8, which MySQL would not take. */
  readonly canBeStored: boolean;
};

const ANONYMOUS: Visitor = { name: 'anonymous', cookie: undefined, token: '', canBeStored: true };

/** Cookies that no session of the shop belongs to. */
const STRANGERS: readonly (readonly [name: string, cookie: string])[] = [
  ['unknown id', 'PHPSESSID=abcdefghijklmnopqrstuvwxyz'],
  ['unknown id with comma and dash', 'PHPSESSID=abc,efg-ijklmnopqrstuvwxyz'],
  ['id of 22', `PHPSESSID=${'a'.repeat(22)}`],
  ['id too short', `PHPSESSID=${'a'.repeat(21)}`],
  ['id too long', `PHPSESSID=${'a'.repeat(257)}`],
  ['id with a dot', 'PHPSESSID=abcdefghijkl.nopqrstuvwxyz'],
  ['id with a line break', 'PHPSESSID=abcdefghijklmnopqrstuvwxyz%0A'],
  ['empty id', 'PHPSESSID='],
  ['an array', 'PHPSESSID[]=abcdefghijklmnopqrstuvwxyz'],
  ['another cookie', 'theme=dark; PHPSESSIDX=abcdefghijklmnopqrstuvwxyz'],
  ['name in small letters', 'phpsessid=abcdefghijklmnopqrstuvwxyz'],
];

/** Names that have to be escaped somewhere. */
const NAMES: readonly Literal[] = [
  'Plain',
  "O'Brien & Söhne",
  '<script>alert("x")</script>',
  'emoji 🌴 / slash \\ back',
  'line\nbreak\u2028\u0001',
  '',
  Uint8Array.of(0x5a, 0x6f, 0xeb),
];

/** Logs people in, fills carts, and makes up everybody else. */
export async function gatherVisitors(shop: Shop): Promise<readonly Visitor[]> {
  const reader = await logIn(shop, 'reader@example.com', 'secret');
  const zoe = await logIn(shop, 'zoe@example.com', 'secret');
  const admin = await logIn(shop, 'admin@example.com', 'counter');
  await addToCart(shop, zoe.cookie, 7, 2);
  await addToCart(shop, zoe.cookie, 42, 31);
  const id = reader.cookie?.replace('PHPSESSID=', '') ?? '';
  return [
    ANONYMOUS,
    ...[reader, zoe, admin],
    {
      name: 'cart, not logged in',
      cookie: await addToCart(shop, undefined, 13, 3),
      token: '',
      canBeStored: true,
    },
    { name: 'logged out', cookie: await logOut(shop), token: '', canBeStored: true },
    ...STRANGERS.map(([name, cookie]) => ({ name, cookie, token: '', canBeStored: true })),
    { ...reader, name: 'first of two ids', cookie: `a=b; PHPSESSID=${id}; PHPSESSID=${'z'.repeat(26)}` },
    {
      ...reader,
      name: 'second of two ids',
      cookie: `PHPSESSID=${'z'.repeat(26)}; PHPSESSID=${id}`,
      token: '',
    },
    {
      ...reader,
      name: 'percent-encoded id',
      cookie: `PHPSESSID=%${id.charCodeAt(0).toString(16)}${id.slice(1)}`,
    },
    ...(await Promise.all(SESSIONS.map((session, index) => storeSession(shop, session, index)))),
  ];
}

const SESSIONS: readonly Record<string, Literal>[] = [
  ...NAMES.map((name, index) => ({
    user: [
      ['id', 4 + index],
      ['name', name],
      ['email', `${index}/x@example.com`],
      ['role', 'customer'],
    ] satisfies Literal,
    csrf_token: `token-${index}-<&">`,
    last_seen: 1,
  })),
  {},
  { user: null, csrf_token: 'nobody' },
  { user: [['name', 'No token']], cart: [] },
  {
    user: [
      ['id', '5'],
      ['name', 'Empty token'],
    ],
    csrf_token: '',
    cart: [
      [1, 99],
      [2, 99],
      ['9007199254740993', 1],
    ],
  },
  { csrf_token: 'not logged in', cart: [[7, 1]], other: [['a', [[0, true]]]] },
];

async function storeSession(shop: Shop, session: Record<string, Literal>, index: number): Promise<Visitor> {
  const id = `made-up-session-${String(index).padStart(10, '0')}`;
  await shop.cache.set(`memc.sess.key.${id}`, phpSession(session));
  const token = typeof session.csrf_token === 'string' ? session.csrf_token : '';
  return {
    name: `session ${index}`,
    cookie: `PHPSESSID=${id}`,
    token,
    canBeStored: !(NAMES[index] instanceof Uint8Array),
  };
}

async function logIn(shop: Shop, email: string, password: string): Promise<Visitor> {
  const answer = await post(shop, '/login', { email, password, next: '/account' });
  const cookie = /PHPSESSID=[^;]+/.exec(answer.all('set-cookie').at(-1) ?? '')?.[0];
  if (answer.status !== 302 || !cookie) throw new Error(`no login for ${email}: ${answer.status}`);
  const page = await shop.ask('legacy', '/products/7', { headers: { Cookie: cookie } });
  const token = /name="csrf_token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
  return { name: email, cookie, token, canBeStored: true };
}

async function logOut(shop: Shop): Promise<string | undefined> {
  const { cookie } = await logIn(shop, 'reader@example.com', 'secret');
  await shop.ask('legacy', '/logout', { headers: cookie ? { Cookie: cookie } : {} });
  return cookie;
}

async function addToCart(
  shop: Shop,
  cookie: string | undefined,
  id: number,
  qty: number,
): Promise<string | undefined> {
  const answer = await post(shop, '/cart/add', { product_id: String(id), qty: String(qty) }, cookie);
  return cookie ?? /PHPSESSID=[^;]+/.exec(answer.header('set-cookie') ?? '')?.[0];
}

function post(shop: Shop, target: string, fields: Record<string, string>, cookie?: string) {
  return shop.ask('legacy', target, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      ...(cookie ? { Cookie: cookie } : {}),
    },
    body: new URLSearchParams(fields).toString(),
  });
}
