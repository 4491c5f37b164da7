// What Express works out anew for each answer though it comes out the same: media types with their charset,
// and how a whole text is sent. Whatever is not plain goes Express's own way; the results are equal.
import express from 'express';
import type { ExpressResponse } from './express.ts';

/** Express's own methods, with the one signature of each that is used here. */
const own: {
  send(this: ExpressResponse, body: unknown): ExpressResponse;
  set(this: ExpressResponse, ...args: unknown[]): ExpressResponse;
  type(this: ExpressResponse, type: string): ExpressResponse;
} = express.response as never;

/** Types are mostly the handler's, but may be a visitor's choice: bounded. */
const MAX_REMEMBERED = 500;

/** What Express made of a word such as `html`, of a Content-Type that was set, and of one that a text was sent with. */
const ofWord = new Map<string, string>();
const ofValue = new Map<string, string>();
const ofText = new Map<string, string>();

/** Replaces some of the methods that were mixed into a prototype. */
export function addShortcuts(prototype: object): void {
  const methods = { send, set, type, contentType: type, header: set };
  for (const [name, value] of Object.entries(methods))
    Object.defineProperty(prototype, name, { value, configurable: true, writable: true });
}

function type(this: ExpressResponse, word: string): ExpressResponse {
  const known = ofWord.get(word);
  if (known !== undefined) return this.setHeader('Content-Type', known);
  own.type.call(this, word);
  remember(ofWord, word, this);
  return this;
}

function set(this: ExpressResponse, ...args: unknown[]): ExpressResponse {
  const [field, value] = args;
  if (field !== 'Content-Type' || typeof value !== 'string') return own.set.apply(this, args);
  const known = ofValue.get(value);
  if (known !== undefined) return this.setHeader('Content-Type', known);
  own.set.call(this, field, value);
  remember(ofValue, value, this);
  return this;
}

function send(this: ExpressResponse, body: unknown): ExpressResponse {
  if (typeof body !== 'string' || !isPlain(this)) return own.send.call(this, body);
  const said = this.getHeader('Content-Type') ?? '';
  const known = typeof said === 'string' ? ofText.get(said) : undefined;
  if (known === undefined) {
    own.send.call(this, body);
    if (typeof said === 'string') remember(ofText, said, this);
    return this;
  }
  const length = Buffer.byteLength(body);
  this.setHeader('Content-Type', known);
  if (!this.hasHeader('Transfer-Encoding')) this.setHeader('Content-Length', String(length));
  if (this.req.method === 'HEAD') this.end();
  else sendWhole(this, body, length);
  return this;
}

/**
 * Ends an answer with a whole text of `length` bytes. ASCII is the same in latin1, in which it leaves in one
 * piece with the head.
 */
export function sendWhole(res: ExpressResponse, text: string, length: number): void {
  if (length === text.length) res.end(text, 'latin1');
  else res.end(Buffer.from(text));
}

/** States that an answer has a body, that no ETag is made for it, and that the visitor has no copy to compare with. */
function isPlain({ statusCode, app, req: { headers } }: ExpressResponse): boolean {
  if (statusCode === 204 || statusCode === 205 || statusCode === 304 || app.get('etag fn')) return false;
  return headers['if-none-match'] === undefined && headers['if-modified-since'] === undefined;
}

function remember(map: Map<string, string>, key: string, res: ExpressResponse): void {
  const value = res.getHeader('Content-Type');
  if (typeof value === 'string' && map.size < MAX_REMEMBERED) map.set(key, value);
}
