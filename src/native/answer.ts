// What becomes of what a handler returns.
import { reasonOf } from '../reason.ts';
import type { ExpressResponse } from './express.ts';
import { sendWhole } from './express-shortcuts.ts';

/** Sends what a handler returned; gives what is wrong with it where it is no answer. Throws what `res` throws. */
export function sendResult(res: ExpressResponse, result: unknown): string | undefined {
  if (result === res || (result === undefined && (res.headersSent || res.writableEnded))) return undefined;
  if (typeof result === 'string') return sendText(res, 'text/html; charset=UTF-8', result);
  if (result instanceof Uint8Array) return sendBytes(res, result);
  if (isPlainData(result)) return sendJson(res, result);
  return result === undefined
    ? 'the handler returned nothing and sent nothing'
    : `the handler returned ${describe(result)}; return a string, bytes, an array or a plain object, or use res`;
}

function sendJson(res: ExpressResponse, data: unknown): string | undefined {
  let text: string;
  try {
    text = JSON.stringify(data);
  } catch (error) {
    return `what the handler returned cannot be JSON: ${reasonOf(error)}; php.jsonEncode writes integers of 64 bits`;
  }
  return sendText(res, 'application/json', text);
}

function sendText(res: ExpressResponse, type: string, text: string): undefined {
  const length = Buffer.byteLength(text);
  setFields(res, type, length);
  sendWhole(res, text, length);
}

function sendBytes(res: ExpressResponse, bytes: Uint8Array): undefined {
  setFields(res, 'application/octet-stream', bytes.byteLength);
  res.end(bytes);
}

function setFields(res: ExpressResponse, type: string, length: number): void {
  if (!res.hasHeader('Content-Type')) res.setHeader('Content-Type', type);
  res.setHeader('Content-Length', length);
}

/** Data that JSON can tell; a Map, a stream or a Response would come out as `{}`. */
function isPlainData(value: unknown): boolean {
  if (value === null) return true;
  if (typeof value !== 'object') return false;
  if (Array.isArray(value) || typeof (value as { toJSON?: unknown }).toJSON === 'function') return true;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype || !('constructor' in prototype);
}

function describe(value: unknown): string {
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : `a ${typeof value}`;
  return `a ${value.constructor?.name ?? 'strange object'}`;
}
