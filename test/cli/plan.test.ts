// `banyan plan`: what an edit does, in sentences.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { codeSpan } from '../../src/cli/plan/sentence.ts';
import { banyan, useFolder } from './run-banyan.ts';

const { write, path } = useFolder();

const HEAD = 'upstreams: { legacy: http://php:8080, api: http://api:4000 }\n';

/** The sentences of a plan from one table to another. */
async function plan(before: string, after: string): Promise<readonly string[]> {
  write('before.yaml', HEAD + before);
  write('routes.yaml', HEAD + after);
  const { code, out, err } = await banyan('plan', 'before.yaml', '--format', 'json');
  expect([code, err]).toEqual([0, '']);
  const { changes } = JSON.parse(out) as { changes: { name: string; text: string }[] };
  return changes.map(({ name, text }) => `${name}: ${text}`);
}

const routes = (...entries: readonly string[]) =>
  `routes:\n${entries.map((entry) => `  ${entry}\n`).join('')}`;

describe('says of routes', () => {
  test.each([
    [
      'a stage',
      routes('product-page: { match: GET /p, redirect: 302 /x, stage: shadow }'),
      `cohorts: { staff: { cookie: { staff: "1" } } }\n${routes('product-page: { match: GET /p, redirect: 302 /x, stage: canary 5% staff }')}`,
      ['product-page: shadow → canary 5% staff', 'staff: new: cookie staff: 1'],
    ],
    [
      'another address, and who had it until now',
      routes('search: { match: GET /search }', 'pages: { match: "GET /:page" }'),
      routes('search: { match: GET /search, also: [GET /s, GET /a/b] }', 'pages: { match: "GET /:page" }'),
      [
        'search: now also GET /s (until now pages)',
        'search: now also GET /a/b (until now legacy (undeclared))',
      ],
    ],
    [
      'an address less, and who has it now',
      routes('search: { match: GET /search, also: [GET /s] }', 'pages: { match: "GET /:page" }'),
      routes('search: { match: GET /search }', 'pages: { match: "GET /:page" }'),
      ['search: no longer GET /s (now pages)'],
    ],
    [
      'one that has gone',
      routes('cart-view: { match: GET /cart, also: [GET /basket] }', 'a: { match: GET /a }'),
      routes('a: { match: GET /a }'),
      ['cart-view: removed; its requests go to legacy (undeclared)'],
    ],
    [
      'one that has gone and whose requests others take',
      routes('one: { match: GET /x/1, also: [GET /y] }', 'any: { match: "GET /x/:id" }'),
      `unmatched: 404\n${routes('any: { match: "GET /x/:id" }')}`,
      ['one: removed; its requests go to any, 404 (undeclared)', 'all routes: unmatched legacy → 404'],
    ],
    [
      'one that is new',
      'routes: {}\n',
      routes('api: { match: ANY /api/*, upstream: api, stage: new }'),
      ['api: new: ANY /api/*, upstream api, at stage new; until now legacy (undeclared)'],
    ],
    [
      'one that is called otherwise',
      routes('a: { match: GET /a, redirect: 302 /x, stage: legacy }'),
      routes('b: { match: GET /a, redirect: 302 /x, stage: new }'),
      ['b: was called a; metrics, buckets and evidence begin anew', 'b: legacy → new'],
    ],
    [
      'who answers',
      routes('a: { match: GET /a, handler: x }'),
      routes('a: { match: GET /a, upstream: api }'),
      ['a: new side handler x → upstream api'],
    ],
    [
      'settings',
      routes('a: { match: POST /a }'),
      routes(
        'a: { match: POST /a, fallback: none, body: { x: y }, when: { header: { accept: { contains: json } } }, timeouts: { total: 5s }, limits: { body: 1MiB } }',
      ),
      [
        'a: body none → x=y',
        'a: when none → header accept contains json',
        'a: fallback legacy → none',
        'a: limits.body as for all routes → 1MiB',
        'a: timeouts.total none → 5s',
      ],
    ],
    [
      'a lock',
      routes('admin: { match: ANY /admin/* }'),
      routes('admin: { match: ANY /admin/*, lock: legacy }'),
      ['admin: lock none → legacy'],
    ],
    [
      'a value that has lines, in one line',
      routes('a: { match: GET /a }'),
      routes('a: { match: GET /a, when: { cookie: { x: "1\\n\\n# Approved" } } }'),
      ['a: when none → cookie x: 1 # Approved'],
    ],
  ] as [string, string, string, string[]][])('%s', async (_, before, after, expected) => {
    expect(await plan(before, after)).toEqual(expected);
  });

  test('nothing where only words, order and comments change', async () => {
    const before = routes('a: { match: GET /a }', 'b: { match: "GET  /b" }');
    const after = `# why\n${routes('b: { match: GET /b, stage: legacy }', 'a: { match: GET /a }')}`;
    expect(await plan(before, after)).toEqual([]);
  });
});

