// Laravel 5 to 13: an encrypted cookie, and a payload that the driver may wrap. Sources: illuminate/encryption Encrypter,
// illuminate/cookie EncryptCookies and CookieValuePrefix, illuminate/session Store, EncryptedStore and the handlers.
import { createDecipheriv, createHash, createHmac } from 'node:crypto';
import { unserialize } from '../formats/unserialize.ts';
import { jsonDecode } from '../json/decode.ts';
import { failure, type Result, success } from '../result.ts';
import { hashEquals } from '../text/strings.ts';
import { bytesOf, PhpObject, type PhpValue } from '../value.ts';
import { type SessionDialect, type Undecodable, userAt } from './dialect.ts';
import { decodeBytes } from './plain.ts';

/** What differs between applications. */
export type LaravelOptions = {
  readonly name: string;
  /** APP_KEY, then the APP_PREVIOUS_KEYS. */
  readonly keys: readonly Buffer[];
  /** What is in the cookie: the id behind a prefix (since 6.18), the bare id (5.6 and later), or serialized (before). */
  readonly cookies: 'prefixed' | 'bare' | 'serialized';
  /** session.serialization. */
  readonly serialization: 'php' | 'json';
  /** SESSION_ENCRYPT. */
  readonly encrypted: boolean;
  /** What the driver puts around the payload: the database base64, Redis another serialize. */
  readonly wrapping: 'none' | 'base64' | 'serialize';
  /** The guard whose user counts. */
  readonly guard: string;
  readonly userPaths: readonly string[] | undefined;
};

/** Creates the dialect of a Laravel application. */
export function laravelSessions(options: LaravelOptions): SessionDialect {
  const paths = options.userPaths ?? [[laravelUserKey(options.guard)]];
  return {
    cookieNames: () => [options.name],
    keyOf: (cookie, name) => {
      const id = laravelCookie(cookie, name, options);
      return id !== undefined && /^[A-Za-z0-9]{40}$/.test(id) ? id : undefined;
    },
    decode: (bytes) => {
      if (bytes.length === 0) return success(new Map());
      const payload = unwrap(bytes, options);
      if (!payload.ok) return payload;
      return decodeBytes(payload.value, options.serialization === 'json' ? 'json' : 'php_serialize');
    },
    view: ({ values }) => values,
    userOf: ({ values }) => userAt(values, paths),
  };
}

/** Names the session's entry that holds the user of a guard. */
export function laravelUserKey(guard: string): string {
  return `login_${guard}_${createHash('sha1').update('Illuminate\\Auth\\SessionGuard').digest('hex')}`;
}

/** Reads a key as APP_KEY writes it: `base64:...`, or the bytes themselves. Undefined if it is too short or too long. */
export function laravelKey(text: string): Buffer | undefined {
  const key = text.startsWith('base64:') ? Buffer.from(text.slice(7), 'base64') : Buffer.from(text);
  return key.length === 16 || key.length === 32 ? key : undefined;
}

/** Decrypts a cookie and checks that it was made under this name; undefined if it was not. */
export function laravelCookie(
  cookie: string,
  name: string,
  { keys, cookies }: Pick<LaravelOptions, 'keys' | 'cookies'>,
): string | undefined {
  const text = laravelDecrypt(cookie, keys);
  if (text === undefined || cookies === 'bare') return text?.toString();
  if (cookies === 'serialized') return serializedText(text)?.toString();
  const prefix = text.subarray(0, 41);
  const isOwn = keys.some((key) => hashEquals(`${cookiePrefix(name, key)}|`, prefix));
  return isOwn ? text.subarray(41).toString() : undefined;
}

function cookiePrefix(name: string, key: Buffer): string {
  return createHmac('sha1', key).update(`${name}v2`).digest('hex');
}

/** Decrypts what Encrypter::encryptString has made with one of the keys; undefined if none of them has. */
export function laravelDecrypt(payload: string, keys: readonly Buffer[]): Buffer | undefined {
  const sealed = readPayload(payload);
  if (!sealed) return undefined;
  for (const key of keys) {
    const text = open(sealed, key);
    if (text) return text;
  }
  return undefined;
}

type Sealed = { readonly iv: string; readonly value: string; readonly mac: string; readonly tag: string };

function readPayload(payload: string): Sealed | undefined {
  const json = jsonDecode(Buffer.from(payload, 'base64').toString('utf8'));
  if (!(json instanceof PhpObject)) return undefined;
  const text = (name: string) => {
    const value = json.properties.get(name);
    return typeof value === 'string' ? value : '';
  };
  return { iv: text('iv'), value: text('value'), mac: text('mac'), tag: text('tag') };
}

function open(sealed: Sealed, key: Buffer): Buffer | undefined {
  const bits = key.length * 8;
  const iv = Buffer.from(sealed.iv, 'base64');
  const value = Buffer.from(sealed.value, 'base64');
  try {
    if (sealed.tag !== '')
      return openGcm(`aes-${bits}-gcm`, key, iv, value, Buffer.from(sealed.tag, 'base64'));
    const mac = createHmac('sha256', key)
      .update(sealed.iv + sealed.value)
      .digest('hex');
    if (iv.length !== 16 || !hashEquals(mac, sealed.mac)) return undefined;
    const decipher = createDecipheriv(`aes-${bits}-cbc`, key, iv);
    return Buffer.concat([decipher.update(value), decipher.final()]);
  } catch {
    // Of another key, or damaged: the library says so by throwing.
    return undefined;
  }
}

function openGcm(cipher: string, key: Buffer, iv: Buffer, value: Buffer, tag: Buffer): Buffer | undefined {
  if (iv.length !== 12 || tag.length !== 16) return undefined;
  const decipher = createDecipheriv(cipher as 'aes-256-gcm', key, iv, { authTagLength: 16 });
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(value), decipher.final()]);
}

function unwrap(bytes: Uint8Array, options: LaravelOptions): Result<Uint8Array, Undecodable> {
  const payload = withoutWrapping(bytes, options.wrapping);
  if (!payload) return failure({ message: 'a payload that is not wrapped as the driver does' });
  if (!options.encrypted) return success(payload);
  const text = laravelDecrypt(Buffer.from(payload).toString('latin1'), options.keys);
  const inner = text && serializedText(text);
  return inner ? success(inner) : failure({ message: 'a payload that none of the keys has encrypted' });
}

function withoutWrapping(bytes: Uint8Array, wrapping: LaravelOptions['wrapping']): Uint8Array | undefined {
  switch (wrapping) {
    case 'none':
      return bytes;
    case 'base64':
      return Buffer.from(Buffer.from(bytes).toString('latin1'), 'base64');
    case 'serialize':
      return serializedText(bytes);
  }
}

/** Reads `s:N:"..."`. */
function serializedText(bytes: Uint8Array): Buffer | undefined {
  const value = unserialize(bytes);
  const text: PhpValue = value.ok ? value.value : null;
  return typeof text === 'string' || text instanceof Uint8Array ? bytesOf(text) : undefined;
}
