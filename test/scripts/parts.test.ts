// How missing parts are looked for and spoken of. Nothing is installed here.
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

import { childEnvironment, searchPath } from '../../scripts/environment.js';
import { hasApt, installArguments, installCommand } from '../../scripts/parts/apt.js';
import { candidates } from '../../scripts/parts/find.js';
import { advice } from '../../scripts/parts.js';

const scratch = mkdtempSync(join(tmpdir(), 'banyan-parts-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const program = (name: string, mode = 0o755): string => {
  mkdirSync(scratch, { recursive: true });
  const path = join(scratch, name);
  writeFileSync(path, '#!/bin/sh\n');
  chmodSync(path, mode);
  return path;
};

describe('candidates', () => {
  it('come newest first, and only what can be executed', () => {
    const older = program('php-fpm8.2');
    const newer = program('php-fpm8.10');
    program('php-fpm9', 0o644);
    program('php-fpm.conf');
    expect(candidates(/^php-fpm[\d.]*$/, [scratch])).toEqual([newer, older]);
  });

  it('are looked for in directories of administrators as well', () => {
    expect(searchPath({ PATH: '/opt/x/bin:relative:/usr/bin' })).toEqual(
      expect.arrayContaining(['/opt/x/bin', '/usr/sbin']),
    );
    expect(searchPath({ PATH: 'relative' })).not.toContain('relative');
  });
});

describe('apt', () => {
  it.each([
    ['ID=debian\nID_LIKE=""', 'Debian'],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'what derives from Ubuntu'],
  ])('%j is %s', (osRelease) => {
    expect(hasApt(osRelease)).toBe(true);
  });

  it.each(['ID=fedora', 'ID=alpine\nNAME="not debian"', ''])(
    '%j is neither Debian nor Ubuntu',
    (osRelease) => {
      expect(hasApt(osRelease)).toBe(false);
    },
  );

  it('waits for locks and installs nothing that is only recommended', () => {
    const args = installArguments(['memcached']).join(' ');
    expect(args).toMatch(/^install -y --no-install-recommends .*DPkg::Lock::Timeout=\d+ .* memcached$/);
  });

  it('words a command that can be typed as it is', () => {
    expect(installCommand(['nginx', 'memcached'])).toBe(
      'sudo apt-get update && sudo apt-get install -y --no-install-recommends nginx memcached',
    );
  });
});

describe('advice', () => {
  const missing = [
    { name: 'memcached', rejected: [] },
    { name: 'php-fpm', rejected: ['/usr/sbin/php-fpm8.2: it lacks memcached'] },
  ];

  it('says what is missing, what it must be able to do, and what was wrong with what was found', () => {
    const text = advice(missing, false);
    expect(text).toContain('memcached: needed is memcached 1.5 or later');
    expect(text).toContain('of no use: /usr/sbin/php-fpm8.2: it lacks memcached');
    expect(text).not.toContain('apt-get');
  });

  it('gives the exact command where there are packages', () => {
    expect(advice(missing, true)).toContain(
      installCommand(['memcached', 'php-fpm', 'php-memcached', 'php-mysql', 'php-mbstring']),
    );
  });
});

describe('a child’s environment', () => {
  it('holds nothing of what the caller says about databases, caches or an edge', () => {
    const from = {
      PATH: '/usr/bin',
      LANG: 'C',
      MYSQL_URL: 'mysql://a/b',
      LEGACY_URL: 'http://a',
      PORT: '1',
      LISTEN: ':1',
    };
    expect(Object.keys(childEnvironment({}, from)).sort()).toEqual(['LANG', 'PATH']);
  });

  it('holds what it is given', () => {
    expect(childEnvironment({ MYSQL_URL: 'ours' }, { MYSQL_URL: 'theirs' }).MYSQL_URL).toBe('ours');
  });
});
