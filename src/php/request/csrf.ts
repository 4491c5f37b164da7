// Tokens against forged requests, compared as the frameworks do that keep them in the session or a cookie.
import { createHmac } from 'node:crypto';
import { hashEquals } from '../text/strings.ts';

/** CakePHP 4 and 5: 16 random bytes and their SHA-1 HMAC in hex. */
const CAKE_VALUE = 16;
const CAKE_TOKEN = 56;

/** What a session or request gave: anything but a text is no token. */
type Given = unknown;

/** Compares `session.get('_token')` with the field `_token` or X-CSRF-TOKEN. Source: Laravel 5 to 12, VerifyCsrfToken::tokensMatch. */
export function laravelCsrf(stored: Given, given: Given): boolean {
  return isToken(stored) && isToken(given) && hashEquals(stored, given);
}

/**
 * Compares the token in the session (`_csrf/NAME` among Symfony's attributes, `_csrf/https-NAME` over HTTPS) with the one in a form, which is
 * random anew on every page. Source: Symfony 5.3 to 7, CsrfTokenManager::derandomize.
 */
export function symfonyCsrf(stored: Given, given: Given): boolean {
  return isToken(stored) && isToken(given) && hashEquals(stored, derandomized(given));
}

/**
 * Compares the cookie `csrfToken` with the field `_csrfToken` or X-CSRF-Token. With `salt` (Security.salt) the cookie must be one that
 * CakePHP 4 or 5 signed; CakePHP 3 signs none before 3.9. Source: CakePHP CsrfProtectionMiddleware::_validateToken, unsaltToken.
 */
export function cakephpCsrf(cookie: Given, given: Given, options: { salt?: string } = {}): boolean {
  if (!isToken(cookie) || !isToken(given)) return false;
  if (options.salt !== undefined && !isSigned(cookie, options.salt)) return false;
  return hashEquals(cookie, unsalted(given));
}

function isToken(value: Given): value is string {
  return typeof value === 'string' && value !== '';
}

/** Symfony: `anything.key.value`, the value turned over by the key. What is no such token is one by itself. */
function derandomized(token: string): string | Uint8Array {
  const [, key64, value64, more] = token.split('.');
  if (key64 === undefined || value64 === undefined || more !== undefined) return token;
  const key = Buffer.from(key64, 'base64url');
  return key.length === 0 ? token : xor(Buffer.from(value64, 'base64url'), key);
}

/** CakePHP: the token turned over by as many random bytes, which follow it. */
function unsalted(token: string): string {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length !== 2 * CAKE_TOKEN) return token;
  return xor(bytes.subarray(0, CAKE_TOKEN), bytes.subarray(CAKE_TOKEN)).toString('base64');
}

function isSigned(token: string, salt: string): boolean {
  const bytes = Buffer.from(token, 'base64');
  if (bytes.length !== CAKE_TOKEN) return false;
  const signature = createHmac('sha1', salt).update(bytes.subarray(0, CAKE_VALUE)).digest('hex');
  return hashEquals(signature, bytes.subarray(CAKE_VALUE));
}

function xor(bytes: Buffer, key: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (key[index % key.length] ?? 0)));
}