describe('says of rollouts', () => {
  const members = routes(
    'cart: { match: GET /cart, redirect: 302 /x, rollout: checkout }',
    'pay: { match: GET /pay, redirect: 302 /x, rollout: checkout }',
  );

  test('a stage once, with all its routes', async () => {
    expect(
      await plan(
        `rollouts: { checkout: legacy }\n${members}`,
        `rollouts: { checkout: canary 5% }\n${members}`,
      ),
    ).toEqual(['checkout: legacy → canary 5% (cart, pay)']);
  });

  test('who joins and who leaves', async () => {
    const alone = members.replace('rollout: checkout', 'stage: new');
    expect(
      await plan(`rollouts: { checkout: legacy }\n${members}`, `rollouts: { checkout: legacy }\n${alone}`),
    ).toEqual(['cart: leaves the rollout checkout', 'cart: legacy → new']);
    expect(
      await plan(`rollouts: { checkout: legacy }\n${alone}`, `rollouts: { checkout: legacy }\n${members}`),
    ).toEqual(['cart: joins the rollout checkout', 'cart: new → legacy']);
  });
});

test('says what changes for all routes, once, and of upstreams', async () => {
  write(
    'before.yaml',
    'upstreams: { legacy: http://php:8080, old: http://old:1 }\nroutes: { a: { match: GET /a } }\n',
  );
  write(
    'routes.yaml',
    `upstreams:
  legacy: { url: [http://php-1:8080, http://php-2:8080], timeouts: { headers: 30s } }
  api: http://api:4000
limits: { url: 8KiB, body: 1MiB }
respelled: legacy
paths: { case: ignore }
routes: { a: { match: GET /a } }
`,
  );
  expect((await banyan('plan', 'before.yaml')).out.split('\n').slice(0, -3)).toEqual([
    'legacy: http://php:8080 → http://php-1:8080, http://php-2:8080',
    'legacy: timeouts.headers 1m → 30s',
    'api: new: http://api:4000, host preserve, rewrite false, timeouts.connect 3s, timeouts.headers 1m, timeouts.idle 1m, timeouts.total none',
    'old: removed',
    'all routes: respelled refuse → legacy',
    'all routes: paths.case strict → ignore',
    'all routes: limits.url 16KiB → 8KiB',
    'all routes: limits.body none → 1MiB',
  ]);
});

test('tells an address with its variable, whether that is set here or not, and hides a password in it', async () => {
  const table = (url: string) => `upstreams: { api: "${url}" }\nroutes: {}\n`;
  write('before.yaml', table('$' + '{API_URL}'));
  write('routes.yaml', table('$' + '{OTHER_URL:-http://ada:secret@api}'));
  expect((await banyan('plan', 'before.yaml')).code).toBe(1);
  vi.stubEnv('OTHER_URL', 'http://api:1');
  expect((await banyan('plan', 'before.yaml')).out).toMatch(
    /^api: \$\{API_URL\} → \$\{OTHER_URL:-http:\/\/\*\*\*@api\}\n/,
  );
});

