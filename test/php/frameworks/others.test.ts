// CakePHP, Symfony, CodeIgniter and Drupal: sessions and names that real PHP has made, read as their applications do.
import { describe, expect, test } from 'vitest';
import { type CakeOptions, cakeSessions, cakeUserAgent } from '../../../src/php/frameworks/cakephp.ts';
import { codeIgniterSessions } from '../../../src/php/frameworks/codeigniter3.ts';
import type { RequestFacts, SessionDialect } from '../../../src/php/frameworks/dialect.ts';
import { drupalCookies, drupalSessions, hashBase64 } from '../../../src/php/frameworks/drupal.ts';
import { plainSessions } from '../../../src/php/frameworks/plain.ts';
import { symfonySessions } from '../../../src/php/frameworks/symfony.ts';
import type { PhpArray } from '../../../src/php/value.ts';
import { askFramework, facts, tellFramework } from './oracle.ts';

const NAMED = { name: 'SID', serializer: 'php' } as const;
const ID = 'k2jd7n5v3qhd8s0c1m4b6a9e0f';

/** What an application sees of a session that PHP has made: its variables, and who is logged in. */
function seen(
  dialect: SessionDialect,
  php: string,
  more: Partial<RequestFacts> = {},
  columns: Record<string, string> = {},
): { values: PhpArray | undefined; user: string | undefined } {
  const decoded = dialect.decode(tellFramework(`return session(${php});`));
  if (!decoded.ok) throw new Error(decoded.error.message);
  const session = { values: decoded.value, columns };
  return { values: dialect.view(session, facts(more)), user: dialect.userOf(session) };
}

describe('plain sessions', () => {
  test.each([
    ['7', '7'],
    ["'7'", '7'],
    ["'zoe@example.com'", 'zoe@example.com'],
    ['0', undefined],
    ["'0'", undefined],
    ["''", undefined],
    ['null', undefined],
    ['[1]', undefined],
    ['true', undefined],
  ])('have the user that `user` names: %s', (php, user) => {
    const dialect = plainSessions({ ...NAMED, userPaths: ['admin.id', 'user.id'] });
    expect(seen(dialect, `['user' => ['id' => ${php}]]`).user).toBe(user);
  });

  test('take only what PHP takes for an id', () => {
    const { keyOf } = plainSessions({ ...NAMED, userPaths: [] });
    expect(keyOf(ID, 'SID', facts())).toBe(ID);
    for (const wrong of ['', 'short', `../${ID}`, `${ID}\n`, 'a'.repeat(257), `${ID}%`])
      expect(keyOf(wrong, 'SID', facts())).toBeUndefined();
  });
});

describe('CakePHP', () => {
  const cake = (major: CakeOptions['major'], more: Partial<CakeOptions> = {}) =>
    cakeSessions({ ...NAMED, major, userPaths: undefined, salt: undefined, lifetime: 1440, ...more });

  test.each([
    [2, `['Auth' => ['User' => ['id' => '7']]]`],
    [3, `['Auth' => ['User' => ['id' => 7]]]`],
    [4, `['Auth' => ['id' => 7]]`],
    [4, `['Auth' => new App\\Model\\Entity\\User(['id' => 7])]`],
    [5, `['Auth' => new ArrayObject(['id' => 7])]`],
    [5, `['Auth' => ['User' => ['id' => 7]]]`],
  ] as const)('%i has its user in %s', (major, php) => {
    expect(seen(cake(major), php).user).toBe('7');
  });

  test('3 and later refuse a session that lay idle for longer than its lifetime', () => {
    expect(seen(cake(5), `['Config' => ['time' => ${1_000_000 - 1440}]]`).values).toBeDefined();
    expect(seen(cake(5), `['Config' => ['time' => ${1_000_000 - 1441}]]`).values).toBeUndefined();
    expect(seen(cake(4), `['n' => 1]`).values).toBeDefined();
  });

  test('2 refuses a session whose time is over or that is of another browser', () => {
    const salt = 'DYhG93b0qyJfIxfs2guVoUubWwvniR2G0FgaC9mi';
    const of = (time: number, agent: string) =>
      `['Config' => ['userAgent' => md5('${agent}${salt}'), 'time' => ${time}, 'countdown' => 10]]`;
    expect(seen(cake(2, { salt }), of(1_000_000, 'Firefox')).values).toBeDefined();
    expect(seen(cake(2, { salt }), of(999_999, 'Firefox')).values).toBeUndefined();
    expect(seen(cake(2, { salt }), of(1_000_000, 'Chrome')).values).toBeUndefined();
    expect(seen(cake(2), of(1_000_000, 'Chrome')).values).toBeDefined();
    expect(cakeUserAgent('Zoë', salt)).toBe(tellFramework(`return md5('Zoë${salt}');`).toString());
  });
});

