// How new hashes are made: PHP's options, PHP 8.2's defaults, and whether a hash was made so.
// Source: php-src 8.2 ext/standard/password.c, php_password.h.
import { passwordScheme } from './scheme.ts';

/** bcrypt. PHP takes cost 10 by default until 8.3, 12 from 8.4. */
interface BcryptHashing {
  readonly algorithm: 'bcrypt';
  readonly cost: number;
}

/** Argon2, with PHP's defaults 65536 KiB, 4 rounds and 1 thread. */
export interface Argon2Hashing {
  readonly algorithm: 'argon2i' | 'argon2id';
  /** In KiB. */
  readonly memoryCost: number;
  /** Rounds. */
  readonly timeCost: number;
  readonly threads: number;
}

/** How to make a hash: `password_hash`'s algorithm and options. bcrypt with cost 10 by default. */
export type PasswordHashing =
  | Partial<BcryptHashing>
  | (Pick<Argon2Hashing, 'algorithm'> & Partial<Argon2Hashing>);

/** The same with nothing left open. */
export type ResolvedHashing = BcryptHashing | Argon2Hashing;

/** Fills in PHP 8.2's defaults. Throws a RangeError for what PHP refuses. */
export function resolveHashing(hashing: PasswordHashing = {}): ResolvedHashing {
  if (!isArgon2(hashing)) {
    const { cost = 10 } = hashing;
    mustBe('cost', cost, 4, 31);
    return { algorithm: 'bcrypt', cost };
  }
  const { algorithm, memoryCost = 65536, timeCost = 4, threads = 1 } = hashing;
  mustBe('memoryCost', memoryCost, 8, 2 ** 32 - 1);
  mustBe('timeCost', timeCost, 1, 2 ** 32 - 1);
  mustBe('threads', threads, 1, 255);
  return { algorithm, memoryCost, timeCost, threads };
}

/**
 * States whether a hash was made in another way than `passwordHash` would now, as password_needs_rehash does: true for every hash
 * of a framework, and for `$2a$` and `$2b$`, which PHP does not take for bcrypt. PHP 7.4 to 8.4.
 */
export function passwordNeedsRehash(hash: string, hashing?: PasswordHashing): boolean {
  const wanted = resolveHashing(hashing);
  if (wanted.algorithm === 'bcrypt')
    return !hash.startsWith('$2y$') || hash.length !== 60 || Number(hash.slice(4, 6)) !== wanted.cost;
  const [, memory, time, threads] = /^\$argon2id?\$v=\d+\$m=(\d+),t=(\d+),p=(\d+)/.exec(hash) ?? [];
  return (
    passwordScheme(hash) !== wanted.algorithm ||
    Number(memory) !== wanted.memoryCost ||
    Number(time) !== wanted.timeCost ||
    Number(threads) !== wanted.threads
  );
}

function isArgon2(
  hashing: PasswordHashing,
): hashing is Pick<Argon2Hashing, 'algorithm'> & Partial<Argon2Hashing> {
  return hashing.algorithm === 'argon2i' || hashing.algorithm === 'argon2id';
}

function mustBe(name: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(
      `passwordHash: ${name} must be a whole number from ${least} to ${most}, not ${value}`,
    );
}
