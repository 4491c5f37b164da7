// Reading a request's body for a handler. Only handlers have bodies read: what is forwarded streams past.
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { type PlainFields, plainFields } from '../php/path.ts';
import { parsePhpBody, parsePhpQuery } from '../php/request/query.ts';
import { type BodyLimits, declaredLength, overLimit } from './body-limits.ts';
import { createFiles, type Files, NO_FILES } from './files.ts';
import { isTooDeep } from './json-depth.ts';
import { MAX_FIELDS, readMultipart } from './multipart.ts';
import type { UploadBatch } from './upload-folder.ts';

/** A body that was read: a form as PHP reads it, JSON, or nothing that is read in advance. */
export type Body =
  | { readonly kind: 'form'; readonly fields: PlainFields; readonly files: Files }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'unread' };

export type BodyResult =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly reason: 'too-large'; readonly message: string }
  | { readonly ok: false; readonly reason: 'malformed' | 'unsupported' | 'aborted' }
  | { readonly ok: false; readonly reason: 'failed'; readonly error: unknown };

export const UNREAD: Body = { kind: 'unread' };
export const NO_FIELDS: PlainFields = Object.freeze(Object.create(null));

/** The kinds of bodies that are read before the handler starts. */
export type BodyKind = 'form' | 'json' | 'multipart';
const KINDS: ReadonlyMap<string, BodyKind> = new Map([
  ['application/x-www-form-urlencoded', 'form'],
  ['application/json', 'json'],
  ['multipart/form-data', 'multipart'],
]);

/** Tells which kind of body a request announces; undefined for one that is left to the handler, and for none. */
export function bodyKind(req: IncomingMessage): BodyKind | undefined {
  const { headers } = req;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) return undefined;
  // PHP ends the type there, too.
  const [type = ''] = (headers['content-type'] ?? '').split(/[;, ]/);
  return KINDS.get(type.trim().toLowerCase());
}

/** Reads and parses a body of a known kind. Files go to `batch`, which the caller clears. Never rejects. */
export async function readBody(
  req: IncomingMessage,
  kind: BodyKind,
  limits: BodyLimits,
  batch: () => UploadBatch,
): Promise<BodyResult> {
  // Its end has been told of already, and would be waited for in vain.
  if (req.destroyed) return refused('aborted');
  const limit = kind === 'multipart' ? limits.total : limits.body;
  if (declaredLength(req) > limit.bytes) return tooLarge(overLimit(limit));
  if (isEncoded(req) || (kind === 'json' && !isUtf8Type(req))) return refused('unsupported');
  if (kind === 'multipart') return readFiles(req, limits, batch());
  const bytes = await collect(req, limit.bytes);
  if (bytes === 'too-large') return tooLarge(overLimit(limit));
  if (bytes === 'aborted') return refused(bytes);
  return kind === 'json' ? parseJson(bytes) : form(plainFields(parsePhpBody(bytes)), NO_FILES);
}

/** Parses a query string into plain fields. */
export function parseFields(query: string | undefined): PlainFields {
  return query ? plainFields(parsePhpQuery(query)) : NO_FIELDS;
}

async function readFiles(req: IncomingMessage, limits: BodyLimits, batch: UploadBatch): Promise<BodyResult> {
  const { total, uploads } = limits;
  const read = await readMultipart(req, { ...uploads, total: total.bytes }, batch);
  if (read.ok) return form(plainFields(read.fields), createFiles(read.fileNames, read.uploads));
  switch (read.reason) {
    case 'too-large':
      return tooLarge(overLimit(total));
    case 'too-many-files':
      return tooLarge(
        `the form has more than ${uploads.files} files, which uploads.files of its handler raises`,
      );
    case 'too-many-parts':
      return tooLarge(`the form has more than ${MAX_FIELDS} parts besides files; nothing raises that`);
    default:
      return read;
  }
}

function form(fields: PlainFields, files: Files): BodyResult {
  return { ok: true, body: { kind: 'form', fields, files } };
}

function refused(reason: 'malformed' | 'unsupported' | 'aborted'): BodyResult {
  return { ok: false, reason };
}

function tooLarge(message: string): BodyResult {
  return { ok: false, reason: 'too-large', message };
}

/** A small compressed body may be a large one; PHP does not decompress bodies either. */
function isEncoded(req: IncomingMessage): boolean {
  const encoding = req.headers['content-encoding']?.trim().toLowerCase();
  return encoding !== undefined && encoding !== '' && encoding !== 'identity';
}

/** JSON is UTF-8 (RFC 8259 §8.1); what says otherwise would be misread. */
function isUtf8Type(req: IncomingMessage): boolean {
  const charset = /;\s*charset\s*=\s*"?([^\s";,]+)/i.exec(req.headers['content-type'] ?? '')?.[1];
  return charset === undefined || /^(?:utf-?8|us-ascii)$/i.test(charset);
}

function collect(req: IncomingMessage, limit: number): Promise<Buffer | 'too-large' | 'aborted'> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const settle = (result: Buffer | 'too-large' | 'aborted') => {
      req.off('data', onData).off('end', onEnd).off('close', onClose).off('error', onClose);
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) settle('too-large');
      else chunks.push(chunk);
    };
    const onEnd = () => settle(Buffer.concat(chunks));
    const onClose = () => settle('aborted');
    req.on('data', onData).on('end', onEnd).on('close', onClose).on('error', onClose);
  });
}

function parseJson(bytes: Buffer): BodyResult {
  // Many clients announce JSON on every request, also on one that has no body.
  if (bytes.length === 0) return { ok: true, body: UNREAD };
  if (!isUtf8(bytes) || isTooDeep(bytes)) return refused('malformed');
  try {
    return { ok: true, body: { kind: 'json', value: JSON.parse(bytes.toString('utf8')) } };
  } catch {
    return refused('malformed');
  }
}
