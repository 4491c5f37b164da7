// The "portable" hashes of phpass: MD5 in phpBB 3 and WordPress before 6.8, SHA-512 in Drupal 7 to 10.0.
// Source: Openwall phpass 0.5, PasswordHash.php (crypt_private, encode64); Drupal core/lib/Drupal/Core/Password.
import { createHash } from 'node:crypto';
import { hashEquals } from '../php/text/strings.ts';

const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** `$P$`, the power of two of the rounds, and eight characters of salt. */
const SETTING_LENGTH = 12;

/** Checks a password against `$P$…`, `$H$…` (MD5) or `$S$…` (SHA-512, cut to the hash's length). */
export function verifyPhpass(password: Uint8Array, hash: string, digest: 'md5' | 'sha512'): boolean {
  const setting = hash.slice(0, SETTING_LENGTH);
  const rounds = 2 ** ALPHABET.indexOf(hash.charAt(3));
  const computed = setting + encode64(stretch(password, setting.slice(4), rounds, digest));
  return hashEquals(computed.slice(0, hash.length), hash);
}

function stretch(password: Uint8Array, salt: string, rounds: number, digest: string): Buffer {
  let result = createHash(digest).update(salt).update(password).digest();
  for (let round = 0; round < rounds; round++)
    result = createHash(digest).update(result).update(password).digest();
  return result;
}

/** Writes bytes as phpass does: three as four characters, lowest bits first, no padding. */
function encode64(bytes: Buffer): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = bytes.subarray(at, at + 3);
    const bits = (group[0] ?? 0) | ((group[1] ?? 0) << 8) | ((group[2] ?? 0) << 16);
    for (let char = 0; char <= group.length; char++) text += ALPHABET.charAt((bits >> (6 * char)) & 63);
  }
  return text;
}
