// What handlers share with legacy, made from the environment.
import { describe, expect, test } from 'vitest';
import { createStores } from '../../src/stores/stores.ts';

const nobodyHears = { onCache: () => {}, onSession: () => {} };

describe('mistakes in the URLs of stores', () => {
  test('are told all at once, a line for each, with what to write instead', () => {
    const urls = {
      mysqlUrl: 'mysql://shop@127.0.0.1/shop?rosw=php',
      memcacheUrl: 'memcached://127.0.0.1?distribution=katama',
      sessionUrl: 'redis://127.0.0.1/?frm=redis',
      sessionKey: undefined,
    };
    expect(() => createStores(urls, nobodyHears)).toThrow(
      /^MYSQL_URL: there is no option "rosw": did you mean "rows"\?\nMEMCACHE_URL: .*\nSESSION_URL: .*$/,
    );
  });

  test('of one do not hide that another is right', () => {
    const urls = {
      mysqlUrl: 'mysql://shop@127.0.0.1/shop',
      memcacheUrl: 'memcached://127.0.0.1?distribution=katama',
      sessionUrl: undefined,
      sessionKey: undefined,
    };
    expect(() => createStores(urls, nobodyHears)).toThrow(/^MEMCACHE_URL: [^\n]*$/);
  });
});
