// Text of a routes file → its table, or everything that is wrong with it.
import { describe, expect, test } from 'vitest';
import { type LoadContext, loadRoutes, tableWithoutFile } from '../../src/routes-file/load.ts';
import type { Problem } from '../../src/routing/problem.ts';
import type { TableSpec } from '../../src/routing/route.ts';

const VARIABLES: Readonly<Record<string, string>> = {
  API_URL: 'http://api.internal:4000',
  EMPTY: '',
  SECRET_URL: 'http://user:secret@host/path',
};
const context: LoadContext = {
  file: 'routes.yaml',
  legacyUrl: 'http://127.0.0.1:8080',
  variable: (name) => VARIABLES[name],
};

function load(text: string, more: Partial<LoadContext> = {}): TableSpec {
  const result = loadRoutes(text, { ...context, ...more });
  if (!result.ok) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  return result.spec;
}

function problems(text: string, more: Partial<LoadContext> = {}): readonly Problem[] {
  const result = loadRoutes(text, { ...context, ...more });
  return result.ok ? [] : result.problems;
}

/** `code line:column message → cure` of each problem. */
function told(text: string, more: Partial<LoadContext> = {}): readonly string[] {
  return problems(text, more).map(
    ({ code, position, message, cure }) => `${code} ${position.line}:${position.column} ${message} → ${cure}`,
  );
}

/** `code line:column` of each problem. */
function places(text: string, more: Partial<LoadContext> = {}): readonly string[] {
  return problems(text, more).map(({ code, position }) => `${code} ${position.line}:${position.column}`);
}

describe('a whole file', () => {
  const spec = load(`
upstreams:
  legacy: \${LEGACY:-http://php:8080}
  api:
    url: \${API_URL}
    timeouts: { connect: 250ms, headers: 1.5s }
routes:
  product-page:
    match: GET /products/:id<int>
    also: [ "GET /index.php?page=product&id=:id<int>" ]
    handler: products/show
    stage: new
  cart-count: { match: POST /ajax.php, handler: cart#count, fallback: none }
  api: { match: GET /api/*, upstream: api, stage: new }
  about: { match: GET /about.html, redirect: 301 /pages/about, stage: new }
  export: { match: ANY /export.php, stage: gone }
`);

  test('gives its routes in the order of the file', () => {
    expect(spec.routes.map(({ name, stage, fallback }) => [name, stage.word, fallback])).toEqual([
      ['product-page', 'new', 'legacy'],
      ['cart-count', 'legacy', 'none'],
      ['api', 'new', 'legacy'],
      ['about', 'new', 'legacy'],
      ['export', 'gone', 'legacy'],
    ]);
  });

  test('gives each route its new side', () => {
    expect(spec.routes.map(({ newSide }) => newSide ?? 'none')).toMatchObject([
      { kind: 'handler', key: 'products/show#default', module: 'products/show', exportName: 'default' },
      { kind: 'handler', key: 'cart#count', module: 'cart', exportName: 'count' },
      { kind: 'upstream', upstream: 'api' },
      { kind: 'redirect', status: 301, location: '/pages/about' },
      'none',
    ]);
  });

  test('gives `match` first and then `also`', () => {
    expect(spec.routes[0]?.patterns.map(({ text }) => text)).toEqual([
      'GET /products/:id<int>',
      'GET /index.php?page=product&id=:id<int>',
    ]);
  });

  test('fills in the limits of the file, and those of a route over them', () => {
    const text = `
limits: { body: 1.5MiB, fields: 20 }
upstreams: { legacy: "http://php" }
routes:
  one: { match: GET /one }
  two: { match: GET /two, limits: { body: 16KiB, inFlight: 5 }, timeouts: { total: 5m }, methodOverride: true }
`;
    const { limits, routes } = load(text);
    expect(limits).toEqual({
      ...{ body: 1_572_864, inFlight: 1_000, url: 16_384, fields: 20, connections: 10_000 },
    });
    expect(routes.map((route) => [route.limits, route.timeouts, route.methodOverride])).toEqual([
      [{ body: 1_572_864, inFlight: 1_000 }, {}, false],
      [{ body: 16_384, inFlight: 5 }, { total: 300_000 }, true],
    ]);
  });

  test('gives its upstreams, with every timeout in milliseconds', () => {
    expect(spec.upstreams).toEqual([
      {
        name: 'legacy',
        origins: ['http://php:8080'],
        written: [`\${LEGACY:-http://php:8080}`],
        host: undefined,
        rewrite: false,
        timeouts: { connect: 3_000, headers: 60_000, idle: 60_000, total: undefined },
      },
      {
        name: 'api',
        origins: ['http://api.internal:4000'],
        written: [`\${API_URL}`],
        host: undefined,
        rewrite: false,
        timeouts: { connect: 250, headers: 1_500, idle: 60_000, total: undefined },
      },
    ]);
  });

  test('sends what no route matches to legacy', () => {
    expect(spec.unmatched).toBe('legacy');
  });
});

