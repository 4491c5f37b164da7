// `banyan flip` and `banyan rollback` on files.
import { chmodSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, test, vi } from 'vitest';
import { workOutChange } from '../../src/cli/change-stage.ts';
import { carryOut } from '../../src/cli/flip.ts';
import { settingsOrExit } from '../../src/cli/settings-options.ts';
import { banyan, useFolder } from './run-banyan.ts';

const { write, read, path } = useFolder();

const ROUTES = `# The shop.
cohorts: { staff: { cookie: { staff: "1" } } }
rollouts:
  checkout: canary 5% staff   # agreed on Monday
routes:
  product-page:               # the first one
    match: GET /products/:id<int>
    redirect: 302 /p/:id
    stage: legacy # until the cache is warm
  cart-view: { match: GET /cart, redirect: 302 /c, rollout: checkout }
  pay: { match: POST /pay, redirect: 303 /c, rollout: checkout }
  search:
    match: GET /search
    redirect: 302 /s
`;

describe('flip', () => {
  test('changes one word, and says what it did and how it is undone', async () => {
    write('routes.yaml', ROUTES);
    expect(await banyan('flip', 'product-page', 'canary', '5%', 'staff')).toEqual({
      code: 0,
      out: `product-page: legacy → canary 5% staff
routes.yaml:9
-    stage: legacy # until the cache is warm
+    stage: canary 5% staff # until the cache is warm
undo: banyan flip product-page legacy
`,
      err: '',
    });
    expect(read('routes.yaml')).toBe(ROUTES.replace('stage: legacy', 'stage: canary 5% staff'));
  });

  test.each([
    ['product-page', 'new'],
    ['search', 'new'],
    ['checkout', 'legacy'],
    ['cart-view', 'new'],
  ])('of %s to %s and then its undo leave the file as it was, to the byte', async (name, stage) => {
    write('routes.yaml', ROUTES);
    const { undo } = JSON.parse((await banyan('flip', name, stage, '--json')).out);
    expect(read('routes.yaml')).not.toBe(ROUTES);
    expect((await banyan(...undo.slice(1))).code).toBe(0);
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test('of a route in a rollout flips the rollout, and names its routes', async () => {
    write('routes.yaml', ROUTES);
    const { out } = await banyan('flip', 'pay', 'new');
    expect(out).toMatch(/^checkout \(cart-view, pay\): canary 5% staff → new\nroutes.yaml:4\n/);
    expect(read('routes.yaml')).toContain('checkout: new   # agreed on Monday');
  });

  test('of a route without a stage writes one', async () => {
    write('routes.yaml', ROUTES);
    const { out } = await banyan('flip', 'search', 'new');
    expect(out).toContain('routes.yaml:15\n+    stage: new\nundo: banyan flip search default\n');
  });

  test('with --stages changes that file, and leaves the routes file alone', async () => {
    write('routes.yaml', ROUTES);
    write('production.yaml', '# production\nproduct-page: shadow 10%\n');
    const first = await banyan('flip', 'product-page', 'new', '--stages', 'production.yaml');
    expect(first.out).toContain('product-page: shadow 10% → new\nproduction.yaml:2\n');
    const second = await banyan('flip', 'cart-view', 'legacy', '--stages', 'production.yaml');
    expect(second.out).toContain('undo: banyan flip checkout default --stages production.yaml\n');
    expect(read('production.yaml')).toBe('# production\nproduct-page: new\ncheckout: legacy\n');
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test.each([
    ['the last entry', 'product-page: new # why\n', 'product-page', '{} # why\n'],
    ['the first of several', 'product-page: new\nsearch: legacy\n', 'product-page', 'search: legacy\n'],
    [
      'between others',
      'search: new\n# b\ncheckout: new\n# c\nproduct-page: new\n',
      'checkout',
      /^search: new\n# b\n# c\n/,
    ],
  ])(
    'to default takes %s out of a file of stages, and its undo writes it there',
    async (_, text, name, after) => {
      write('routes.yaml', ROUTES);
      write('production.yaml', text);
      const { out } = await banyan('flip', name, 'default', '--stages', 'production.yaml', '--json');
      expect(read('production.yaml')).toEqual(
        typeof after === 'string' ? after : expect.stringMatching(after),
      );
      expect((await banyan(...JSON.parse(out).undo.slice(1))).code).toBe(0);
      expect(read('production.yaml')).toBe(text);
    },
  );

  test('writes the first entry of a file of stages that says that there are none', async () => {
    write('routes.yaml', ROUTES);
    write('production.yaml', '# production\n{}\n');
    const { out } = await banyan('flip', 'search', 'new', '--stages', 'production.yaml');
    expect(read('production.yaml')).toBe('# production\nsearch: new\n');
    expect(out).toContain('undo: banyan flip search default --stages production.yaml\n');
  });

  test('says where no command writes what stood there', async () => {
    write('routes.yaml', ROUTES);
    write('production.yaml', 'search: "new"\ncheckout: new\n');
    const { out } = await banyan('flip', 'search', 'default', '--stages', 'production.yaml');
    expect(out).toContain('undo: by hand; no command writes it as it stood\n');
  });

  test('of a route in an included file changes that file', async () => {
    write('routes.yaml', 'include: [more/shop.yaml]\nroutes: {}\n');
    write('more/shop.yaml', 'routes:\n  a: { match: GET /a, redirect: 302 /b }\n');
    const { out } = await banyan('flip', 'a', 'new');
    expect(out).toContain('more/shop.yaml:2\n');
    expect(read('more/shop.yaml')).toContain('redirect: 302 /b, stage: new }');
  });

  test('to the stage that is there does nothing', async () => {
    write('routes.yaml', ROUTES);
    const { code, out } = await banyan('flip', 'product-page', 'legacy');
    expect([code, out]).toEqual([0, 'product-page: legacy as before\nnothing to do\n']);
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test('as a dry run writes nothing', async () => {
    write('routes.yaml', ROUTES);
    const { out } = await banyan('flip', 'product-page', 'new', '--dry-run');
    expect(out).toContain('not written: this was a dry run\n');
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test('of several routes at a time loses none', async () => {
    const names = Array.from({ length: 6 }, (_, index) => `r${index}`);
    const routes = names.map(
      (name) => `  ${name}: { match: GET /${name}, redirect: 302 /x, stage: legacy }\n`,
    );
    write('routes.yaml', `routes:\n${routes.join('')}`);
    const settings = settingsOrExit({});
    const quiet = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const flips = names.map((name) => carryOut(() => workOutChange(settings, { name, stage: 'new' }), {}));
    const codes = await Promise.all(flips);
    quiet.mockRestore();
    expect(codes).toEqual(names.map(() => 0));
    expect(read('routes.yaml').match(/stage: new/g)).toHaveLength(names.length);
  });

  test('keeps the mode of the file, and a link a link', async () => {
    write('real.yaml', ROUTES);
    chmodSync(path('real.yaml'), 0o640);
    symlinkSync('real.yaml', path('routes.yaml'));
    await banyan('flip', 'product-page', 'new');
    expect(read('real.yaml')).toContain('stage: new #');
    expect(statSync(path('real.yaml')).mode & 0o777).toBe(0o640);
  });

  test.each([
    [
      ['flip', 'produkt-page', 'new'],
      2,
      'there is no route or rollout "produkt-page": did you mean "product-page"?',
    ],
    [['flip', 'product-page', 'nwe'], 2, '"nwe" is no stage: did you mean "new"?'],
    [['flip', 'product-page'], 2, 'missing required argument'],
    [['flip', 'product-page', 'canary', '5%', 'stuff'], 1, 'did you mean "staff"?'],
    [['flip', 'product-page', 'canary'], 2, 'canary alone is for nobody'],
    [['flip', 'product-page', 'new', '--routes', 'nowhere.yaml'], 1, 'file-unreadable'],
  ])('%j is refused', async (words, code, message) => {
    write('routes.yaml', ROUTES);
    const ran = await banyan(...words);
    expect([ran.code, ran.out]).toEqual([code, '']);
    expect(ran.err).toContain(message);
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test('is refused when the result would not check: the route has nobody to answer it', async () => {
    write('routes.yaml', 'routes:\n  a:\n    match: GET /a\n    stage: legacy\n');
    const { code, err } = await banyan('flip', 'a', 'new');
    expect(code).toBe(1);
    expect(err).toContain('routes.yaml:4:12 missing-new-side');
    expect(err).toContain('4 |     stage: new');
    expect(err).toContain('nothing was changed: the result would not check');
    expect(read('routes.yaml')).toContain('stage: legacy');
  });

  test('is refused while the file has other problems', async () => {
    write('routes.yaml', ROUTES.replace('match: GET /search', 'match: GET search'));
    const { code, err } = await banyan('flip', 'product-page', 'new');
    expect([code, err]).toEqual([1, expect.stringContaining('invalid-match')]);
  });
});

describe('rollback', () => {
  test('goes back to legacy', async () => {
    write('routes.yaml', ROUTES.replace('stage: legacy', 'stage: new'));
    const { code, out } = await banyan('rollback', 'product-page');
    expect([code, out]).toEqual([0, expect.stringMatching(/^product-page: new → legacy\n/)]);
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test('goes back to another stage', async () => {
    write('routes.yaml', ROUTES);
    const { out } = await banyan('rollback', 'cart-view', '--to', 'shadow 10%');
    expect(out).toContain('checkout (cart-view, pay): canary 5% staff → shadow 10%');
  });

  test('of what is at legacy does nothing', async () => {
    write('routes.yaml', ROUTES);
    expect(await banyan('rollback', 'search')).toMatchObject({
      code: 0,
      out: 'search: legacy as before\nnothing to do\n',
    });
    expect(read('routes.yaml')).toBe(ROUTES);
  });

  test.each(['new', 'canary 50%', 'gone'])('goes no way forward: --to %s', async (to) => {
    write('routes.yaml', ROUTES);
    const { code, err } = await banyan('rollback', 'cart-view', '--to', to);
    expect([code, err]).toEqual([2, expect.stringContaining(`banyan flip checkout ${to}`)]);
    expect(read('routes.yaml')).toBe(ROUTES);
  });
});
