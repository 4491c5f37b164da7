// `banyan check`.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { githubAnnotations } from '../../src/cli/github-annotations.ts';
import { banyan, useFolder } from './run-banyan.ts';

const { write } = useFolder();

const FINE = 'routes:\n  a: { match: GET /a, redirect: 302 /b, stage: new }\n';

test('a file without problems is fine', async () => {
  write('routes.yaml', FINE);
  expect(await banyan('check')).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^routes\.yaml: fine \(1 route, revision [0-9a-f]{8}\)\n$/),
  });
});

test('every problem is told with the lines around it, and counted', async () => {
  write('other.yaml', 'routes:\n  a: { match: GET a }\n  b: { match: GET /b, stage: nwe }\n');
  const { code, out, err } = await banyan('check', 'other.yaml');
  expect([code, err]).toEqual([1, '']);
  expect(out).toContain('other.yaml:2:15 invalid-match: ');
  expect(out).toContain('  2 |   a: { match: GET a }\n');
  expect(out).toContain('other.yaml:3:30 invalid-value: ');
  expect(out).toMatch(/\n\nother\.yaml: 2 problems\n$/);
});

test('a file that is not there is a problem', async () => {
  expect(await banyan('check')).toMatchObject({ code: 1, out: expect.stringContaining('file-unreadable') });
});

test('stages of an environment are checked with the routes', async () => {
  write('routes.yaml', FINE);
  write('production.yaml', 'b: new\n');
  const { code, out } = await banyan('check', '--stages', 'production.yaml');
  expect([code, out]).toEqual([1, expect.stringContaining('production.yaml:1:1 unknown-route')]);
});

test('a warning is told and hinders nothing, unless --strict', async () => {
  write('routes.yaml', 'routes:\n  a: { match: "GET /a?x=1&!x" }\n');
  const { code, out } = await banyan('check');
  expect([code, out]).toEqual([0, expect.stringContaining('routes.yaml:2:15 route-unreachable')]);
  expect(out).toMatch(/\nroutes\.yaml: 1 warning \(1 route, revision /);
  expect((await banyan('check', '--strict')).code).toBe(1);
  expect((await banyan('check', '--format', 'github')).out).toMatch(/^::warning /);
  const json = JSON.parse((await banyan('check', '--strict', '--format', 'json')).out);
  expect(json).toMatchObject({ ok: false, problems: [{ severity: 'warning', code: 'route-unreachable' }] });
});

describe('the tests of a file', () => {
  const tested = (...tests: readonly string[]) =>
    `${FINE}  b: { match: POST /b, body: { x: y } }\ntests:\n${tests.map((text) => `  - ${text}\n`).join('')}`;

  test('are run', async () => {
    write(
      'routes.yaml',
      tested('GET /a?x=1 is a', 'GET /b is undeclared', '{ request: POST /b, body: { x: y }, is: b }'),
    );
    const { code, out } = await banyan('check');
    expect([code, out]).toEqual([0, expect.stringContaining('fine (2 routes, 3 tests, ')]);
  });

  test('that do not hold are problems, with what is met instead', async () => {
    write('routes.yaml', tested('GET /a is b', 'GET /c is a'));
    const { code, out } = await banyan('check');
    expect(code).toBe(1);
    expect(out).toContain('routes.yaml:5:5 test-failed: "GET /a is b" does not hold: it is a\n');
    expect(out).toContain('routes.yaml:6:5 test-failed: "GET /c is a" does not hold: it is undeclared\n');
  });
});

test('as JSON for scripts', async () => {
  write('routes.yaml', 'routes:\n  a: { match: GET a }\n');
  const { code, out } = await banyan('check', '--format', 'json');
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({
    ok: false,
    file: 'routes.yaml',
    revision: null,
    routes: null,
    tests: null,
    problems: [
      {
        severity: 'problem',
        code: 'invalid-match',
        file: 'routes.yaml',
        line: 2,
        column: 15,
        message: expect.any(String),
        cure: expect.any(String),
      },
    ],
  });
});

test('as annotations of a GitHub workflow', async () => {
  write('routes.yaml', 'routes:\n  a: { match: GET a }\n');
  const { code, out } = await banyan('check', '--format', 'github');
  expect(code).toBe(1);
  expect(out).toMatch(/^::error file=routes\.yaml,line=2,col=15,title=banyan%3A invalid-match::.*%0A→ .*\n$/);
});

test.each([[['check', '--format', 'xml']], [['check', '--nonsense']], [['check', 'a', 'b']]])(
  '%j is a mistake of usage',
  async (words) => {
    expect(await banyan(...words)).toMatchObject({ code: 2, out: '' });
  },
);

describe('GitHub annotations', () => {
  const problem = {
    code: 'invalid-value',
    position: { file: 'a,b:c%d.yaml', line: 3, column: 4 },
    message: '100% of\r\nit, ::error::no',
    cure: 'mend it',
  } as const;

  test('escape what would end a property or a line', () => {
    expect(githubAnnotations([problem])).toBe(
      '::error file=a%2Cb%3Ac%25d.yaml,line=3,col=4,title=banyan%3A invalid-value::' +
        '100%25 of%0D%0Ait, ::error::no%0A→ mend it\n',
    );
  });

  test('have warnings as warnings', () => {
    expect(githubAnnotations([{ ...problem, severity: 'warning' }])).toMatch(/^::warning /);
  });

  test('name a place outside all files in their text', () => {
    const outside = { ...problem, position: { file: 'LEGACY_URL', line: 0, column: 0 } };
    expect(githubAnnotations([outside])).toMatch(/^::error title=[^,:]*::LEGACY_URL: 100%25/);
  });
});

test('of standard input that is not UTF-8, says where', () => {
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
  const { status, stdout } = spawnSync(
    process.execPath,
    ['--import', import.meta.resolve('tsx'), main, 'check', '-'],
    {
      input: Buffer.from('routes:\n  a: { match: GET /caf\xe9 }\n', 'latin1'),
      encoding: 'utf8',
    },
  );
  expect([status, stdout]).toEqual([
    1,
    expect.stringContaining('stdin:2:23 file-encoding: the file is not UTF-8'),
  ]);
});