describe('where legacy is', () => {
  test('is what the file declares, before LEGACY_URL', () => {
    expect(load('upstreams: { legacy: "http://php:80" }\nroutes: {}').upstreams[0]?.origins[0]).toBe(
      'http://php',
    );
  });

  test('is LEGACY_URL where the file does not say', () => {
    expect(load('routes: {}').upstreams).toMatchObject([
      { name: 'legacy', origins: ['http://127.0.0.1:8080'] },
    ]);
  });

  test('must be known while anything may go there', () => {
    const nowhere = { legacyUrl: undefined };
    expect(places('routes: {}', nowhere)).toEqual(['missing-legacy 1:1']);
    expect(places('unmatched: 404\nroutes: { a: { match: GET /a } }', nowhere)).toEqual([
      'missing-legacy 1:1',
    ]);
  });

  test('need not be known once nothing goes there', () => {
    const text = 'unmatched: 404\nroutes: { a: { match: GET /a, stage: gone } }';
    expect(load(text, { legacyUrl: undefined }).upstreams).toEqual([]);
  });

  test('is not fallen back to where there is none', () => {
    const text = 'unmatched: 404\nroutes: { a: { match: GET /a, handler: a, stage: new } }';
    expect(load(text, { legacyUrl: undefined }).routes[0]?.fallback).toBe('none');
  });

  test('is all that an edge without a file has', () => {
    expect(tableWithoutFile('http://php:8080')).toMatchObject({
      ok: true,
      spec: {
        routes: [],
        unmatched: 'legacy',
        upstreams: [{ name: 'legacy', origins: ['http://php:8080'] }],
      },
    });
  });

  test('is checked in an edge without a file too', () => {
    expect(tableWithoutFile('php:8080')).toMatchObject({
      ok: false,
      problems: [{ code: 'invalid-url', position: { file: 'LEGACY_URL' } }],
    });
  });
});