describe('Symfony', () => {
  const symfony = (more = {}) =>
    symfonySessions({ ...NAMED, firewall: 'main', userPaths: undefined, ...more });
  const token = `serialize(new Symfony\\Component\\Security\\Http\\Authenticator\\Token\\PostAuthenticationToken('main', new App\\Entity\\User(7, 'zoe@example.com'), ['ROLE_USER']))`;
  const php = `['_sf2_attributes' => ['_security_main' => ${token}, 'cart' => ['n' => 2]], '_sf2_meta' => ['u' => 1]]`;

  test('shows the attributes alone', () => {
    const { values } = seen(symfony(), php);
    expect([...(values?.keys() ?? [])]).toEqual(['_security_main', 'cart']);
    expect(seen(symfony(), '[]').values).toEqual(new Map());
  });

  test('has its user in the token of the firewall', () => {
    expect(seen(symfony(), php).user).toBe('7');
    expect(seen(symfony({ userPaths: ['email'] }), php).user).toBe('zoe@example.com');
    expect(seen(symfony({ firewall: 'admin' }), php).user).toBeUndefined();
    expect(seen(symfony(), `['_sf2_attributes' => ['_security_main' => 'broken']]`).user).toBeUndefined();
    const round = `'O:5:"Token":1:{s:1:"d";a:1:{i:0;R:2;}}'`;
    expect(seen(symfony(), `['_sf2_attributes' => ['_security_main' => ${round}]]`).user).toBeUndefined();
  });
});

describe('CodeIgniter 3', () => {
  const ci = (more = {}) =>
    codeIgniterSessions({ ...NAMED, userPaths: ['user_id'], matchIp: false, address: 'key', ...more });

  test('puts the address into the key where it is told to', () => {
    const key = (more: object) => ci(more).keyOf(ID, 'SID', facts());
    expect(key({})).toBe(ID);
    expect(key({ matchIp: true })).toBe(`192.0.2.7:${ID}`);
    expect(key({ matchIp: true, address: 'file' })).toBe(
      tellFramework(`return md5('192.0.2.7') . '${ID}';`).toString(),
    );
    expect(key({ matchIp: true, address: 'column' })).toBe(ID);
  });

  test('refuses a row of another address', () => {
    const dialect = ci({ matchIp: true, address: 'column' });
    expect(seen(dialect, `['user_id' => 7]`, {}, { ip_address: '192.0.2.7' }).values).toBeDefined();
    expect(seen(dialect, `['user_id' => 7]`, {}, { ip_address: '192.0.2.8' }).values).toBeUndefined();
  });

  test('leaves out what is over', () => {
    const php = `['user_id' => 7, 'new' => 1, 'old' => 2, 'temp' => 3, 'late' => 4, '__ci_vars' => ['new' => 'new', 'old' => 'old', 'temp' => 1000001, 'late' => 999999]]`;
    const { values, user } = seen(ci(), php);
    expect([...(values?.keys() ?? [])]).toEqual(['user_id', 'new', 'temp', '__ci_vars']);
    expect(user).toBe('7');
  });
});

describe('Drupal', () => {
  const drupal = (major: 7 | 8, more = {}) =>
    drupalSessions({
      ...{ major, name: undefined, site: undefined, hashed: true, serializer: 'php', userPaths: undefined },
      ...more,
    });

  test('hides the site in the cookie and the id in the table, as PHP does', () => {
    const [hash] = askFramework('return substr(hash("sha256", $in), 0, 32);', ['example.com']);
    expect(drupalCookies('example.com')).toEqual([`SSESS${hash}`, `SESS${hash}`]);
    expect(drupal(8).cookieNames(facts({ host: 'Example.com:8080' }))).toEqual(drupalCookies('example.com'));
    const ids = ['a', ID, 'ä', '-_'.repeat(20)];
    const hashes = askFramework('return drupalHash($in);', ids);
    expect(ids.map(hashBase64)).toEqual(hashes.map(String));
    expect(drupal(8).keyOf(ID, 'SESS', facts())).toBe(hashBase64(ID));
    expect(drupal(7, { hashed: false }).keyOf(ID, 'SESS', facts())).toBe(ID);
  });

  test('8 has its user among the attributes, 7 in the row', () => {
    const { values, user } = seen(
      drupal(8),
      `['_sf2_attributes' => ['uid' => '7', 'fig' => 1]]`,
      {},
      { uid: '7' },
    );
    expect([values?.get('fig'), user]).toEqual([1, '7']);
    expect(seen(drupal(7), `['fig' => 1]`, {}, { uid: '7' }).user).toBe('7');
    expect(seen(drupal(7), `['fig' => 1]`, {}, { uid: '0' }).user).toBeUndefined();
  });
});
