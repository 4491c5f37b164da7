// Random tables and requests for properties: few words, so that they meet often.
import fc from 'fast-check';
import type { TableSpec } from '../../src/routing/route.ts';
import type { Extras, Written } from './patterns.ts';

const UUID = '123e4567-e89b-12d3-a456-426614174000';

/** Segments of patterns; `@` becomes a name that stands once in its pattern. */
const SEGMENTS = [
  ...['a', 'B', '7', 'de', 'a-1', 'caf%C3%A9', 'x;y'],
  ...[':@', ':@<int>', ':@<hex>', ':@<slug>', ':@<uuid>', ':@<de|fr>', ':@<de|a>', ':@<7|B>'],
  ...[
    'a-:@',
    ':@-1',
    'a-:@<int>',
    ':@<slug>-:@<int>',
    ':@-:@<int>',
    ':@<slug>-:@',
    ':@<a|de>-:@',
    ':@.x',
    'a:@',
    ':@<int>1',
  ],
];

/** The end of a path: nothing, a slash, or a tail. */
const ending = fc.constantFrom('', '', '', '/', '/*');

/** Paths of a few segments: with more of them, two patterns would hardly ever meet. */
const pathOf = (pool: readonly string[]) =>
  fc
    .tuple(fc.array(fc.constantFrom(...pool), { maxLength: 2 }), ending)
    .map(([segments, end]) => `/${segments.join('/')}${segments.length === 0 ? end.replace('/', '') : end}`);

const CONDITIONS = [
  'q',
  '!q',
  'q=1',
  'q=2',
  'q=:@<int>',
  'q=:@<1|x>',
  'r=1',
  'r',
  '!r',
  'f[a]=1',
  'f[a]',
  '!f[a]',
  'f',
];

const conditions = fc
  .option(fc.uniqueArray(fc.constantFrom(...CONDITIONS), { maxLength: 3 }), { nil: [], freq: 2 })
  .map((texts) => (texts.length === 0 ? '' : `?${texts.join('&')}`));

const host = fc.constantFrom(
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  '',
  'a.example',
  'b.a.example',
  '*.a.example',
  '*.example',
);
const methods = fc.constantFrom('GET', 'GET', 'POST', 'GET,POST', 'HEAD', 'ANY');

const matchOf = (pool: readonly string[]) =>
  fc.tuple(methods, host, pathOf(pool), conditions).map(([names, where, segments, query]) => {
    let parameters = 0;
    const numbered = `${segments}${query}`.replace(/@/g, () => {
      parameters += 1;
      return `p${parameters}`;
    });
    return `${names} ${where}${numbered}`;
  });

const WHEN = [
  'header x-a=1',
  'header x-a~1',
  'header x-a',
  'header !x-a',
  'cookie c=1',
  'cookie !c',
  'header x-b',
];
const BODIES: readonly Record<string, string>[] = [
  { k: '1' },
  { k: '2' },
  { l: '1' },
  { k: '1', l: '1' },
  { 'm[a]': '1' },
];

const sometimes = <Value>(value: fc.Arbitrary<Value>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value });

const routeOf = (pool: readonly string[]) =>
  fc
    .record({
      match: fc.array(matchOf(pool), { minLength: 1, maxLength: 2 }),
      body: fc.oneof({ weight: 4, arbitrary: fc.constant({}) }, fc.constantFrom(...BODIES)),
      when: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        fc.uniqueArray(fc.constantFrom(...WHEN), { maxLength: 2 }),
      ),
      stage: fc.constantFrom('legacy', 'legacy', 'new', 'canary 5%', 'gone'),
      handles: fc.boolean(),
      respelled: fc.constantFrom('refuse' as const, 'legacy' as const),
    })
    .map(({ handles, ...written }): Written => ({ ...written, ...(handles ? { newSide: HANDLER } : {}) }));

const HANDLER = {
  ...{ kind: 'handler' as const, key: 'a#default', module: 'a', exportName: 'default' },
  position: { file: 'routes.yaml', line: 1, column: 1 },
};

/** Some routes, by name. Many of them conflict. */
export const randomRoutes = (maxLength: number) =>
  fc
    .uniqueArray(fc.constantFrom(...SEGMENTS), { minLength: 1, maxLength: 4 })
    .chain((pool) => fc.array(routeOf(pool), { minLength: 1, maxLength }))
    .map((routes) =>
      Object.fromEntries(routes.map((written, index): [string, Written] => [`r${index}`, written])),
    );

