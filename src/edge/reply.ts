// Writing to a visitor's response, past whatever a handler did to it. The edge answers through these
// functions only, so that another way of writing can take their place.
import { type IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { seemDestroyed } from '../native/response-watcher.ts';
import { single } from './fields/raw.ts';
import { makeFresh } from './fresh-response.ts';

/** Node's own methods, with the one signature of each that is used here. */
const raw: {
  writeHead(this: ServerResponse, status: number, reason: string | undefined, headers: string[]): unknown;
  write(this: ServerResponse, chunk: Buffer): boolean;
  end(this: ServerResponse, chunk: Buffer | undefined): unknown;
  addTrailers(this: ServerResponse, trailers: [string, string][]): void;
} & Inner = ServerResponse.prototype as ServerResponse & Inner;

/** What Node itself writes through. */
type Inner = {
  /** Writes the head, if it has not been written, and the text after it. */
  _send(this: ServerResponse, text: string, encoding: 'latin1'): boolean;
  /** Writes past the answer's own head: interim answers go this way. */
  _writeRaw(this: ServerResponse, text: string, encoding: 'latin1'): boolean;
  /** The head as it goes out, a character for each byte. */
  readonly _header: string;
};

const SEALED_METHODS = [
  'setHeader',
  'appendHeader',
  'removeHeader',
  'setHeaders',
  'flushHeaders',
  'writeHead',
  'writeContinue',
  'writeProcessing',
  'writeEarlyHints',
  'addTrailers',
  'write',
  'end',
  'cork',
  'uncork',
  'setTimeout',
] as const;

const ASCII = /^[ -~]*$/;

/** Whether this Node changes a Content-Disposition that stands behind a length; see `asNodeReads`. */
const READS_DISPOSITIONS = readsDispositions();

/** Sends status and fields; the flat list keeps order, case, repetition and bytes. */
export function sendHead(
  res: ServerResponse,
  status: number,
  reason: string | undefined,
  headers: string[],
): void {
  raw.writeHead.call(res, status, reason, READS_DISPOSITIONS ? asNodeReads(headers) : headers);
}

/** Sends a piece of the body; false when the visitor reads more slowly than we write. */
export function sendChunk(res: ServerResponse, chunk: Buffer): boolean {
  return raw.write.call(res, chunk);
}

/** Ends the answer, with a last piece if there is one. */
export function sendEnd(res: ServerResponse, chunk?: Buffer): void {
  raw.end.call(res, chunk);
}

/**
 * Sends a whole small body and ends the answer. As text in latin1, which keeps every byte, so that head and
 * body leave in one piece; through Node's `end` an empty second piece would follow it, and cost a tenth of
 * what answering costs.
 */
export function sendWhole(res: ServerResponse, body: Buffer): void {
  raw._send.call(res, body.toString('latin1'), 'latin1');
  raw.end.call(res, undefined);
}

/**
 * Passes an early hint on (RFC 8297), its fields as they are: Node's own writeEarlyHints takes a part of
 * them only. A visitor of HTTP/1.0 knows no such answers.
 */
export function sendEarlyHints(res: ServerResponse, fields: readonly string[]): void {
  if (res.headersSent || res.req.httpVersion !== '1.1') return;
  let head = 'HTTP/1.1 103 Early Hints\r\n';
  for (let index = 0; index + 1 < fields.length; index += 2)
    head += `${fields[index]}: ${fields[index + 1]}\r\n`;
  raw._writeRaw.call(res, `${head}\r\n`, 'latin1');
}

/** Adds the fields that follow a chunked body; called before its end. */
export function sendTrailers(res: ServerResponse, trailers: [string, string][]): void {
  raw.addTrailers.call(res, trailers);
}

/** Breaks the connection, so that an answer cut short never looks whole. */
export function breakOff(res: ServerResponse): void {
  if (res.socket) cut(res.socket, res);
}

/**
 * Closes a visitor's connection at once, whatever becomes of `current`, its answer. To a visitor of HTTP/1.0 an
 * answer may end with its connection: only one that is reset tells that it has not (RFC 9112 §8).
 */
export function cut(socket: Socket, current: ServerResponse | undefined): void {
  if (current?.req.httpVersion === '1.0') socket.resetAndDestroy();
  else socket.destroy();
}

/**
 * Takes the response away from a handler: what it did to it is undone, and what it still writes goes
 * nowhere, nor can it end the connection. Only for responses whose head has not been sent.
 */
export function seal(res: ServerResponse): void {
  makeFresh(res);
  const value = () => res;
  for (const method of SEALED_METHODS) Object.defineProperty(res, method, { value, configurable: true });
  const destroy = (error?: Error) => seemDestroyed(res, error);
  Object.defineProperty(res, 'destroy', { value: destroy, configurable: true });
}

/**
 * Returns fields that go out as these are. Where Node has seen a length, it reads the bytes of a
 * Content-Disposition as UTF-8 and sends the characters as bytes (nodejs/node#46528): what has been made UTF-8
 * once more comes out as it was.
 */
function asNodeReads(fields: string[]): string[] {
  let sent = fields;
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const name = fields[index] ?? '';
    const value = fields[index + 1] ?? '';
    if (name.length !== 19 || ASCII.test(value) || name.toLowerCase() !== 'content-disposition') continue;
    const { value: length } = single(fields.slice(0, index), 'content-length');
    if (Number(length) > 0) sent = sent.with(index + 1, Buffer.from(value, 'utf8').toString('latin1'));
  }
  return sent;
}

function readsDispositions(): boolean {
  const res = new ServerResponse({ method: 'GET' } as IncomingMessage);
  const name = '\xc3\x9c';
  raw.writeHead.call(res, 200, undefined, ['Content-Length', '1', 'Content-Disposition', name]);
  return !(res as ServerResponse & Inner)._header.includes(name);
}
