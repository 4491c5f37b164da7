// The public API: what handlers import.
export type { Context } from './native/context.ts';
export {
  type DefinedHandler,
  defineHandler,
  type HandlerFunction,
  type HandlerResult,
} from './native/define-handler.ts';
export type { Files } from './native/files.ts';
export type { HandlerCache, RememberOptions } from './native/handler-cache.ts';
export type { Upload } from './native/multipart.ts';
export type { HandlerOptions, UploadOptions } from './native/options.ts';
export { type PasswordHashing, passwordNeedsRehash } from './passwords/hashing.ts';
export {
  type PasswordDigest,
  passwordHash,
  passwordVerify,
  passwordVerifyDigest,
} from './passwords/passwords.ts';
export { php } from './php/for-handlers.ts';
export type { PlainValue } from './php/path.ts';
export type { PhpArray, PhpObject, PhpValue } from './php/value.ts';
export { DatabaseError, type Db, list, type Row, type Statements } from './stores/mysql/mysql.ts';
export { type Schema, SessionMismatch } from './stores/session/schema.ts';
export type { Session } from './stores/session/session.ts';
