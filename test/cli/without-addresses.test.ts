// Commands that send nothing, in a shell that knows nothing of the edge's environment.
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { banyan, useFolder } from './run-banyan.ts';

const { write, read } = useFolder();

const ROUTES = `upstreams: { api: "http://\${API_HOST}:\${API_PORT}" }
routes:
  page: { match: GET /page, redirect: 302 /p, stage: new }
  api: { match: ANY /api/*, upstream: api, stage: new }
`;

beforeEach(() => {
  for (const name of ['LEGACY_URL', 'API_HOST', 'API_PORT']) vi.stubEnv(name, undefined);
  write('routes.yaml', ROUTES);
});

test('rollback goes back without an address of legacy or of anything else', async () => {
  const { code, err } = await banyan('rollback', 'page');
  expect([code, err]).toEqual([0, '']);
  expect(read('routes.yaml')).toBe(ROUTES.replace('302 /p, stage: new', '302 /p, stage: legacy'));
});

test('flip changes a stage', async () => {
  expect((await banyan('flip', 'api', 'shadow', '10%')).code).toBe(0);
  expect(read('routes.yaml')).toContain('upstream: api, stage: shadow 10%');
});

test('explain says who answers', async () => {
  const { code, out } = await banyan('explain', 'GET', '/nowhere');
  expect([code, out]).toEqual([0, expect.stringContaining('undeclared: legacy answers')]);
});

test('plan says what an edit does, and takes unset variables for no change', async () => {
  write('before.yaml', ROUTES);
  write('routes.yaml', ROUTES.replace('302 /p, stage: new', '302 /p, stage: gone'));
  const { code, out } = await banyan('plan', 'before.yaml', '--format', 'json');
  expect(code).toBe(0);
  expect(JSON.parse(out).changes).toEqual([{ kind: 'route', name: 'page', text: 'new → gone' }]);
});

describe('what such a shell does not excuse', () => {
  test('check tells of every address that is not known', async () => {
    const { code, out } = await banyan('check', '--format', 'json');
    expect(code).toBe(1);
    const codes = JSON.parse(out).problems.map((problem: { code: string }) => problem.code);
    expect(codes).toEqual(['missing-legacy', 'unset-variable', 'unset-variable']);
  });

  test('other problems of the file are told, and nothing is written', async () => {
    const broken = ROUTES.replace('302 /p', '302 nowhere');
    write('routes.yaml', broken);
    const { code, err } = await banyan('rollback', 'page');
    expect([code, err]).toEqual([1, expect.stringContaining('invalid-redirect')]);
    expect(err).not.toContain('unset-variable');
    expect(read('routes.yaml')).toBe(broken);
  });

  test('a table that needs no legacy is not sent back to one that nobody knows', async () => {
    const alone = 'unmatched: 404\nroutes: { page: { match: GET /page, redirect: 302 /p, stage: new } }\n';
    write('routes.yaml', alone);
    const { code, err } = await banyan('rollback', 'page');
    expect([code, err]).toEqual([1, expect.stringContaining('missing-legacy')]);
    expect(read('routes.yaml')).toBe(alone);
  });
});
