// Compresses a handler's answer as nginx's gzip or Apache's mod_deflate would have done for PHP.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createGzip, type Gzip, constants as zlib } from 'node:zlib';
import type { ExpressRequest, ExpressResponse } from './express.ts';

/** The smallest answer that is compressed, in bytes, where its length is known before. */
const MIN_BYTES = 1024;
/** nginx's and Apache's common choices: text, and what is text by another name. Not an event stream, which must not wait. */
const COMPRESSIBLE =
  /^(?:text\/(?!event-stream)|application\/(?:json|javascript|ecmascript|x-javascript|xml|wasm|rtf|[\w.-]+\+(?:json|xml))|image\/(?:svg\+xml|bmp)|font\/(?:ttf|otf))/i;
/** Statuses whose answers have no body, or a part of one. */
const UNFIT: ReadonlySet<number> = new Set([204, 205, 206, 304]);

/** What is left of `write` and `end` once their optional arguments are in order. */
type Written = {
  readonly chunk: string | Uint8Array | undefined;
  readonly encoding: BufferEncoding | undefined;
  readonly callback: (() => void) | undefined;
};

/**
 * Lets a response compress itself, if its head turns out to allow it and the visitor to want it. What is
 * written piece by piece waits for more, unless the handler calls `res.flush()`.
 */
export function compressAnswer(req: IncomingMessage, res: ServerResponse): void {
  new CompressedAnswer(req as ExpressRequest, res as ExpressResponse).install();
}

class CompressedAnswer {
  readonly #req: ExpressRequest;
  readonly #res: ExpressResponse;
  readonly #writeHead: ServerResponse['writeHead'];
  readonly #write: ServerResponse['write'];
  readonly #end: ServerResponse['end'];
  /** The length of an answer that is sent in one piece. */
  #length: number | undefined;
  #gzip: Gzip | undefined;
  #isEnded = false;

  constructor(req: ExpressRequest, res: ExpressResponse) {
    this.#req = req;
    this.#res = res;
    this.#writeHead = res.writeHead;
    this.#write = res.write;
    this.#end = res.end;
  }

  install(): void {
    Object.assign(this.#res, {
      writeHead: this.writeHead.bind(this),
      write: this.write.bind(this),
      end: this.end.bind(this),
      flush: () => this.#gzip?.flush(zlib.Z_SYNC_FLUSH),
    });
  }

  /** Also called by Node, before the first byte of an answer that has said nothing of its head. */
  writeHead(status: number, ...rest: unknown[]): ExpressResponse {
    const fields = rest.at(-1);
    // Fields given here count as those that were set; the status is asked for below.
    if (!this.#res.headersSent && typeof fields === 'object' && fields !== null) {
      setFields(this.#res, fields);
      rest.pop();
    }
    this.#res.statusCode = status;
    if (!this.#res.headersSent && this.#mayCompress()) this.#begin();
    return Reflect.apply(this.#writeHead, this.#res, [status, ...rest]);
  }

  write(...args: unknown[]): boolean {
    const { chunk, encoding, callback } = writtenOf(args);
    if (this.#isEnded) return false;
    if (!this.#res.headersSent) this.writeHead(this.#res.statusCode);
    return this.#gzip
      ? this.#gzip.write(chunk, encoding ?? 'utf8', callback)
      : Reflect.apply(this.#write, this.#res, args);
  }

  end(...args: unknown[]): ExpressResponse {
    const { chunk, encoding, callback } = writtenOf(args);
    if (this.#isEnded) return this.#res;
    if (!this.#res.headersSent) {
      this.#length = chunk === undefined ? 0 : Buffer.byteLength(chunk, encoding);
      this.writeHead(this.#res.statusCode);
    }
    if (!this.#gzip) return Reflect.apply(this.#end, this.#res, args);
    this.#isEnded = true;
    // Node says so only once the last compressed byte has been written.
    Object.defineProperty(this.#res, 'writableEnded', { value: true, configurable: true });
    if (callback) this.#res.once('finish', callback);
    this.#gzip.end(chunk ?? '', encoding ?? 'utf8');
    return this.#res;
  }

  /** Judges by the head; says in it that the answer varies where its like might be compressed. */
  #mayCompress(): boolean {
    const [req, res] = [this.#req, this.#res];
    if (UNFIT.has(res.statusCode) || !COMPRESSIBLE.test(String(res.getHeader('Content-Type') ?? '')))
      return false;
    if (/\bno-transform\b/i.test(String(res.getHeader('Cache-Control') ?? ''))) return false;
    if (res.hasHeader('Content-Encoding') || res.hasHeader('Content-Range')) return false;
    res.vary('Accept-Encoding');
    const length = res.hasHeader('Content-Length') ? Number(res.getHeader('Content-Length')) : this.#length;
    if (req.method === 'HEAD' || (length !== undefined && length < MIN_BYTES)) return false;
    return req.httpVersion !== '1.0' && req.acceptsEncodings('gzip', 'identity') === 'gzip';
  }

  #begin(): void {
    const res = this.#res;
    const gzip = createGzip();
    this.#gzip = gzip;
    res.setHeader('Content-Encoding', 'gzip');
    res.removeHeader('Content-Length');
    res.removeHeader('Accept-Ranges');
    const tag = res.getHeader('ETag');
    // Other bytes than those that the tag was made for (RFC 9110 §8.8.1).
    if (typeof tag === 'string' && tag.startsWith('"')) res.setHeader('ETag', `W/${tag}`);
    gzip.on('data', (chunk: Buffer) => Reflect.apply(this.#write, res, [chunk]) || gzip.pause());
    gzip.on('end', () => Reflect.apply(this.#end, res, []));
    gzip.on('error', (error) => res.destroy(error));
    // Whoever pipes into the response waits for its drain.
    gzip.on('drain', () => res.emit('drain'));
    res.on('drain', () => res.writableNeedDrain || gzip.resume());
    res.on('close', () => gzip.destroy());
  }
}

function setFields(res: ExpressResponse, fields: object): void {
  const pairs = Array.isArray(fields) ? pairsOf(fields) : Object.entries(fields);
  for (const [name, value] of pairs) {
    if (value !== undefined) res.setHeader(name, value);
  }
}

/** Takes a list as writeHead does: names and values in turn, or pairs. Repeated names add up. */
function pairsOf(list: readonly unknown[]): [string, string | string[]][] {
  const flat = list.flat(1).map(String);
  const fields = new Map<string, string[]>();
  for (let index = 0; index + 1 < flat.length; index += 2) {
    const [name = '', value = ''] = [flat[index], flat[index + 1]];
    fields.set(name, [...(fields.get(name) ?? []), value]);
  }
  return [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? '') : values]);
}

function writtenOf([first, second, third]: readonly unknown[]): Written {
  const callback = [first, second, third].find((one) => typeof one === 'function');
  return {
    chunk: typeof first === 'string' || first instanceof Uint8Array ? first : undefined,
    encoding: typeof second === 'string' ? (second as BufferEncoding) : undefined,
    callback: callback as (() => void) | undefined,
  };
}
