// What the edge changes in requests and answers is what docs/security.md says, and nothing else.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { request, send, start, startBeforeBytes } from './hygiene/setting.ts';

const page = readFileSync(fileURLToPath(new URL('../../docs/security.md', import.meta.url)), 'utf8');
const [, list = ''] = page.split('## What the edge changes');
const [toUpstreams = '', answers = ''] = list.split('\nAnswers:');
const [requests = '', ofTrusted = '', toNew = '', toHost = ''] = toUpstreams.split(
  /\n(?:A trusted peer|To the upstream of a route|To an upstream with)/,
);

type Changes = { readonly dropped: string[]; readonly replaced: string[]; readonly added: string[] };

/** The fields of a table's rows, by the word with which the second cell begins. */
function told(table: string): Changes {
  const changes: Changes = { dropped: [], replaced: [], added: [] };
  for (const [, names = '', word = ''] of table.matchAll(/^\| (.*?) \| (dropped|replaced|added):/gm)) {
    for (const [, name = ''] of names.matchAll(/`([A-Za-z][\w-]*)`/g))
      changes[word as keyof Changes].push(name.toLowerCase());
  }
  return sorted(changes);
}

/** How two lists of lines `Name: value` differ; the order of what is in both is compared by itself. */
function found(before: readonly string[], after: readonly string[]): Changes {
  const name = (line: string) => line.split(':')[0]?.toLowerCase() ?? '';
  const values = (lines: readonly string[], of: string) =>
    JSON.stringify(lines.filter((line) => name(line) === of).map((line) => line.slice(of.length)));
  const [old, now] = [new Set(before.map(name)), new Set(after.map(name))];
  return sorted({
    dropped: [...old].filter((one) => !now.has(one)),
    replaced: [...old].filter((one) => now.has(one) && values(before, one) !== values(after, one)),
    added: [...now].filter((one) => !old.has(one)),
  });
}

function sorted({ dropped, replaced, added }: Changes): Changes {
  return { dropped: dropped.toSorted(), replaced: replaced.toSorted(), added: added.toSorted() };
}

const linesOf = (text: string) => text.split('\r\n\r\n')[0]?.split('\r\n').slice(1) ?? [];

/** Fields that must pass, odd ones among them; case, order, repetition and spaces within are kept. */
const PASSING = [
  ...[
    'Accept: */*',
    'accept-language: de,en;q=0.5',
    'ACCEPT-ENCODING: gzip',
    'Cache-Control: no-cache',
    'Cache-Control: max-age=0',
  ],
  ...[
    'User-Agent: a  b\tc',
    'Referer: http://x/?a=b',
    'Origin: null',
    'Range: bytes=0-1',
    'If-None-Match: "a", W/"b"',
    'DNT: 1',
  ],
  ...[
    'Cookie: a=1',
    'Cookie: b=2; c="x y"',
    'Authorization: Bearer a.b.c',
    'X-Requested-With: XMLHttpRequest',
    'X-CSRF-Token: \xe4\xff',
  ],
  ...[
    'X-Twice: 2',
    'X-Other: 0',
    'X-Twice: 1',
    'x-twice: 3',
    'X-Empty: ',
    'X-HTTP-Method-Override: PUT',
    'Via: 1.1 a',
    'Max-Forwards: 1',
  ],
  ...[
    'Content-Type: text/x',
    'X-Amzn-Trace-Id: a',
    'Sec-Fetch-Mode: cors',
    'Priority: u=1',
    'Upgrade-Insecure-Requests: 1',
    'Early-Data: 1',
  ],
];

test('requests reach legacy with the changes that the docs list', async () => {
  const { dropped, replaced } = told(requests);
  const changed = [...dropped, ...replaced].filter(
    (name) => !['connection', 'te', 'upgrade', 'expect'].includes(name),
  );
  const sent = [
    ...PASSING.slice(0, 10),
    ...changed.map((name) => `${name}: 1`),
    ...[
      'Upgrade: foo',
      'TE: gzip, trailers',
      'Expect: 100-continue',
      'Connection: close, X-Named',
      'X-Named: 1',
    ],
    ...PASSING.slice(10),
  ];
  const { edge, upstream } = await start();
  await send(edge, request('GET / HTTP/1.1', ['Host: shop.test', ...sent], ''));
  const received = linesOf(upstream.received[0]?.text ?? '');
  const changes = found(['Host: shop.test', ...sent], received);
  expect(changes).toEqual({ ...told(requests), dropped: [...dropped, 'x-named'].toSorted() });
  const kept = new Set(PASSING.map((line) => line.split(':')[0]));
  expect(received.filter((line) => kept.has(line.split(':')[0] ?? ''))).toEqual(PASSING);
});

/** How the fields that an upstream is sent differ from those of a request. */
async function changesOf(
  sent: readonly string[],
  options: Parameters<typeof start>[0],
  routesFor?: (origin: string) => string,
) {
  const { edge, upstream } = await start(options);
  if (routesFor) edge.setRoutes(routesFor(upstream.origin));
  const lines = ['Host: shop.test', ...sent, 'Connection: close'];
  await send(edge, request('GET /page HTTP/1.1', lines));
  const received = linesOf(upstream.received[0]?.text ?? '');
  const isOwn = (line: string) => /^connection:/i.test(line);
  return {
    received,
    changes: found(
      lines.filter((line) => !isOwn(line)),
      received.filter((line) => !isOwn(line)),
    ),
  };
}

