// Password hashes: real PHP's are checked here, and ours by real PHP.
import { randomBytes } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkPassword, hashPassword } from '../../src/passwords/check.ts';
import { passwordNeedsRehash, resolveHashing } from '../../src/passwords/hashing.ts';
import { passwordHash, passwordVerify, passwordVerifyDigest } from '../../src/passwords/passwords.ts';
import { createPasswordQueue, type Job } from '../../src/passwords/queue.ts';
import { passwordScheme } from '../../src/passwords/scheme.ts';
import type { PhpValue } from '../../src/php/value.ts';
import { askPhp } from '../php/oracle/php.ts';
import { anyString, recordEqual, sample } from '../php/oracle/values.ts';

/** For five thousand hashes under `npm run prove`. */
const HASHING_TIME = 300_000;

const CHEAP = [
  { algorithm: 'bcrypt', cost: 4 },
  { algorithm: 'argon2i', memoryCost: 8, timeCost: 1, threads: 1 },
  { algorithm: 'argon2id', memoryCost: 16, timeCost: 2, threads: 2 },
] as const;

const passwords = fc.oneof(
  anyString,
  fc.uint8Array({ minLength: 60, maxLength: 90 }).map((bytes) => Buffer.from(bytes)),
);
const withoutNul = passwords
  .map((text) => Buffer.from(text))
  .map((bytes) => Buffer.from(bytes.filter((byte) => byte !== 0)));

function pair(first: PhpValue, second: PhpValue): PhpValue {
  return new Map([
    [0, first],
    [1, second],
  ]);
}

