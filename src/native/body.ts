// Reading a request's body for a handler. Only handlers have bodies read: what is forwarded streams past.
import type { IncomingMessage } from 'node:http';
import { type PlainValue, toPlain } from '../php/path.ts';
import { parsePhpBody, parsePhpQuery } from '../php/query.ts';
import type { PhpArray } from '../php/value.ts';

/** A body that was read: fields of a form as PHP reads them, JSON, or nothing that is read in advance. */
export type Body =
  | { readonly kind: 'form'; readonly fields: PlainFields }
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'unread' };

/** Names and values of a query string or form, as `$_GET` and `$_POST` hold them. */
export type PlainFields = { readonly [name: string]: PlainValue | undefined };

export type BodyResult =
  | { readonly ok: true; readonly body: Body }
  | { readonly ok: false; readonly reason: 'too-large' | 'malformed' | 'aborted' };

const UNREAD: BodyResult = { ok: true, body: { kind: 'unread' } };

/**
 * Reads and parses an urlencoded or JSON body up to `limit` bytes; any other kind is left on the
 * request for the handler to read.
 */
export async function readBody(req: IncomingMessage, limit: number): Promise<BodyResult> {
  const type = contentType(req);
  if (type !== 'application/x-www-form-urlencoded' && type !== 'application/json') return UNREAD;
  if (Number(req.headers['content-length'] ?? 0) > limit) return { ok: false, reason: 'too-large' };
  const bytes = await collect(req, limit);
  if (typeof bytes === 'string') return { ok: false, reason: bytes };
  return type === 'application/json'
    ? parseJson(bytes)
    : { ok: true, body: { kind: 'form', fields: plainFields(parsePhpBody(bytes)) } };
}

/** Parses a query string into plain fields. */
export function parseFields(query: string): PlainFields {
  return plainFields(parsePhpQuery(query));
}

function plainFields(variables: PhpArray): PlainFields {
  const fields: Record<string, PlainValue> = Object.create(null);
  for (const [name, value] of variables) fields[name] = toPlain(value);
  return fields;
}

function contentType(req: IncomingMessage): string {
  // PHP ends the type there, too.
  const [type = ''] = (req.headers['content-type'] ?? '').split(/[;, ]/);
  return type.trim().toLowerCase();
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
  // Many clients announce JSON on every request, also on a GET that has no body.
  if (bytes.length === 0) return UNREAD;
  try {
    return { ok: true, body: { kind: 'json', value: JSON.parse(bytes.toString('utf8')) } };
  } catch {
    return { ok: false, reason: 'malformed' };
  }
}