describe('upstream addresses', () => {
  const origin = (url: string) =>
    load(`upstreams: { legacy: "${url}" }\nroutes: {}`).upstreams[0]?.origins[0];

  test.each([
    ['http://php', 'http://php'],
    ['http://php:8080/', 'http://php:8080'],
    ['https://php.example.com', 'https://php.example.com'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    ['$' + '{API_URL}', 'http://api.internal:4000'],
    ['$' + '{API_URL:-http://other}', 'http://api.internal:4000'],
    ['$' + '{NO:-http://other:1}', 'http://other:1'],
    ['$' + '{EMPTY:-http://other:2}', 'http://other:2'],
    ['http://$' + '{NO:-host}:$' + '{NOR:-99}', 'http://host:99'],
  ])('%s is %s', (url, expected) => {
    expect(origin(url)).toBe(expected);
  });

  test.each(['php:8080', 'ftp://php', 'http://php/app', 'http://php?x', 'http://', '/run/php.sock', ''])(
    '"%s" is none',
    (url) => {
      expect(places(`upstreams: { legacy: "${url}" }\nroutes: {}`)).toEqual(['invalid-url 1:22']);
    },
  );

  test.each(['$' + '{NO}', 'http://$' + '{EMPTY}:80'])('%s needs a variable that is not set', (url) => {
    expect(places(`upstreams:\n  legacy: "${url}"\nroutes: {}`)).toEqual(['unset-variable 2:11']);
  });

  test.each([
    ['http://shop:secret@php', 'http://***@php'],
    ['http://secret@php', 'http://***@php'],
    ['http://shop:se@cret@php', 'http://***@php'],
    ['http://shop:se/cret@php', 'http://***@php'],
    ['$' + '{SECRET_URL}', 'http://***@host/path'],
  ])('%s is shown without its user', (url, shown) => {
    const [message = ''] = problems(`upstreams: { legacy: "${url}" }\nroutes: {}`).map(
      (problem) => problem.message,
    );
    expect(message).toBe(`"${shown}" is not the address of an HTTP server`);
  });

  test('a variable is filled in nowhere else', () => {
    const text = 'routes: { a: { match: "GET /x?y=$' + '{API_URL}" } }';
    expect(load(text).routes[0]?.patterns[0]?.conditions).toEqual([
      { kind: 'equals', name: ['y'], value: '$' + '{API_URL}' },
    ]);
  });
});

const NAME_CURE = 'use letters, digits, ".", "_" and "-", with a letter or digit first';

describe('problems', () => {
  test('are told all at once, in the order of the file', () => {
    const text = `upstreams:
  api: { url: "nowhere" }
routes:
  one: { match: GET one }
  two: { match: GET /two, upstream: apy, stage: new }
  three: { match: GET /three, stage: new }
  four: { match: GET /4, handler: a, redirect: 301 /b }
`;
    expect(told(text)).toEqual([
      'invalid-url 2:15 "nowhere" is not the address of an HTTP server → write http://host:port, without user, path or query',
      'invalid-match 4:17 the path "one" does not begin with / → write GET /one',
      'unknown-upstream 5:37 there is no upstream "apy" → did you mean "api"?',
      'missing-new-side 6:38 three is at stage new, but nothing is there to answer it → add handler, upstream or redirect, or set stage: legacy',
      'several-new-sides 7:38 four has handler and redirect → keep one: a route has one new side',
    ]);
  });

  test('of the shape hide none of the content', () => {
    const text = 'routes:\n  one: { match: GET one }\n  two: { match: GET /2, stge: new }\n';
    expect(places(text)).toEqual(['invalid-match 2:17', 'unknown-key 3:25']);
  });

  test('of one route hide none of another', () => {
    const text = 'routes:\n  a: { match: GET /a, stage: nwe }\n  b: { mach: GET /b }\n  c: { match: 7 }\n';
    expect(places(text)).toEqual(['invalid-value 2:30', 'unknown-key 3:8', 'invalid-value 4:15']);
  });

  test('stand at the key for unknown keys, with the nearest known one', () => {
    expect(told('routes:\n  a:\n    match: GET /a\n    hander: x\n')).toEqual([
      'unknown-key 4:5 there is no key "hander" here → did you mean "handler"?',
    ]);
  });

  test.each([
    ['{ routes: {}, rutes: {} }', 'did you mean "routes"?'],
    [
      '{ routes: {}, zzzzzz: {} }',
      'use one of: include, upstreams, cohorts, rollouts, defaults, routes, tests, paths, respelled, unmatched, limits, compression',
    ],
    ['upstreams: { api: { url: "http://a", timouts: {} } }\nroutes: {}', 'did you mean "timeouts"?'],
    [
      'upstreams: { api: { url: "http://a", timeouts: { conect: 1s } } }\nroutes: {}',
      'did you mean "connect"?',
    ],
  ])('%s: %s', (text, cure) => {
    expect(problems(text).map((problem) => problem.cure)).toEqual([cure]);
  });

  test.each([
    ['routes: { a: { match: GET /a, stage: nw } }', 'invalid-value', 'did you mean "new"?'],
    [
      'routes: { a: { match: GET /a, handler: a, stage: canary } }',
      'invalid-value',
      'write canary 5%, or name a cohort: canary staff',
    ],
    ['routes: { a: { match: GET /a, fallback: nome } }', 'invalid-value', 'did you mean "none"?'],
    ['routes: { a: { stage: gone } }', 'missing-key', 'add match:'],
    ['routes: { "a b": { match: GET /a } }', 'invalid-name', NAME_CURE],
    ['routes: { "": { match: GET /a } }', 'invalid-name', NAME_CURE],
    ['routes: { -a: { match: GET /a } }', 'invalid-name', NAME_CURE],
    ['{ routes: {}, upstreams: { "a;b": "http://a" } }', 'invalid-name', NAME_CURE],
    ['{ routes: {}, upstreams: { a: {} } }', 'missing-key', 'add url:'],
    ['{ routes: {}, limits: { body: 3 } }', 'invalid-value', 'write a size as 512B, 16KiB, 1MiB or 2GiB'],
    ['{ routes: {}, limits: { fields: 0 } }', 'invalid-value', 'write a number such as 100'],
    ['{ routes: {}, limits: { bdy: 1MiB } }', 'unknown-key', 'did you mean "body"?'],
    ['{ routes: {}, compression: gzp }', 'invalid-value', 'did you mean "gzip"?'],
    [
      '{ routes: { a: { match: GET /a, limits: { inFlight: few } } } }',
      'invalid-value',
      'write a number such as 100',
    ],
  ])('%s: %s', (text, code, cure) => {
    expect(problems(text)).toMatchObject([{ code, cure }]);
  });

  test.each([
    ['- a', '1:1 the file takes keys, but a list stands here', /^write routes: and/],
    ['just text', '1:1 the file takes keys, but the text "just text" stands here', /^write routes: and/],
    ['routes:', '1:8 routes takes names of routes, but nothing stands here', /routes: {} for none$/],
    ['routes: []', '1:9 routes takes names of routes, but a list stands here', /routes: {} for none$/],
    ['routes: { a: 3 }', '1:14 the route a takes keys, but the number 3 stands here', /^write match: /],
    ['routes: { a: { match: 7 } }', '1:23 match of a takes a text, but the number 7 stands here', /METHODS/],
    [
      'routes: { a: { match: GET /a, also: GET /b } }',
      '1:37 also of a takes a list, but the text "GET /b" stands here',
      /^write a list of matches: \["/,
    ],
    [
      'routes: { a: { match: GET /a, also: [true] } }',
      '1:38 item 1 of also of a takes a text, but true stands here',
      /METHODS/,
    ],
    [
      'routes: { a: { match: GET /a, handler: ../a } }',
      '1:40 handler of a is "../a", which is not the name of a handler',
      /^write folder\/file or folder\/file#export, without an extension$/,
    ],
    [
      'routes: { a: { match: GET /a, handler: a.js } }',
      '1:40 handler of a is "a.js", which is not the name of a handler',
      /without an extension$/,
    ],
    [
      'routes: { a: { match: GET /a, redirect: /b } }',
      '1:41 redirect of a is "/b", which is not a redirect',
      /^write 301 \/where\/to/,
    ],
    [
      'routes: { a: { match: GET /a, redirect: 304 /b } }',
      '1:41 redirect of a is "304 /b", which is not a redirect',
      /^write 301 \/where\/to/,
    ],
    [
      'routes: { a: { match: GET /a, redirect: 301 http://u:secret@x/ x } }',
      '1:41 redirect of a is "301 http://***@x/ x", which is not a redirect',
      /./,
    ],
    ['routes: { a: { match: GET /a, stage: nwe } }', '1:38 "nwe" is no stage', /^did you mean "new"\?$/],
    ['upstreams:\nroutes: {}', '1:11 upstreams takes names of upstreams, but nothing stands here', /http:/],
    [
      'upstreams: { a: 3 }\nroutes: {}',
      '1:17 the upstream a takes an address or keys, but the number 3 stands here',
      /^write http:\/\/host:port/,
    ],
    [
      'upstreams: { a: { url: "http://a", timeouts: { connect: 3 } } }\nroutes: {}',
      '1:57 connect of timeouts of a takes a duration, but the number 3 stands here',
      /^write 3s or 3ms$/,
    ],
    [
      'upstreams: { a: { url: "http://a", timeouts: { connect: 3 s } } }\nroutes: {}',
      '1:57 connect of timeouts of a is "3 s", which is not a duration',
      /^write a duration as /,
    ],
  ])('%s: %s', (text, what, cure) => {
    const [problem, ...others] = told(text);
    expect(others).toEqual([]);
    const [message, mended] = problem?.split(' → ') ?? [];
    expect(message).toBe(`invalid-value ${what}`);
    expect(mended).toMatch(cure);
  });

  test('of names stand at the name', () => {
    expect(told('routes:\n  "a b": { match: GET /a }\n')).toEqual([
      `invalid-name 2:3 "a b" is no name for a route → ${NAME_CURE}`,
    ]);
    expect(told('upstreams:\n  a;b: http://a\nroutes: {}\n')).toEqual([
      `invalid-name 2:3 "a;b" is no name for an upstream → ${NAME_CURE}`,
    ]);
  });

  test.each(['5', '5 s', '-1s', '1d', 's'])('"%s" is no duration', (text) => {
    const yaml = `upstreams:\n  a:\n    url: http://a\n    timeouts: { idle: "${text}" }\nroutes: {}\n`;
    expect(places(yaml)).toEqual(['invalid-value 4:23']);
  });

  test('with `unmatched` name both of its values', () => {
    expect(problems('{ routes: {}, unmatched: nobody }')).toMatchObject([
      { code: 'invalid-value', cure: 'use one of: legacy, 404' },
    ]);
  });

  test('of a match that cannot be read stand at that match, in `also` too', () => {
    const text = 'routes:\n  a:\n    match: GET /a\n    also:\n      - GET /b\n      - GET c\n';
    expect(places(text)).toEqual(['invalid-match 6:9']);
  });

  test('of conflicts name both routes, their matches and the line of the other', () => {
    const text = 'routes:\n  one: { match: "GET /:a" }\n  two: { match: "GET,POST /:b" }\n';
    expect(told(text)).toEqual([
      'route-conflict 3:17 two (GET,POST /:b) and one (GET /:a, routes.yaml:2) tie: GET /x meets both → make one of them more specific, or remove it; the order in the file never decides',
    ]);
  });

  test('about a parameter of a redirect that a match does not capture stand at the redirect', () => {
    const text =
      'routes:\n  a: { match: "GET /:id", also: [ "GET /b" ], redirect: "301 /p/:id", stage: new }\n';
    expect(places(text)).toEqual(['invalid-redirect 2:57']);
  });
});

describe('YAML that is not allowed', () => {
  test.each([
    ['a duplicate key', 'routes:\n  a: { match: GET /a }\n  a: { match: GET /b }\n', 'duplicate-key 3:3'],
    [
      'a duplicate key in a flow mapping',
      'routes: { a: { match: GET /a, match: GET /b } }',
      'duplicate-key 1:31',
    ],
    ['an anchor', 'routes:\n  a: &x { match: GET /a }\n', 'yaml-feature 2:9'],
    ['a merge key', 'routes:\n  a:\n    <<: { stage: new }\n    match: GET /a\n', 'yaml-feature 3:5'],
    ['__proto__', 'routes:\n  __proto__: { match: GET /a }\n', 'yaml-feature 2:3'],
    ['"__proto__" within a route', 'routes:\n  a: { match: GET /a, "__proto__": {} }\n', 'yaml-feature 2:23'],
    ['a tag', 'routes:\n  a: { match: !x GET /a }\n', 'yaml-feature 2:18'],
    ['a tag of YAML itself', 'routes:\n  a: { match: !!binary R0VU }\n', 'yaml-feature 2:24'],
    ['a tag that makes code elsewhere', 'routes: !!js/function "x"\n', 'yaml-feature 1:23'],
    ['a tab for indentation', 'routes:\n\ta: { match: GET /a }\n', 'yaml-syntax 2:1'],
    ['two documents', 'routes: {}\n---\nroutes: {}\n', 'yaml-syntax 2:1'],
    ['an open bracket', 'routes: {\n', 'yaml-syntax 1:9'],
  ])('%s', (_, text, place) => {
    expect(places(text)).toContain(place);
  });

  test('an alias is refused with its anchor', () => {
    const text = 'routes:\n  a: &x { match: GET /a }\n  b: *x\n';
    expect(places(text)).toEqual(['yaml-feature 2:9', 'yaml-feature 3:6']);
  });

  test('a value that begins with * and is not quoted says what to do', () => {
    expect(problems('routes:\n  a: { match: *x }\n')[0]?.cure).toContain('quote');
  });

  test('many aliases of aliases cost nothing', () => {
    const lines = Array.from({ length: 40 }, (_, i) => `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`);
    expect(problems(`a-1: &a-1 []\n${lines.join('\n')}`).length).toBeGreaterThan(40);
  });

  test.each([21, 500])('nesting %d deep', (depth) => {
    expect(problems(`routes: ${'['.repeat(depth)}${']'.repeat(depth)}`)).toMatchObject([
      { code: 'yaml-feature', message: 'nested deeper than 20' },
    ]);
  });

  test.each(['[', '{a: ', '- ', '? '])(
    'nesting that would exhaust the stack: %s again and again',
    (piece) => {
      expect(problems(piece.repeat(15_000))).not.toEqual([]);
    },
  );
});

describe('a file', () => {
  test.each(['', ' ', '\n\n', '# only a comment\n', '---\n', '\ufeff'])('of %j is empty', (text) => {
    expect(problems(text)).toMatchObject([
      { code: 'file-empty', cure: 'write routes: {} for a table without routes' },
    ]);
  });

  test('cut off before its routes is no table', () => {
    expect(told('upstreams: { legacy: "http://php" }\n')).toEqual([
      'missing-key 1:1 the file has no "routes" → add routes:',
    ]);
  });

  test('over 5 MiB is refused, unread', () => {
    expect(problems(`#${'é'.repeat(2.5 * 1024 * 1024)}`)).toMatchObject([{ code: 'file-too-large' }]);
  });

  test('of 5 MiB is read', () => {
    const text = 'routes: {}\n#';
    expect(load(text + 'x'.repeat(5 * 1024 * 1024 - text.length)).routes).toEqual([]);
  });

  test('with `routes: {}` is a table without routes', () => {
    expect(load('routes: {}').routes).toEqual([]);
  });

  test('may begin with a byte order mark and have Windows line ends', () => {
    expect(load('\ufeffroutes:\r\n  a: { match: GET /a }\r\n').routes).toHaveLength(1);
  });

  test('may name routes as Object.prototype names its members', () => {
    const names = ['constructor', 'toString', 'hasOwnProperty', '404'];
    const text = names.map((name, index) => `  ${name}: { match: GET /${index} }`).join('\n');
    expect(
      load(`routes:\n${text}`)
        .routes.map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
  });
});

describe('the revision', () => {
  const text = `
routes:
  one: { match: GET /one, handler: one, stage: new }
  two: { match: "GET /two?a=1", redirect: 301 /x }
`;
  const { revision } = load(text);

  test('is short and made of hexadecimal digits', () => {
    expect(revision).toMatch(/^[0-9a-f]{8}$/);
  });

  test.each([
    ['comments', `# why\n${text}# end\n`],
    ['empty lines', text.replaceAll('\n', '\n\n')],
    ['quotes', text.replace('GET /one,', '"GET /one",')],
    [
      'the style of a mapping',
      text.replace(
        '{ match: GET /one, handler: one, stage: new }',
        '\n    match: GET /one\n    handler: one\n    stage: new',
      ),
    ],
    ['the order of keys', text.replace('match: GET /one, handler: one', 'handler: one, match: GET /one')],
    ['the order of routes', `routes:\n${text.split('\n').slice(2, 4).toReversed().join('\n')}\n`],
    ['defaults that are written out', text.replace('stage: new', 'stage: new, fallback: legacy')],
    ['another spelling of the same path', text.replace('/one,', '/%6fne,')],
    ['spaces in a match', text.replace('GET /one', 'GET   /one')],
  ])('does not change with %s', (_, changed) => {
    expect(changed).not.toBe(text);
    expect(load(changed).revision).toBe(revision);
  });

  test.each([
    ['a stage', text.replace('stage: new', 'stage: legacy')],
    ['a method', text.replace('GET /one', 'POST /one')],
    ['a path', text.replace('/one,', '/uno,')],
    ['a condition', text.replace('a=1', 'a=2')],
    ['a handler', text.replace('handler: one', 'handler: two')],
    ['a redirect', text.replace('301', '302')],
    ['a name', text.replace('one:', 'uno:')],
    ['fallback', text.replace('stage: new', 'stage: new, fallback: none')],
    ['what happens to the rest', `unmatched: 404\n${text}`],
    ['a timeout', `upstreams: { legacy: { url: "http://127.0.0.1:8080", timeouts: { idle: 1s } } }\n${text}`],
  ])('changes with %s', (_, changed) => {
    expect(load(changed).revision).not.toBe(revision);
  });

  test('changes with an address that the file says', () => {
    const at = (url: string) => load(`upstreams: { legacy: "${url}" }\n${text}`).revision;
    expect(at('http://other')).not.toBe(at('http://php'));
    expect(at('http://php:80/')).toBe(at('http://php'));
    expect(at(`\${API_URL}`)).not.toBe(at(`\${OTHER_URL:-http://php}`));
  });

  test('does not change with what the environment fills in', () => {
    const here = `upstreams: { api: "\${API_URL}" }\n${text}`;
    const there = { legacyUrl: 'http://there', variable: () => 'http://api.there' };
    expect(load(here, there).revision).toBe(load(here).revision);
  });

  test('changes with the stages of an environment', () => {
    const stages = { file: 'stages.yaml', text: 'one: legacy' };
    expect(load(text, { stages }).revision).not.toBe(revision);
    expect(load(text, { stages: { ...stages, text: 'one: new' } }).revision).toBe(revision);
  });
});
