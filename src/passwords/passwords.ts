// Passwords as PHP stores them: checked and made off the event loop.
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { hashEquals } from '../php/text/strings.ts';
import { bytesOf } from '../php/value.ts';
import { type PasswordHashing, resolveHashing } from './hashing.ts';
import { createPasswordQueue, type Job } from './queue.ts';
import { isForeign } from './scheme.ts';

const queue = createPasswordQueue(
  () => new Worker(new URL('./thread.js', import.meta.url), { execArgv: [] }),
  {
    waiting: 64,
    time: 10_000,
  },
);

/**
 * Checks a password as PHP 8's password_verify does (`$2y$`, `$2a$`, `$2b$`, `$argon2id$`, `$argon2i$`), and as frameworks do:
 * phpass (`$P$`, `$H$`), Drupal (`$S$`, `U$S$`), WordPress 6.8 (`$wp$2y$`). False for what is no hash. As in PHP bcrypt looks at 72
 * bytes at most, and at none after a NUL. Rejects for a hash that PHP's crypt() knows and this does not (`$1$`, `$5$`, `$6$`,
 * `$2x$`, DES): leave that login to legacy; and when 64 passwords are waiting already, or one takes 10 s.
 */
export async function passwordVerify(password: string | Uint8Array, hash: string): Promise<boolean> {
  if (isForeign(hash)) throw new Error('passwordVerify: this hash is one of crypt() that only PHP can check');
  return (await run({ kind: 'verify', password: bytesOf(password), hash })) === true;
}

/**
 * Makes a hash as PHP 8.2's password_hash does: bcrypt (`$2y$`) with cost 10, or what `hashing` says. As in PHP 8 bcrypt refuses a
 * password with a NUL and looks at 72 bytes at most. Rejects when 64 passwords are waiting already, or one takes 10 s.
 */
export async function passwordHash(
  password: string | Uint8Array,
  hashing?: PasswordHashing,
): Promise<string> {
  const resolved = resolveHashing(hashing);
  const bytes = bytesOf(password);
  if (resolved.algorithm === 'bcrypt' && bytes.includes(0))
    throw new RangeError('passwordHash: bcrypt takes no password with a NUL');
  return String(await run({ kind: 'hash', password: bytes, hashing: resolved }));
}

/** How an application of before PHP 5.5 digested passwords. */
export interface PasswordDigest {
  readonly algorithm: 'md5' | 'sha1' | 'sha256';
  /** What it put before the password: CakePHP 2's `Security.salt`, or Magento 1's part behind the colon. */
  readonly saltBefore?: string;
  readonly saltAfter?: string;
}

/**
 * Checks a password against a plain digest in hex, in constant time. Such digests are quickly guessed: make a `passwordHash`
 * of the password when it was right.
 */
export function passwordVerifyDigest(
  password: string | Uint8Array,
  hex: string,
  { algorithm, saltBefore = '', saltAfter = '' }: PasswordDigest,
): boolean {
  const digest = createHash(algorithm).update(saltBefore).update(bytesOf(password)).update(saltAfter);
  return hashEquals(digest.digest('hex'), hex.toLowerCase());
}

async function run(job: Job): Promise<boolean | string> {
  const answer = await queue.run(job);
  if (!answer.ok) throw new Error(`passwords: ${answer.error}`);
  return answer.value;
}