describe('formats', () => {
  const tables = () => {
    write('before.yaml', `${HEAD}routes: { a: { match: "GET /:x<int>", redirect: 302 /b } }\n`);
    write(
      'routes.yaml',
      `${HEAD}routes: { a: { match: "GET /:x<int>", also: ["GET /y/:x<a|b>"], redirect: 302 /b, stage: new } }\n`,
    );
  };

  test('text ends with what was compared', async () => {
    tables();
    expect((await banyan('plan', 'before.yaml')).out).toMatch(
      /^a: legacy → new\na: now also GET \/y\/:x<a\|b> \(until now legacy \(undeclared\)\)\n\n2 changes from before\.yaml \(revision [0-9a-f]{8}\) to routes\.yaml \(revision [0-9a-f]{8}\)\n$/,
    );
  });

  test('markdown sets the words of routes.yaml apart', async () => {
    tables();
    expect((await banyan('plan', 'before.yaml', '--format', 'markdown')).out).toMatch(
      /^### `routes\.yaml`: 2 changes\n\n- \*\*`a`\*\*: `legacy` → `new`\n- \*\*`a`\*\*: now also `GET \/y\/:x<a\|b>` \(until now legacy \(undeclared\)\)\n\nFrom `before\.yaml` \(revision [0-9a-f]{8}\) to `routes\.yaml` \(revision [0-9a-f]{8}\)\.\n$/,
    );
  });

  test('markdown of no change says so', async () => {
    tables();
    const { out } = await banyan('plan', 'routes.yaml', '--format', 'markdown');
    expect(out).toMatch(/^### `routes\.yaml`: nothing changes\n/);
  });

  test.each([
    ['a', '`a`'],
    ['a`b', '``a`b``'],
    ['`', '`` ` ``'],
  ])('a code span holds %j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });
});

describe('a revision of git', () => {
  const git = (...words: readonly string[]) =>
    execFileSync(
      'git',
      ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'commit.gpgsign=false', ...words],
      {
        cwd: path('.'),
        stdio: 'pipe',
      },
    );
  const commit = () => {
    git('add', '-A');
    git('commit', '-qm', 'x');
  };

  test('is read with what it includes and its file of stages', async () => {
    git('init', '-q');
    write('conf/routes.yaml', `${HEAD}include: [more/a.yaml]\nroutes: {}\n`);
    write('conf/more/a.yaml', 'routes: { a: { match: GET /a, redirect: 302 /x } }\n');
    write('conf/stages.yaml', 'a: canary 5%\n');
    commit();
    rmSync(path('conf/more'), { recursive: true });
    write('conf/routes.yaml', `${HEAD}routes: { a: { match: GET /a, redirect: 302 /x } }\n`);
    write('conf/stages.yaml', 'a: new\n');
    const { code, out } = await banyan('plan', 'HEAD', 'conf/routes.yaml', '--stages', 'conf/stages.yaml');
    expect([code, out]).toEqual([0, expect.stringMatching(/^a: canary 5% → new\n\n1 change from HEAD /)]);
  });

  test('that has no such file yet is an edge without routes', async () => {
    git('init', '-q');
    write('other', 'x');
    commit();
    write('routes.yaml', `${HEAD}routes: { a: { match: GET /a } }\n`);
    const { out } = await banyan('plan', 'HEAD');
    expect(out).toMatch(/^a: new: GET \/a, at stage legacy; until now legacy \(undeclared\)\n/);
  });

  test('whose file has problems is told with them', async () => {
    git('init', '-q');
    write('routes.yaml', 'routes: { a: { match: GET a } }\n');
    commit();
    write('routes.yaml', `${HEAD}routes: {}\n`);
    const { code, err } = await banyan('plan', 'HEAD');
    expect([code, err]).toEqual([1, expect.stringMatching(/^HEAD has problems\n\n.*invalid-match/)]);
  });

  test.each(['nonsense', '--output=x', 'HEAD^{tree}'])('%s is none', async (base) => {
    git('init', '-q');
    write('routes.yaml', `${HEAD}routes: {}\n`);
    commit();
    expect(await banyan('plan', '--', base)).toMatchObject({ code: 2, out: '' });
  });
});

test('a new file with problems has no plan', async () => {
  write('before.yaml', `${HEAD}routes: {}\n`);
  write('routes.yaml', 'routes: { a: { match: GET a } }\n');
  expect(await banyan('plan', 'before.yaml')).toMatchObject({ code: 1, out: '' });
  const { code, out } = await banyan('plan', 'before.yaml', '--format', 'markdown');
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/^### `routes\.yaml` has problems\n\n```\n.*invalid-match/),
  ]);
});
