// Makes and checks password hashes, for as long as that takes: only the thread may call this.
import { createHash, createHmac } from 'node:crypto';
import * as bcrypt from '@node-rs/bcrypt';
import { trim } from '../php/text/strings.ts';
import { hashArgon2, verifyArgon2 } from './argon2.ts';
import type { ResolvedHashing } from './hashing.ts';
import { verifyPhpass } from './phpass.ts';
import { passwordScheme } from './scheme.ts';

// What phpass and Drupal look at at most, so that a long password is no means of attack.
const PHPASS_LONGEST = 4096;
const DRUPAL_LONGEST = 512;

/** Checks a password against a hash of any known scheme; false for what is no such hash. */
export function checkPassword(password: Buffer, hash: string): boolean {
  switch (passwordScheme(hash)) {
    case 'bcrypt':
      return bcrypt.verifySync(beforeNul(password), hash);
    case 'wordpress':
      return bcrypt.verifySync(wordpressDigest(password), hash.slice('$wp'.length));
    case 'argon2i':
    case 'argon2id':
      return verifyArgon2(password, hash);
    case 'phpass':
      return password.length <= PHPASS_LONGEST && checkPortable(password, hash, 'md5');
    case 'drupal':
      return password.length <= DRUPAL_LONGEST && checkPortable(password, hash, 'sha512');
    case undefined:
      return false;
  }
}

/** Makes a new hash, with a salt of the system's randomness. */
export function hashPassword(password: Buffer, hashing: ResolvedHashing): string {
  // $2b$ and $2y$ are the same hash under two names; PHP knows its own by $2y$.
  if (hashing.algorithm === 'bcrypt') return bcrypt.hashSync(password, hashing.cost).replace('$2b$', '$2y$');
  return hashArgon2(password, hashing);
}

/** PHP hands bcrypt a C string, which ends at a NUL. Source: php-src 8.2 ext/standard/password.c, crypt_blowfish.c. */
function beforeNul(password: Buffer): Buffer {
  const end = password.indexOf(0);
  return end < 0 ? password : password.subarray(0, end);
}

/** Source: WordPress 6.8 wp-includes/pluggable.php, wp_hash_password; a login trims its password before (wp_authenticate). */
function wordpressDigest(password: Buffer): string {
  const trimmed = Buffer.from(trim(password.toString('latin1')), 'latin1');
  return createHmac('sha384', 'wp-sha384').update(trimmed).digest('base64');
}

/** `U` before a hash: Drupal hashed the MD5 that an older Drupal had stored. */
function checkPortable(password: Buffer, hash: string, digest: 'md5' | 'sha512'): boolean {
  if (!hash.startsWith('U')) return verifyPhpass(password, hash, digest);
  const old = createHash('md5').update(password).digest('hex');
  return verifyPhpass(Buffer.from(old), hash.slice(1), digest);
}
