// Argon2 in the form that PHP stores: `$argon2id$v=19$m=65536,t=4,p=1$SALT$HASH`. Source: php-src 8.2 ext/standard/password.c.
import { hashRawSync, hashSync } from '@node-rs/argon2';
import { hashEquals } from '../php/text/strings.ts';
import type { Argon2Hashing } from './hashing.ts';

const FORM =
  /^\$(argon2id?)\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,})\$([A-Za-z0-9+/]{6,})$/;
const ALGORITHMS = { argon2i: 1, argon2id: 2 } as const;

/** Checks a password, bytes that are not UTF-8 included (the package's own verify refuses those); false for what is no whole hash. */
export function verifyArgon2(password: Uint8Array, hash: string): boolean {
  const [, algorithm, memory, time, threads, salt = '', digest = ''] = FORM.exec(hash) ?? [];
  if (algorithm === undefined) return false;
  const wanted = Buffer.from(digest, 'base64');
  try {
    const computed = hashRawSync(password, {
      algorithm: ALGORITHMS[algorithm === 'argon2i' ? 'argon2i' : 'argon2id'],
      memoryCost: Number(memory),
      timeCost: Number(time),
      parallelism: Number(threads),
      outputLen: wanted.length,
      salt: Buffer.from(salt, 'base64'),
    });
    return hashEquals(wanted, computed);
  } catch {
    // Costs that Argon2 does not have.
    return false;
  }
}

/** Makes a hash with 16 random bytes of salt. */
export function hashArgon2(password: Uint8Array, hashing: Argon2Hashing): string {
  return hashSync(password, {
    algorithm: ALGORITHMS[hashing.algorithm],
    memoryCost: hashing.memoryCost,
    timeCost: hashing.timeCost,
    parallelism: hashing.threads,
  });
}
