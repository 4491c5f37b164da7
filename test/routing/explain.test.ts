// The explaining matcher: it decides as the table does, and says why.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { explain } from '../../src/routing/explain.ts';
import { buildTable } from '../../src/routing/table.ts';
import { asked, type Extras, spec, told, type WrittenRoutes } from './patterns.ts';
import { randomPaths, randomRequests, randomRoutes } from './random-tables.ts';

/** So many tables. */
const RUNS = 300;

test('decides as the table does, on any table and any request', () => {
  const cases = randomRoutes(8).chain((routes) =>
    fc.tuple(
      fc.constant(routes),
      randomPaths,
      fc.array(randomRequests(routes), { minLength: 8, maxLength: 8 }),
    ),
  );
  fc.assert(
    fc.property(cases, ([routes, paths, requests]) => {
      const written = spec(routes, { paths });
      const result = buildTable(written);
      if (!result.ok) return;
      for (const { request, extras } of requests) {
        const input = asked(request, extras);
        const found = result.table.match(input);
        expect(told(explain(written, input).result), request).toBe(told(found));
      }
    }),
    { numRuns: RUNS },
  );
});

/** What is said of each pattern, the winner first: `name: reason`. */
function reasons(routes: WrittenRoutes, request: string, extras?: Extras): readonly string[] {
  return explain(spec(routes), asked(request, extras)).candidates.map(
    ({ route, reason }) => `${route.name}: ${reason}`,
  );
}

const WINS = 'a: ';

describe('what one loses by', () => {
  test.each<[string, WrittenRoutes, string]>([
    ['exact host before *.host before any', { a: 'GET x.example/', b: 'GET /' }, 'GET x.example/'],
    ['the longer *.host first', { a: 'GET *.x.example/', b: 'GET *.example/' }, 'GET a.x.example/'],
    ['literal before parameter', { a: 'GET /p/7', b: 'GET /p/:id' }, 'GET /p/7'],
    ['literal before text around a parameter', { a: 'GET /a-b', b: 'GET /a-:x' }, 'GET /a-b'],
    ['text around a parameter before parameter', { a: 'GET /a-:x', b: 'GET /:x' }, 'GET /a-b'],
    ['more literal text in the segment', { a: 'GET /a-:x.b', b: 'GET /a-:x' }, 'GET /a-x.b'],
    ['fewer parameters in the segment', { a: 'GET /:x-.b', b: 'GET /:y<int>.:z<slug>.b' }, 'GET /1.a-.b'],
    ['the narrower type in the segment', { a: 'GET /a-:x<int>', b: 'GET /a-:x' }, 'GET /a-1'],
    ['enumerated before int', { a: 'GET /:x<1|2>', b: 'GET /:x<int>' }, 'GET /1'],
    ['int before slug', { a: 'GET /:x<int>', b: 'GET /:x<slug>' }, 'GET /1'],
    ['slug before plain', { a: 'GET /:x<slug>', b: 'GET /:x' }, 'GET /1'],
    ['parameter before *', { a: 'GET /:x', b: 'GET /*' }, 'GET /1'],
    ['named methods before ANY', { a: 'GET /', b: 'ANY /?a=1' }, 'GET /?a=1'],
    ['HEAD by itself before HEAD by GET', { a: 'HEAD /', b: 'GET /?a=1' }, 'HEAD /?a=1'],
    ['more conditions that equal', { a: 'GET /?a=1', b: 'GET /?a=:a&b&c' }, 'GET /?a=1&b&c'],
    ['more conditions that capture', { a: 'GET /?a=:a', b: 'GET /?b&c' }, 'GET /?a=1&b&c'],
    ['more conditions on what is there or not', { a: 'GET /?a', b: 'GET /' }, 'GET /?a'],
  ])('%s', (why, routes, request) => {
    expect(reasons(routes, request)).toEqual([WINS, `b: loses to a: ${why}`]);
  });

  test('more conditions on the body, or under when', () => {
    const routes = {
      a: { match: 'POST /', body: { k: '1' } },
      b: { match: 'POST /', when: ['header h'] },
      c: 'POST /',
    };
    expect(reasons(routes, 'POST /', { body: 'k=1', headers: { h: '1' } })).toEqual([
      WINS,
      'b: loses to a: more conditions on the body',
      'c: loses to a: more conditions on the body',
    ]);
    expect(reasons(routes, 'POST /', { headers: { h: '1' } })).toEqual([
      'b: ',
      'c: loses to b: more conditions under when',
      'a: needs k=1 in the body, got no body that can be read',
    ]);
  });
});