describe('password_verify', () => {
  test('says what PHP says of hashes that PHP made', { timeout: HASHING_TIME }, () => {
    const cases = sample(
      fc.tuple(
        withoutNul,
        passwords.map((text) => Buffer.from(text)),
        fc.constantFrom('2y', '2a', '2b', 'argon2i', 'argon2id'),
      ),
    );
    const code = `
      [$password, $other, $kind] = $in;
      $hash = $kind[0] === "a"
        ? password_hash($password, $kind, ["memory_cost" => 16, "time_cost" => 1, "threads" => 1])
        : crypt($password, "$" . $kind . "$04$" . substr(strtr(base64_encode(random_bytes(18)), "+", "."), 0, 21) . "u");
      return $hash . " " . (int) password_verify($password, $hash) . (int) password_verify($other, $hash)
        . (int) password_verify($password . "x", $hash) . (int) password_verify($password . "\\0x", $hash);`;
    const answers = askPhp(
      code,
      cases.map((list) => new Map<number, PhpValue>(list.entries())),
    );
    expect(answers).toHaveLength(cases.length);
    answers.forEach((answer, index) => {
      const [hash = '', verdicts] = answer.split(' ');
      const [password, other] = cases[index] ?? [Buffer.alloc(0), Buffer.alloc(0)];
      const tries = [password, other, append(password, 'x'), append(password, '\0x')];
      const ours = tries.map((one) => Number(checkPassword(one, hash))).join('');
      expect(ours, `${password.toString('hex')} ${hash}`).toBe(verdicts);
    });
    recordEqual('password_verify: PHP’s hashes checked here', cases);
  });

  test('takes a hash with any character changed as PHP does', () => {
    const chars = './AOeuCGz059$ ';
    const changes = sample(fc.tuple(fc.nat(60), fc.constantFrom(...chars)));
    const hash = hashPassword(Buffer.from('secret'), { algorithm: 'bcrypt', cost: 4 });
    const changed = changes.map(([at, char]) => hash.slice(0, at) + char + hash.slice(at + 1));
    // A cost may become 14 or more: only those that are quick.
    const quick = changed.filter((one) => one.slice(4, 6) === '04');
    const answers = askPhp('return (int) password_verify("secret", $in);', quick);
    expect(quick.map((one) => String(Number(checkPassword(Buffer.from('secret'), one))))).toEqual(answers);
  });

  // Made with the PHP classes of phpass 0.5, Drupal 9 and WordPress 6.8.
  test.each([
    ['test12345', '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'phpass'],
    ['test12345', '$H$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0', 'phpass'],
  ])('checks %j against %s', (password, hash, scheme) => {
    expect(passwordScheme(hash)).toBe(scheme);
    expect(checkPassword(Buffer.from(password), hash)).toBe(true);
    expect(checkPassword(Buffer.from(`${password}x`), hash)).toBe(false);
  });

  test('checks what phpass, Drupal and WordPress make, by their code in PHP', () => {
    const cases = sample(fc.tuple(passwords, fc.constantFrom('P', 'H', 'S', 'U$S', 'wp'))).slice(0, 600);
    const answers = askPhp(
      `require ${JSON.stringify(new URL('./frameworks.php', import.meta.url).pathname)}; return framework_hash($in[0], $in[1]);`,
      cases.map(([password, kind]) => pair(password, kind)),
    );
    answers.forEach((hash, index) => {
      const [password] = cases[index] ?? [''];
      expect(checkPassword(Buffer.from(password), hash), hash).toBe(true);
      expect(checkPassword(append(Buffer.from(password), 'x'), hash), hash).toBe(false);
    });
  });

  test.each([
    ['$2y$04$short'],
    ['$argon2id$v=19$m=16'],
    ['$argon2id$'],
    ['$P$'],
    ['$S$short'],
    ['$wp'],
    [''],
    ['plain text'],
    ['d41d8cd98f00b204e9800998ecf8427e'],
  ])('answers false for %j, which is no hash', (hash) => {
    expect(checkPassword(Buffer.from(''), hash)).toBe(false);
  });

  test('looks at no password that phpass and Drupal refuse for its length', () => {
    const [portable = '', drupal = ''] = askPhp(
      `require ${JSON.stringify(new URL('./frameworks.php', import.meta.url).pathname)}; return framework_hash($in[0], $in[1]);`,
      [pair('a'.repeat(4097), 'P'), pair('a'.repeat(513), 'S')],
    );
    expect(checkPassword(Buffer.alloc(4097, 'a'), portable)).toBe(false);
    expect(checkPassword(Buffer.alloc(513, 'a'), drupal)).toBe(false);
  });

  test.each([
    '$1$salt$hash',
    '$5$salt$x',
    '$6$rounds=5000$salt$x',
    `$2x$04$${'a'.repeat(53)}`,
    '_J9..rasmBYk8r9AiWNc',
    'rl.3StKT.4T8M',
  ])('refuses %s, which only crypt() of PHP can check', async (hash) => {
    await expect(passwordVerify('rasmuslerdorf', hash)).rejects.toThrow('only PHP can check');
  });
});

describe('password_hash', () => {
  test('makes hashes that PHP takes for its own', { timeout: HASHING_TIME }, () => {
    const cases = sample(fc.tuple(withoutNul, fc.constantFrom(...CHEAP)));
    const hashes = cases.map(([password, hashing]) => hashPassword(password, hashing));
    const code = `$i = password_get_info($in[1]);
      return (int) password_verify($in[0], $in[1]) . " " . $i["algo"] . " " . json_encode($i["options"]);`;
    const answers = askPhp(
      code,
      cases.map(([password], index) => pair(password, hashes[index] ?? '')),
    );
    expect(answers).toEqual(
      cases.map(([, hashing]) =>
        hashing.algorithm === 'bcrypt'
          ? '1 2y {"cost":4}'
          : `1 ${hashing.algorithm} {"memory_cost":${hashing.memoryCost},"time_cost":${hashing.timeCost},"threads":${hashing.threads}}`,
      ),
    );
    recordEqual('password_hash: our hashes checked by PHP', cases);
  });

  test('has PHP 8.2 defaults', () => {
    const [answer] = askPhp(
      'return json_encode([PASSWORD_BCRYPT_DEFAULT_COST, PASSWORD_ARGON2_DEFAULT_MEMORY_COST, PASSWORD_ARGON2_DEFAULT_TIME_COST, PASSWORD_ARGON2_DEFAULT_THREADS]);',
      [null],
    );
    expect(answer).toBe('[10,65536,4,1]');
    expect(resolveHashing()).toEqual({ algorithm: 'bcrypt', cost: 10 });
    expect(resolveHashing({ algorithm: 'argon2id' })).toEqual({
      algorithm: 'argon2id',
      memoryCost: 65536,
      timeCost: 4,
      threads: 1,
    });
  });

  test('refuses a NUL and costs out of range, as PHP 8 does', async () => {
    await expect(passwordHash('a\0b')).rejects.toThrow('no password with a NUL');
    await expect(passwordHash('a', { cost: 3 })).rejects.toThrow(
      'cost must be a whole number from 4 to 31, not 3',
    );
    await expect(passwordHash('a', { algorithm: 'argon2id', memoryCost: 7 })).rejects.toThrow('memoryCost');
  });

  test('says what is to be hashed anew as PHP does', () => {
    const hashes = [
      ...CHEAP.map((hashing) => hashPassword(Buffer.from('a'), hashing)),
      `$2a$04$${'a'.repeat(53)}`,
      `$2y$10$${'a'.repeat(53)}`,
      '$P$9IQRaTwmfeRo7ud9Fh4E2PdI0S3r.L0',
      '',
    ];
    const wanted = [...CHEAP, { cost: 10 }, { algorithm: 'argon2id', memoryCost: 16 }] as const;
    const code = `return (int) password_needs_rehash($in[0], $in[1]["algorithm"] ?? "2y", array_filter(["cost" => $in[1]["cost"] ?? null,
      "memory_cost" => $in[1]["memoryCost"] ?? null, "time_cost" => $in[1]["timeCost"] ?? null, "threads" => $in[1]["threads"] ?? null]));`;
    const cases = hashes.flatMap((hash) => wanted.map((hashing) => ({ hash, hashing })));
    const answers = askPhp(
      code,
      cases.map(({ hash, hashing }) =>
        pair(
          hash,
          new Map(Object.entries(hashing).map(([key, value]) => [key, value === 'bcrypt' ? '2y' : value])),
        ),
      ),
    );
    expect(cases.map(({ hash, hashing }) => String(Number(passwordNeedsRehash(hash, hashing))))).toEqual(
      answers,
    );
  });
});

describe('passwordVerifyDigest', () => {
  test('checks the digests of old applications', () => {
    expect(passwordVerifyDigest('secret', '5ebe2294ecd0e0f08eab7690d2a6ee69', { algorithm: 'md5' })).toBe(
      true,
    );
    const [salted = ''] = askPhp('return sha1("salt" . $in);', ['secret']);
    expect(passwordVerifyDigest('secret', salted, { algorithm: 'sha1', saltBefore: 'salt' })).toBe(true);
    expect(passwordVerifyDigest('secret', salted, { algorithm: 'sha1' })).toBe(false);
    expect(passwordVerifyDigest('', '', { algorithm: 'md5' })).toBe(false);
  });
});

describe('the password thread', () => {
  /** The thread as it is in src: in dist it needs no tsx. */
  function startThread(): Worker {
    const entry = JSON.stringify(new URL('../../src/passwords/thread.ts', import.meta.url).href);
    return new Worker(
      `import('tsx/esm/api').then(({ register }) => { register(); return import(${entry}); });`,
      {
        eval: true,
      },
    );
  }
  const verify = (cost: number): Job => ({
    kind: 'verify',
    password: randomBytes(8),
    hash: `$2y$${String(cost).padStart(2, '0')}$${'u'.repeat(53)}`,
  });

  test('hashes and checks, in turn', async () => {
    const queue = createPasswordQueue(startThread, { waiting: 8, time: 60_000 });
    const password = Buffer.from('s\xe9cret', 'latin1');
    const made = await queue.run({ kind: 'hash', password, hashing: { algorithm: 'bcrypt', cost: 4 } });
    const hash = made.ok ? String(made.value) : '';
    const answers = await Promise.all([
      queue.run({ kind: 'verify', password, hash }),
      queue.run({ kind: 'verify', password: Buffer.from('sécret'), hash }),
    ]);
    expect(answers).toEqual([
      { ok: true, value: true },
      { ok: true, value: false },
    ]);
  });

  test('takes no more than may wait', async () => {
    const queue = createPasswordQueue(startThread, { waiting: 1, time: 60_000 });
    const answers = await Promise.all([queue.run(verify(4)), queue.run(verify(4)), queue.run(verify(4))]);
    expect(answers.map(({ ok }) => ok)).toEqual([true, true, false]);
  });

  test('gives up what takes too long, and goes on with the next in a new thread', async () => {
    const silent = "require('node:worker_threads').parentPort.on('message', () => {})";
    const ready = silent.replace(
      '() => {}',
      "() => require('node:worker_threads').parentPort.postMessage({ ok: true, value: false })",
    );
    const threads = [silent, ready];
    const start = () => new Worker(threads.shift() ?? '', { eval: true });
    const queue = createPasswordQueue(start, { waiting: 8, time: 2_000 });
    const [endless, next] = await Promise.all([queue.run(verify(4)), queue.run(verify(4))]);
    expect(endless).toEqual({ ok: false, error: 'it took longer than 2000 ms' });
    expect(next).toEqual({ ok: true, value: false });
  });

  test('fails what it was at when the thread dies', async () => {
    const queue = createPasswordQueue(() => new Worker('throw new Error("no memory")', { eval: true }), {
      waiting: 8,
      time: 60_000,
    });
    expect(await queue.run(verify(4))).toEqual({ ok: false, error: 'no memory' });
  });
});

function append(bytes: Buffer, more: string): Buffer {
  return Buffer.concat([bytes, Buffer.from(more)]);
}