/** What becomes of every forwarding field, of a stranger. */
const FORWARDING = [...told(requests).dropped, ...told(requests).replaced].filter((name) =>
  /^(?:forwarded|x-forwarded-.*|.*-ip|front-end-https)$/.test(name),
);
const SEEN = ['x-forwarded-host', 'x-forwarded-proto'];

test('of a trusted peer, forwarding fields are kept, at the end, in lower case and in one line each', async () => {
  expect(FORWARDING).toHaveLength(16);
  const own = [...SEEN, 'x-forwarded-for'];
  const others = FORWARDING.filter((name) => !own.includes(name));
  const sent = FORWARDING.flatMap((name) => [`${name.toUpperCase()}: a`, `${name}: b`]);
  const { changes, received } = await changesOf([...sent, 'X-Last: 1'], { trustedProxies: ['127.0.0.1'] });
  // Their two lines have become one; their values are compared below.
  expect(changes).toEqual({ dropped: [], replaced: FORWARDING.toSorted(), added: [] });
  expect(told(ofTrusted).replaced).toEqual(['x-forwarded-for']);
  expect(
    received.slice(received.indexOf('X-Last: 1') + 1).filter((line) => !/^connection:/i.test(line)),
  ).toEqual([
    'X-Forwarded-For: a, b, 127.0.0.1',
    'X-Forwarded-Host: a, b',
    'X-Forwarded-Proto: a, b',
    ...others.map((name) => `${name}: a, b`),
  ]);
});

test('of a trusted peer who does not say them, host and protocol are what the edge sees', async () => {
  const { changes, received } = await changesOf([], { trustedProxies: ['127.0.0.1'] });
  expect(changes).toEqual({ dropped: [], replaced: [], added: ['x-forwarded-for', ...SEEN] });
  expect(received).toEqual(
    expect.arrayContaining(['X-Forwarded-Host: shop.test', 'X-Forwarded-Proto: http']),
  );
});

test.each([
  ['new', '', told(toNew).dropped],
  ['new', ', methodOverride: true', []],
  ['legacy', '', []],
])(
  'on the way to the upstream of a route at stage %s%s, the docs’ fields are dropped',
  async (stage, more, dropped) => {
    const routes = `routes: { page: { match: GET /page, upstream: legacy, stage: ${stage}${more} } }`;
    expect(told(toNew).dropped).toHaveLength(3);
    const sent = told(toNew).dropped.map((name) => `${name}: PUT`);
    const { changes } = await changesOf([...PASSING.filter((line) => !/method/i.test(line)), ...sent], {
      routes,
    });
    expect(changes).toEqual({ dropped, replaced: [], added: ['x-forwarded-for', ...SEEN] });
  },
);

test('an upstream with a host of its own is sent that, and told the visitor’s', async () => {
  const routes = (origin: string) =>
    `routes: {}\nupstreams: { legacy: { url: "${origin}", host: php.internal } }`;
  const { changes, received } = await changesOf(PASSING, {}, routes);
  expect(changes).toEqual({ ...told(toHost), added: ['x-forwarded-for', ...SEEN] });
  expect(received).toEqual(expect.arrayContaining(['host: php.internal', 'X-Forwarded-Host: shop.test']));
});

const ANSWER = [
  ...[
    'Server: nginx/1.22',
    'Content-Type: text/html; charset=x',
    'Set-Cookie: a=1; path=/',
    'set-cookie: b=2',
    'Set-Cookie: a=3',
  ],
  ...[
    'ETag: W/"1"',
    'Last-Modified: Thu, 01 Jan 1970 00:00:00 GMT',
    'Vary: Accept',
    'Vary: Cookie',
    'X-Powered-By: PHP/8.2',
  ],
  ...[
    'Location: /a?b',
    'WWW-Authenticate: Basic realm="x"',
    'Cache-Control: private',
    'Strict-Transport-Security: max-age=1',
  ],
  ...[
    'X_Odd: 1',
    'X-Forwarded-For: 1',
    'Proxy: 1',
    'X-Accel-Redirect: /x',
    'Link: </a>; rel=preload',
    'X-B: \xe4\xff',
    'Content-Length: 2',
  ],
];

test('answers reach the visitor with the changes that the docs list', async () => {
  const { dropped, replaced } = told(answers);
  const changed = [...dropped, ...replaced].filter((name) => name !== 'connection' && name !== 'upgrade');
  const sent = [
    ...ANSWER.slice(0, 5),
    ...changed.map((name) => `${name}: x`),
    'Upgrade: foo',
    'Connection: close',
    ...ANSWER.slice(5),
  ];
  const edge = await startBeforeBytes((_text, socket) =>
    socket.end(`HTTP/1.1 200 Fine, thanks\r\n${sent.join('\r\n')}\r\n\r\nok`, 'latin1'),
  );
  // The visitor keeps his connection, so that both fields are the edge's own.
  const text = await send(
    edge,
    request('GET / HTTP/1.1', ['Connection: keep-alive']) + request('OPTIONS * HTTP/1.1'),
  );
  expect(text).toMatch(/^HTTP\/1\.1 200 Fine, thanks\r\n/);
  const received = linesOf(text);
  expect(found(sent, received)).toEqual(told(answers));
  const kept = new Set(ANSWER.map((line) => line.split(':')[0]));
  expect(received.filter((line) => kept.has(line.split(':')[0] ?? ''))).toEqual(ANSWER);
});
