// SESSION_URL: every mistake ends the start, with what was meant and without a secret.
import { describe, expect, test } from 'vitest';
import { createSessionStore } from '../../../src/stores/session/store.ts';

/** The first line of what is wrong. */
function mistake(url: string, key?: string): string {
  try {
    createSessionStore(url, { key });
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

describe('a wrong SESSION_URL is told', () => {
  test.each([
    ['nonsense', 'SESSION_URL: it is no address: write memcached://host:port'],
    ['memcachd://a', 'SESSION_URL: there are no sessions at memcachd://: did you mean "memcached"?'],
    ['reddis://a', 'SESSION_URL: there are no sessions at reddis://: did you mean "redis"?'],
    ['memcached://a?preset=laravl', 'SESSION_URL: preset cannot be "laravl": did you mean "laravel"?'],
    ['redis://a?serialiser=php', 'SESSION_URL: there is no option "serialiser": did you mean "serializer"?'],
    [
      'memcached://a?serialiser=php',
      'SESSION_URL: there is no option "serialiser": did you mean "serializer"?',
    ],
    ['redis://a?serializer=pph', 'SESSION_URL: serializer cannot be "pph": did you mean "php"?'],
    ['redis://a?touch=offf', 'SESSION_URL: touch cannot be "offf": did you mean "off"?'],
    ['redis://a?lifetime=soon', 'SESSION_URL: lifetime cannot be "soon": write a duration as'],
    ['redis://a?lifetime=0s', 'SESSION_URL: lifetime cannot be "0s"'],
    ['redis://a?timeout=1', 'SESSION_URL: timeout cannot be "1"'],
    ['redis://a:99999', 'SESSION_URL: the server "a:99999" must be written like host:port'],
    ['redis://', 'SESSION_URL: it must look like redis://host:6379/0'],
    ['redis://a/cache', 'SESSION_URL: it must look like redis://host:6379/0'],
    ['memcached://a:0', 'SESSION_URL: the server "a:0" must be written like host:port'],
    ['memcached://a?ring=2', 'SESSION_URL: ring cannot be "2"'],
    [
      'file://var/sessions',
      'SESSION_URL: it must look like file:///var/lib/php/sessions, with three slashes',
    ],
    ['file:///var/sessions?depth=x', 'SESSION_URL: depth cannot be "x": write a whole number from 0 to 16'],
    ['file:///s?table=x', 'SESSION_URL: there is no option "table"'],
    ['mysql://h/', 'SESSION_URL: it must look like mysql://user:password@host:3306/database'],
    ['mysql://h/db', 'SESSION_URL: preset=php does not say how the table tells when a session ends'],
    [
      'mysql://h/db?expiresColumn=a&activityColumn=b',
      'SESSION_URL: expiresColumn and activityColumn exclude each other',
    ],
    [
      'mysql://h/db?preset=cakephp5&charset=gbk',
      'SESSION_URL: charset=gbk is not known, or parameters cannot be escaped safely in it',
    ],
    ['redis://h?preset=drupal', 'SESSION_URL: preset=drupal is for sessions in mysql, not in redis'],
    [
      'mysql://h/db?preset=laravel',
      'SESSION_URL: preset=laravel needs the secret of the application: set SESSION_KEY',
    ],
    ['mysql://h/db?preset=symfony&guard=x', 'SESSION_URL: there is no option "guard"'],
  ])('%s', (url, message) => {
    expect(mistake(url)).toContain(message);
  });

  test.each([
    ['redis://h?preset=laravel', 'SESSION_URL: preset=laravel in redis needs prefix=...'],
    [
      'mysql://h/db?preset=laravel',
      'SESSION_KEY: a key of Laravel is base64: and 16 or 32 bytes; copy APP_KEY',
    ],
    ['mysql://h/db?preset=wordpress', 'SESSION_URL: preset=wordpress needs site=https://...'],
  ])('with a key: %s', (url, message) => {
    const told = mistake(url, 'base64:c2VjcmV0');
    expect(told).toContain(message);
    expect(told).not.toContain('c2VjcmV0');
  });

  test('without its password', () => {
    for (const url of [
      'redis:/u:hush@h',
      'redis://u:hush@h?tuch=on',
      'mysql://u:hush@h/',
      'redis://u:hush@h/x',
    ])
      expect(mistake(url)).not.toMatch(/hush|nothing/);
  });
});

test.each([
  'memcached://a,b:11212?ring=2.2&distribution=ketama&hash=md5',
  'memcache://a:11211:2,b?strategy=standard',
  'redis://:pass%40word@a:6379:1,b:6379:2/3?name=SID&touch=off',
  'rediss://user:pw@[::1]:6380',
  'file:///var/lib/php/sessions?depth=2&lifetime=8h',
  'mysql://u:p@h:3307/db?table=other.sessions&idColumn=k&dataColumn=v&expiresColumn=e',
  'mysql://h/db?preset=cakephp5',
  'mysql://h/db?preset=drupal7&hashed=off&idColumn=ssid',
])('%s is right', async (url) => {
  const store = createSessionStore(url);
  await store.close();
});
