// Which header fields cross the edge.
import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Caller, visitorOrigin } from '../../src/edge/fields/caller.ts';
import { single } from '../../src/edge/fields/raw.ts';
import { cleanForHandler } from '../../src/edge/fields/to-handler.ts';
import { upstreamRequestHeaders } from '../../src/edge/fields/to-upstream.ts';
import { visitorResponseHeaders } from '../../src/edge/fields/to-visitor.ts';

const stranger: Caller = { peer: '203.0.113.9', trusted: false, protocol: 'http', host: 'shop.example.com' };
const proxy: Caller = { ...stranger, peer: '10.0.0.1', trusted: true };
const TO_LEGACY = { host: undefined, methodOverride: true };
const ADDED = [
  'X-Forwarded-For: 203.0.113.9',
  'X-Forwarded-Host: shop.example.com',
  'X-Forwarded-Proto: http',
];

/** Fields as lines, `Name: value`. */
function lines(flat: readonly string[]): readonly string[] {
  return flat.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${flat[index + 1]}`] : []));
}

function flat(fields: readonly string[]): string[] {
  return fields.flatMap((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trimStart(),
  ]);
}

/** What an upstream gets; the Host that the edge adds to a request without one is left out. */
function toUpstream(fields: readonly string[], caller: Caller = stranger): readonly string[] {
  const sent = lines(upstreamRequestHeaders(flat(fields), caller, TO_LEGACY));
  const hasHost = fields.some((line) => /^host:/i.test(line));
  return hasHost ? sent : sent.filter((line) => line !== `Host: ${caller.host}`);
}
const toVisitor = (fields: readonly string[]) =>
  lines(visitorResponseHeaders(flat(fields), false, (_field, value) => value));

describe('a request', () => {
  test('keeps order, case and repetition of its fields', () => {
    const fields = ['ACCEPT: a', 'x-Multi: 1', 'Cookie: a=1', 'X-MULTI: 2', 'Content-Type: t', 'x-Multi: 1'];
    expect(toUpstream(fields)).toEqual([...fields, ...ADDED]);
  });

  test('keeps the bytes of its values', () => {
    expect(toUpstream(['X-Name: caf\u00e9\u00ff', 'X-Empty: '])).toEqual([
      'X-Name: caf\u00e9\u00ff',
      'X-Empty: ',
      ...ADDED,
    ]);
  });

  test.each([
    'Connection: close',
    'Keep-Alive: timeout=5',
    'Proxy-Authenticate: Basic',
    'Proxy-Authorization: Basic eA==',
    'Proxy-Connection: keep-alive',
    'TE: gzip',
    'Trailer: X-Sum',
    'Transfer-Encoding: chunked',
    'Upgrade: websocket',
    'HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA',
    'Expect: 100-continue',
  ])('leaves %s behind: it concerns one connection', (field) => {
    expect(toUpstream([field, 'X-Kept: 1'])).toEqual(['X-Kept: 1', ...ADDED]);
  });

  test.each(['Proxy: http://evil', 'X-Original-URL: /admin', 'X-Rewrite-URL: /admin', 'x-banyan: 1'])(
    'leaves %s behind: it makes another request of it',
    (field) => {
      expect(toUpstream([field, field.toUpperCase()], proxy).filter((line) => !/^X-Forw/.test(line))).toEqual(
        [],
      );
    },
  );

  test.each(['X_Forwarded_For: 1.2.3.4', 'Content_Length: 3', 'a_b: 1', '_: 1'])(
    'leaves %s behind: PHP takes _ for -',
    (field) => {
      expect(toUpstream([field], proxy).filter((line) => !/^X-Forw/.test(line))).toEqual([]);
    },
  );

  test('leaves behind what Connection names, whatever the case and the number of lines', () => {
    const fields = [
      'X-One: 1',
      'Connection: keep-alive, x-one',
      'connection: X-TWO ,,close',
      'x-two: 2',
      'X-Three: 3',
    ];
    expect(toUpstream(fields)).toEqual(['X-Three: 3', ...ADDED]);
  });

  test.each([
    'Host: shop.example.com',
    'Cookie: a=1',
    'Authorization: Basic eA==',
    'Content-Length: 3',
    'Content-Type: t',
  ])('keeps %s even where Connection names it', (field) => {
    const [name] = field.split(':');
    expect(toUpstream([`Connection: ${name}`, field])).toEqual([field, ...ADDED]);
  });

  test('keeps the forwarding fields of the edge even where Connection names them', () => {
    expect(toUpstream(['Connection: X-Forwarded-For, X-Forwarded-Proto, X-Forwarded-Host'])).toEqual(ADDED);
  });

  test('has the Host that the edge has read', () => {
    expect(toUpstream(['hOST: a', 'X: 1'], { ...stranger, host: 'b' })[0]).toBe('hOST: b');
  });
});

describe('forwarding fields', () => {
  const CLAIMS = [
    'X-Forwarded-For: 1.1.1.1',
    'X-Forwarded-Host: claimed.example',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Port: 443',
    'X-Forwarded-Prefix: /p',
    'X-Forwarded-Ssl: on',
    'Forwarded: for=1.1.1.1',
    'X-Real-IP: 1.1.1.1',
    'X-Client-IP: 1.1.1.1',
    'X-Cluster-Client-IP: 1.1.1.1',
    'True-Client-IP: 1.1.1.1',
    'CF-Connecting-IP: 1.1.1.1',
    'Front-End-Https: on',
  ];

  test('of a stranger are replaced', () => {
    expect(toUpstream(CLAIMS)).toEqual(ADDED);
  });

  test('of a trusted peer are believed, and the peer is added to the chain', () => {
    expect(toUpstream(CLAIMS, proxy)).toEqual([
      'X-Forwarded-For: 1.1.1.1, 10.0.0.1',
      'X-Forwarded-Host: claimed.example',
      'X-Forwarded-Proto: https',
      ...CLAIMS.slice(3).map((line) => line.replace(/^[^:]*/, (name) => name.toLowerCase())),
    ]);
  });

  test('of a trusted peer on several lines are one chain', () => {
    const chain = toUpstream(['X-Forwarded-For: 1.1.1.1', 'x-forwarded-for: 2.2.2.2, 3.3.3.3'], proxy);
    expect(chain[0]).toBe('X-Forwarded-For: 1.1.1.1, 2.2.2.2, 3.3.3.3, 10.0.0.1');
  });

  test('are made where a trusted peer sends none', () => {
    expect(toUpstream([], proxy)).toEqual(['X-Forwarded-For: 10.0.0.1', ...ADDED.slice(1)]);
  });
});

describe('a handler', () => {
  const SENT = [
    ...['Host: shop.example.com', 'X-Forwarded-For: 6.6.6.6', 'X_Forwarded_For: 7.7.7.7', 'X-Twice: 1'],
    ...['Proxy: evil', 'X-HTTP-Method-Override: PUT', 'TE: trailers', 'x-twice: 2', 'X-Banyan: 1'],
  ];

  /** What a handler finds in a request, as lines; the other ways to look at it must find the same. */
  function toHandler(fields: readonly string[], caller: Caller, methodOverride = false): readonly string[] {
    const req = new IncomingMessage(new Socket());
    const raw = flat(fields);
    // As Node's parser does it; it is undocumented, and so not in Node's types.
    (req as IncomingMessage & { _addHeaderLines(raw: string[], n: number): void })._addHeaderLines(
      raw,
      raw.length,
    );
    const { headers } = req;
    cleanForHandler(req, caller, methodOverride);
    const { headersDistinct } = req;
    expect(Object.keys(headersDistinct)).toEqual(Object.keys(headers));
    expect(headersDistinct['x-twice']).toEqual(headers['x-twice']?.toString().split(', '));
    return lines(req.rawHeaders);
  }

  test('finds nothing of what a stranger may not tell it, wherever it looks', () => {
    expect(toHandler(SENT, stranger)).toEqual([
      'Host: shop.example.com',
      'X-Twice: 1',
      'TE: trailers',
      'x-twice: 2',
    ]);
  });

  test('finds what a trusted peer has forwarded, and another method where its route lets it', () => {
    expect(toHandler(SENT, proxy, true)).toEqual(SENT.filter((line) => !/_|^Proxy|^X-Banyan/.test(line)));
  });

  test('finds the host of an absolute target, and not the other one', () => {
    expect(toHandler(['HOST: evil.example', 'A: 1'], stranger)).toEqual(['HOST: shop.example.com', 'A: 1']);
  });
});

describe('the origin that the visitor knows', () => {
  test.each<[string, string, Caller, string]>([
    ['https', 'www.example.com', proxy, 'https://www.example.com'],
    ['https, http', 'www.example.com, inner', proxy, 'https://www.example.com'],
    ['http,https', ' , inner', proxy, 'http://shop.example.com'],
    ['https', 'www.example.com', stranger, 'http://shop.example.com'],
  ])('told as %s and %s', (protocol, host, caller, origin) => {
    const raw = ['X-Forwarded-Proto', protocol, 'X-Forwarded-Host', host];
    expect(visitorOrigin(raw, caller)).toBe(origin);
  });
});

describe('an answer', () => {
  test('keeps order, case and repetition of its fields', () => {
    const fields = [
      'set-cookie: a=1',
      'X-Powered-By: PHP',
      'Set-Cookie: b=2',
      'SET-COOKIE: a=1',
      'server: x',
    ];
    expect(toVisitor(fields)).toEqual(fields);
  });

  test('keeps the bytes of its values', () => {
    expect(toVisitor(['X-Name: caf\u00e9\u00ff'])).toEqual(['X-Name: caf\u00e9\u00ff']);
  });

  test('leaves behind what concerns one connection, and what Connection names', () => {
    const fields = [
      'Connection: close, X-Hop',
      'X-Hop: 1',
      'Keep-Alive: 5',
      'Transfer-Encoding: chunked',
      'A: 1',
    ];
    expect(toVisitor(fields)).toEqual(['A: 1']);
  });

  test('keeps names with _: only requests meet PHP', () => {
    expect(toVisitor(['x_y: 1'])).toEqual(['x_y: 1']);
  });
});

describe('single', () => {
  test.each<[readonly string[], number, string | undefined]>([
    [[], 0, undefined],
    [['Hosts: a', 'X-Host: b'], 0, undefined],
    [['HOST: a'], 1, 'a'],
    [['Host: a', 'host: b'], 2, 'b'],
  ])('of host in %j counts %d', (fields, count, value) => {
    expect(single(flat(fields), 'host')).toEqual({ count, value });
  });
});

describe('a request without Host', () => {
  test('is given the one of its absolute target', () => {
    expect(lines(upstreamRequestHeaders([], stranger, TO_LEGACY))).toEqual([
      'Host: shop.example.com',
      ...ADDED,
    ]);
  });

  test('that names no host at all is given none', () => {
    const sent = lines(upstreamRequestHeaders([], { ...stranger, host: '' }, TO_LEGACY));
    expect(sent).toEqual(['X-Forwarded-For: 203.0.113.9', 'X-Forwarded-Proto: http']);
  });
});
