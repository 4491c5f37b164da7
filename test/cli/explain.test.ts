// `banyan explain`.
import { describe, expect, test } from 'vitest';
import { banyan, useFolder } from './run-banyan.ts';

const { write } = useFolder();

const ROUTES = `upstreams: { legacy: http://php:8080, api: http://api:4000 }
routes:
  page: { match: "GET /page/:id<int>", handler: pages/show, stage: new }
  any-page: { match: "GET /page/:slug", handler: pages/any, stage: canary 5% }
  search: { match: GET /index.php?page=search, stage: legacy }
  api: { match: ANY /api/*, upstream: api, stage: new }
  moved: { match: "GET /old/:name", redirect: 301 /new/:name, stage: new }
  dead: { match: GET /dead, stage: gone }
  count: { match: POST /ajax.php, body: { action: count }, stage: legacy }
  beta: { match: GET /beta, when: { cookie: { beta: "1" } }, redirect: 302 /b, stage: new }
  shop: { match: GET shop.example.com/host, redirect: 302 /s, stage: new }
`;

async function explain(...words: readonly string[]) {
  write('routes.yaml', ROUTES);
  const { code, out, err } = await banyan('explain', ...words);
  return { code, out, err, lines: out.split('\n') };
}

test('tells who answers, what was captured, and why the others lost', async () => {
  const { code, lines } = await explain('GET', '/page/7?x=1');
  expect(code).toBe(0);
  expect(lines.slice(0, 6)).toEqual([
    'GET /page/7?x=1',
    'page: handler pages/show answers (stage new)',
    '  id = 7',
    '',
    'Not:',
    expect.stringMatching(/^ {2}any-page +GET \/page\/:slug +loses to page: int before plain$/),
  ]);
  expect(lines).toContainEqual(
    expect.stringMatching(/^ {2}search +GET \/index\.php\?page=search +path differs/),
  );
});

test.each([
  [['GET', '/page/x'], 'any-page: legacy answers (stage canary 5%)'],
  [['GET', '/api/x'], 'api: upstream api answers (stage new)'],
  [['GET', '/old/x%20y?q=1'], 'moved: the edge answers 301 to /new/x%20y?q=1 (stage new)'],
  [['GET', '/dead'], 'dead: the edge answers 410 (stage gone)'],
  [['GET', '/nowhere'], 'undeclared: legacy answers (no route matches)'],
  [['HEAD', '/page/7'], 'page: handler pages/show answers (stage new)'],
  [['get', '/page/7'], 'page: handler pages/show answers (stage new)'],
  [['POST', '/page/7'], 'undeclared: legacy answers (no route matches)'],
  [['GET', '/index.php?page=search'], 'search: legacy answers (stage legacy)'],
  [['GET', 'http://shop.example.com:8000/host'], 'shop: the edge answers 302 to /s (stage new)'],
  [['GET', '/host', '-H', 'Host: SHOP.example.com'], 'shop: the edge answers 302 to /s (stage new)'],
  [['GET', '/host'], 'undeclared: legacy answers (no route matches)'],
  [['GET', 'https://shop.example.com'], 'undeclared: legacy answers (no route matches)'],
  [
    ['GET', '/beta', '-H', 'Cookie: a=b', '-H', 'cookie: beta=1'],
    'beta: the edge answers 302 to /b (stage new)',
  ],
  [['POST', '/ajax.php', '--data', 'action=count'], 'count: legacy answers (stage legacy)'],
  [
    ['POST', '/ajax.php', '-d', 'action=count', '-H', 'Content-Type: text/plain'],
    'undeclared: legacy answers (no route matches)',
  ],
  [['POST', '/ajax.php'], 'undeclared: legacy answers (no route matches)'],
])('%j', async (words, expected) => {
  expect((await explain(...words)).lines[1]).toBe(expected);
});

test('tells the path that was matched where it is spelt otherwise', async () => {
  expect((await explain('GET', '//page/./%37')).lines).toContain('  matched as /page/7');
});

test('tells that a respelled path is refused, and why', async () => {
  const { lines } = await explain('GET', '/x%2F..%2Fdead');
  expect(lines[1]).toMatch(
    /^refused: the edge answers 400 \(another server may read its path as \/dead, which is dead\)$/,
  );
});

test('tells of the nearest ten, or of all', async () => {
  const many = Array.from({ length: 30 }, (_, index) => `  r${index}: { match: GET /r${index} }\n`).join('');
  write('routes.yaml', `routes:\n${many}`);
  expect((await banyan('explain', 'GET', '/x')).out).toContain('\n  and 20 more; --all tells of them\n');
  expect((await banyan('explain', 'GET', '/x', '--all')).out.match(/path differs/g)).toHaveLength(30);
});

test('as JSON for scripts', async () => {
  const { out } = await explain('GET', 'http://example.com/page/7', '--json');
  expect(JSON.parse(out)).toMatchObject({
    request: { method: 'GET', host: 'example.com', target: '/page/7', path: '/page/7' },
    meets: 'route',
    name: 'page',
    stage: 'new',
    side: 'new',
    newSide: 'handler pages/show',
    parameters: { id: '7' },
    candidates: [
      { route: 'page', match: 'GET /page/:id<int>', verdict: 'wins', differs: null, reason: '' },
      {
        route: 'any-page',
        verdict: 'loses',
        differs: 'specificity',
        reason: 'loses to page: int before plain',
      },
      ...Array(7).fill({ verdict: 'differs' }),
    ],
  });
});

describe('is refused', () => {
  test.each([
    [['GET'], 'missing required argument'],
    [['GET', 'page'], 'Write a path from the root'],
    [['GET', '/a#b'], 'leave it out'],
    [['G T', '/a'], 'Write a method'],
    [['GET', '/a', '-H', 'nonsense'], "Write 'Name: value'"],
    [['GET', 'http://user@example.com/a'], 'Write a path from the root'],
  ])('%j', async (words, message) => {
    const { code, out, err } = await explain(...words);
    expect([code, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  test('with the problems of the file', async () => {
    write('routes.yaml', 'routes: { a: { match: GET a } }');
    const { code, err } = await banyan('explain', 'GET', '/a');
    expect([code, err]).toEqual([1, expect.stringContaining('invalid-match')]);
  });
});