/** How paths are compared. */
export const randomPaths: fc.Arbitrary<TableSpec['paths']> = fc.record({
  trailingSlash: fc.constantFrom('strict', 'ignore'),
  case: fc.constantFrom('strict', 'ignore'),
});

/** What requests have in the place of parameters, or of anything. */
const PIECES = [
  ...[
    'a',
    'B',
    '7',
    '1',
    'de',
    'fr',
    'x',
    'a-1',
    'a-b-1',
    'A-1-1',
    'de-7',
    '-1',
    'a-',
    'a%2D1',
    '%61',
    'x.x',
    '71',
    'g',
    UUID,
  ],
  ...[
    'x;y',
    ';a',
    'a;b=1',
    '..',
    '.',
    '',
    'a%2Fb',
    '%2F',
    'a%5Cb',
    '%252F',
    '%2e%2e%2fa',
    '..%2fde',
    'a%00',
    '%253Bx',
    '%C3%A9',
  ],
];

const QUERIES = [
  '',
  'q',
  'q=1',
  'q=2',
  'q=x',
  'q=1&r=1',
  'r=1',
  'r',
  'f[a]=1',
  'f[a]=2&q=1',
  'f=1',
  'q[]=1',
  'q=2&q=1',
];

/** A request near to what one of some routes takes: `METHOD [host]/path?query`, and what else it has. */
export type RandomRequest = { readonly request: string; readonly extras: Extras };

/** Requests for some routes: each begins as one of their addresses, and many are changed somewhere. */
export function randomRequests(routes: Readonly<Record<string, Written>>): fc.Arbitrary<RandomRequest> {
  const addresses = Object.values(routes).flatMap(({ match: texts, body }) =>
    [texts].flat().map((text) => ({ text, body: new URLSearchParams(body).toString() })),
  );
  return fc
    .record({
      address: fc.constantFrom(...addresses),
      pieces: fc.array(fc.constantFrom(...PIECES), { minLength: 6, maxLength: 6 }),
      method: sometimes(fc.constantFrom('GET', 'POST', 'HEAD', 'PUT')),
      host: sometimes(fc.constantFrom('', 'a.example', 'b.a.example', 'c.example')),
      replaced: sometimes(fc.nat(3)),
      query: sometimes(fc.constantFrom(...QUERIES)),
      header: sometimes(fc.constantFrom('1', '21', '2')),
      cookie: sometimes(fc.constantFrom('1', '2')),
      body: fc.option(fc.constantFrom(undefined, null, '', 'k=1', 'k=2', 'k=1&l=1'), { nil: 'own', freq: 2 }),
    })
    .map(({ address, pieces, header, cookie, body, ...changes }) => ({
      request: requestFor(address.text, pieces, changes),
      extras: {
        headers: header === undefined ? {} : { 'x-a': header },
        cookies: cookie === undefined ? {} : { c: cookie },
        ...(body === undefined ? { isUnread: true } : { body: body === 'own' ? address.body : body }),
      },
    }));
}

type Changes = {
  readonly method: string | undefined;
  readonly host: string | undefined;
  readonly replaced: number | undefined;
  readonly query: string | undefined;
};

function requestFor(text: string, pieces: readonly string[], changes: Changes): string {
  const [, methods = '', host = '', path = '', query = ''] = /^(\S+) ([^/]*)([^?]*)(.*)$/.exec(text) ?? [];
  let used = 0;
  const next = () => {
    used += 1;
    return pieces[used % pieces.length] ?? '';
  };
  const fill = (part: string) =>
    part.replace(/:p\d(?:<([^>]*)>)?/g, (_, type?: string) => sample(type, next()));
  const segments = path
    .slice(1)
    .split('/')
    .map((part, index) => (part === '*' || index === changes.replaced ? next() : fill(part)));
  const asked = changes.query ?? fill(query.slice(1).replace(/![^&]*&?/g, ''));
  return [
    changes.method ?? methods.replace('ANY', 'PUT').split(',')[0],
    `${changes.host ?? host.replace('*.', 'b.')}/${segments.join('/')}${asked === '' ? '' : `?${asked}`}`,
  ].join(' ');
}

/** A text that a type takes, or the piece as it is where the type takes anything. */
function sample(type: string | undefined, piece: string): string {
  switch (type) {
    case undefined:
      return piece;
    case 'int':
      return piece.length % 2 === 0 ? '7' : '71';
    case 'hex':
      return piece.length % 2 === 0 ? 'a1' : '7';
    case 'slug':
      return piece.length % 2 === 0 ? 'a-1' : 'x-de-7';
    case 'uuid':
      return UUID;
    default:
      return type.split('|')[piece.length % 2] ?? '';
  }
}
