// The fields of an upstream's answer as the visitor is to get them.
import type { IncomingMessage } from 'node:http';
import { visitorOrigin } from '../fields/caller.ts';
import { single } from '../fields/raw.ts';
import { visitorResponseHeaders } from '../fields/to-visitor.ts';
import { asksForTrailers } from '../fields/trailers.ts';
import type { ForwardRequest } from './forwarder.ts';
import { type OwnAddress, withoutOwnAddress } from './own-address.ts';

/** What an upstream says in its answer's head. */
type AnswerHead = { readonly status: number; readonly raw: readonly string[] };

/** A flat list of names and values, and the fields in which the upstream's own address goes out. */
export type AnswerFields = { readonly fields: string[]; readonly leaks: readonly string[] };

const NO_LEAKS: readonly string[] = [];

/** What is said of an answer that is coded in a way which is not known. */
export const UNKNOWN_FRAMING = 'a transfer coding other than chunked';

/**
 * Whether an answer is coded in no way but in chunks. What takes it from the upstream knows no other coding, and
 * what was coded would reach the visitor as if it were not.
 */
export function isKnownFraming(raw: readonly string[]): boolean {
  const { count, value } = single(raw, 'transfer-encoding');
  return count === 0 || (count === 1 && value?.toLowerCase() === 'chunked');
}

/** Whether the visitor understands trailers, and is so to be sent them. */
export function wantsTrailers(req: IncomingMessage): boolean {
  const { te } = req.headers;
  return typeof te === 'string' && asksForTrailers(te);
}

/** Drops what concerns the connection to the upstream, and replaces its own address or notes that it goes out. */
export function answerFields(
  { status, raw }: AnswerHead,
  req: IncomingMessage,
  { caller, addedResponseHeaders }: ForwardRequest,
  own: OwnAddress,
): AnswerFields {
  let leaks: string[] | undefined;
  const onAddress = (field: string, value: string): string => {
    if (own.names.has(caller.host.toLowerCase())) return value;
    const replaced = withoutOwnAddress(field, value, own, visitorOrigin(req.rawHeaders, caller));
    if (replaced === undefined || own.rewrite) return replaced ?? value;
    leaks ??= [];
    leaks.push(field);
    return value;
  };
  const fields = visitorResponseHeaders(raw, wantsTrailers(req) && goesInChunks(status, raw, req), onAddress);
  for (const text of addedResponseHeaders) fields.push(text);
  return { fields, leaks: leaks ?? NO_LEAKS };
}

/** Whether an answer's body goes to the visitor in chunks: behind nothing else is there a place for trailers. */
function goesInChunks(status: number, raw: readonly string[], req: IncomingMessage): boolean {
  if (req.httpVersion !== '1.1' || req.method === 'HEAD') return false;
  return status >= 200 && status !== 204 && status !== 304 && single(raw, 'content-length').count === 0;
}