describe('what a request lacks', () => {
  test.each<[string, WrittenRoutes['a'], string, string, Extras?]>([
    ['another host', 'GET a.example/', 'GET b.example/', 'host differs: takes a.example, got b.example'],
    ['no host', 'GET *.a.example/', 'GET /', 'host differs: takes *.a.example, got none'],
    ['another method', 'GET,POST /', 'PUT /', 'method differs: takes GET,POST, got PUT'],
    ['another literal', 'GET /a/b', 'GET /a/c', 'path differs: "c" is not "b"'],
    ['a parameter', 'GET /a/:id<int>', 'GET /a/x', 'path differs: "x" is not :id<int>'],
    ['a value', 'GET /:l<de|fr>', 'GET /it', 'path differs: "it" is not :l<de|fr>'],
    ['text', 'GET /a-:b.xml', 'GET /a-b.html', 'path differs: "a-b.html" is not a-:b.xml'],
    ['a segment', 'GET /a/:b', 'GET /a', 'path differs: it ends before :b'],
    ['a last slash', 'GET /a/', 'GET /a', 'path differs: it ends before the last slash'],
    ['a tail', 'GET /a/*', 'GET /a', 'path differs: it ends before *'],
    ['segments too many', 'GET /a', 'GET /a/b/c', 'path differs: "/b/c" is left over'],
    [
      'another value of a field',
      'GET /?page=search',
      'GET /?page=other',
      'needs ?page=search, got page=other',
    ],
    ['no field', 'GET /?page=search', 'GET /', 'needs ?page=search, got none'],
    ['an array', 'GET /?f=1', 'GET /?f[a]=1', 'needs ?f=1, got f=an array'],
    ['no element', 'GET /?f[a]=1', 'GET /?f=1', 'needs ?f[a]=1, got none'],
    ['a captured field', 'GET /?id=:n<int>', 'GET /?id=x', 'needs ?id=:n<int>, got id=x'],
    ['an empty field', 'GET /?id=:n', 'GET /?id=', 'needs ?id=:n, got id='],
    ['presence', 'GET /?q', 'GET /', 'needs ?q, got none'],
    ['absence', 'GET /?!q', 'GET /?q=1', 'needs ?!q, got q=1'],
    ['bytes', 'GET /?q=1', 'GET /?q=%ff', 'needs ?q=1, got q=bytes that are no text'],
    [
      'a field of the body',
      { match: 'POST /', body: { k: '1' } },
      'POST /',
      'needs k=1 in the body, got k=2',
      { body: 'k=2' },
    ],
    [
      'no field of the body',
      { match: 'POST /', body: { k: '1' } },
      'POST /',
      'needs k=1 in the body, got none',
      { body: '' },
    ],
    ['a header field', { match: 'GET /', when: ['header h=1'] }, 'GET /', 'needs header h to be 1, got none'],
    [
      'part of a cookie',
      { match: 'GET /', when: ['cookie c~x'] },
      'GET /',
      'needs cookie c to contain x, got y',
      { cookies: { c: 'y' } },
    ],
    ['any cookie', { match: 'GET /', when: ['cookie c'] }, 'GET /', 'needs cookie c, got none'],
    [
      'no header field',
      { match: 'GET /', when: ['header !h'] },
      'GET /',
      'needs no header h, got 1',
      { headers: { h: '1' } },
    ],
  ])('%s', (_what, route, request, reason, extras) => {
    expect(reasons({ a: route ?? '' }, request, extras)).toEqual([`a: ${reason}`]);
  });

  test('those that came nearest stand first', () => {
    const routes = {
      host: 'GET a.example/x/y',
      far: 'GET /z',
      near: 'GET /x/z',
      method: 'POST /x/y',
      query: 'GET /x/y?q',
      wins: 'GET /x/:z',
      loses: 'GET /x/*',
    };
    expect(reasons(routes, 'GET /x/y').map((text) => text.split(':')[0])).toEqual([
      ...['wins', 'loses', 'query', 'method', 'near', 'far', 'host'],
    ]);
  });
});

test('a route whose body is still to be read is the candidate, and the answer is that it is needed', () => {
  const written = spec({ a: { match: 'POST /', body: { k: '1' } }, b: 'POST /' });
  const { result, candidates } = explain(written, asked('POST /', { isUnread: true }));
  expect([result.kind, candidates[0]?.route.name]).toEqual(['needs-body', 'a']);
});

test('the canonical path is told', () => {
  expect(explain(spec({}), asked('GET //a/%62/../c')).path).toBe('/a/c');
});
