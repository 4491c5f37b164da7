// Reads multipart/form-data: fields into memory, files into the upload folder, named as PHP names them.
// The parts are found by @fastify/busboy's parser; what their header fields mean is PHP's to say.
import type { WriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { Dicer } from '@fastify/busboy';
import {
  type Disposition,
  isFileName,
  lastSegment,
  multipartBoundary,
  partType,
  readDisposition,
} from '../php/request/multipart.ts';
import { collectPhpVariables } from '../php/request/query.ts';
import type { PhpArray } from '../php/value.ts';
import type { UploadBatch } from './upload-folder.ts';

/** A file that a visitor sent, or why there is none. Name and type are what the visitor says: never paths, never proof. */
export type Upload =
  | {
      readonly ok: true;
      readonly name: string;
      readonly type: string;
      readonly size: number;
      /** Where the file lies until the request has ended; move it to keep it. */
      readonly path: string;
    }
  | {
      readonly ok: false;
      readonly name: string;
      readonly type: string;
      /** `not-chosen`: the form's field was left empty. `too-large`: over `fileSize`, or the form's MAX_FILE_SIZE. */
      readonly reason: 'not-chosen' | 'too-large';
    };

/** What a multipart body may have, in bytes and in numbers. */
export type MultipartLimits = {
  readonly total: number;
  readonly fileSize: number;
  readonly files: number;
};

export type Multipart = {
  readonly fields: PhpArray;
  /** By name, as `fields` are; the values are indexes into `uploads`, as text. */
  readonly fileNames: PhpArray;
  readonly uploads: readonly Upload[];
};

/** What there is more of than the limits say. */
type TooMuch = 'too-large' | 'too-many-files' | 'too-many-parts';

export type MultipartResult =
  | ({ readonly ok: true } & Multipart)
  | { readonly ok: false; readonly reason: TooMuch }
  | { readonly ok: false; readonly reason: 'malformed' | 'aborted' }
  | { readonly ok: false; readonly reason: 'failed'; readonly error: unknown };

/** PHP's max_input_vars; beyond it, fields are dropped. */
export const MAX_FIELDS = 1000;
/** A part's header fields; PHP reads lines of up to 5 KiB. */
const MAX_PART_HEADER_BYTES = 16 * 1024;

/**
 * Reads the body. Resolves when it is complete and all files are closed, or at the first reason why it
 * will not be; the files are the caller's to clear either way. Never rejects.
 */
export function readMultipart(
  req: IncomingMessage,
  limits: MultipartLimits,
  batch: UploadBatch,
): Promise<MultipartResult> {
  const boundary = multipartBoundary(req.headers['content-type'] ?? '');
  if (boundary === undefined || Buffer.byteLength(boundary, 'latin1') > 255)
    return Promise.resolve({ ok: false, reason: 'malformed' });
  return new Promise((resolve) => new Reading(req, limits, batch, resolve).start(boundary));
}

class Reading {
  readonly #req: IncomingMessage;
  readonly #limits: MultipartLimits;
  readonly #batch: UploadBatch;
  readonly #resolve: (result: MultipartResult) => void;
  readonly #fields: [name: string, value: string][] = [];
  readonly #files: [name: string, value: string][] = [];
  readonly #uploads: Upload[] = [];
  /** Files that are still being written. */
  readonly #writing = new Set<Promise<void>>();
  #parser: Dicer | undefined;
  #received = 0;
  #parts = 0;
  #fileCount = 0;
  /** The form's MAX_FILE_SIZE; 0 for none. */
  #formLimit = 0;
  #isParsed = false;
  #settled = false;

  constructor(
    req: IncomingMessage,
    limits: MultipartLimits,
    batch: UploadBatch,
    resolve: (result: MultipartResult) => void,
  ) {
    this.#req = req;
    this.#limits = limits;
    this.#batch = batch;
    this.#resolve = resolve;
  }

  start(boundary: string): void {
    const options = { boundary, maxHeaderPairs: 20, maxHeaderSize: MAX_PART_HEADER_BYTES };
    const parser = new Dicer(options);
    this.#parser = parser;
    parser.on('part', (part) => this.#part(part));
    parser.on('error', () => this.#settle({ ok: false, reason: 'malformed' }));
    const ended = new Promise<void>((resolve) => this.#req.once('end', () => resolve()));
    parser.on('finish', () => {
      // What follows the last part counts, and is of no other interest. The parser may not ask for it any more.
      this.#isParsed = true;
      this.#req.resume();
      void ended.then(() => this.#finish());
    });
    parser.on('drain', () => this.#req.resume());
    this.#req.on('data', this.#onData).on('end', this.#onEnd).on('close', this.#onClose);
    this.#req.on('error', this.#onClose);
    void this.#batch.cleared.then(() => this.#settle({ ok: false, reason: 'aborted' }));
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received += chunk.length;
    if (this.#received > this.#limits.total) return this.#settle({ ok: false, reason: 'too-large' });
    if (this.#isParsed || !this.#parser?.writable) return;
    const wantsMore = this.#parser.write(chunk);
    if (!wantsMore && !this.#isParsed && !this.#settled) this.#req.pause();
  };

  readonly #onEnd = (): void => {
    if (this.#parser?.writable) this.#parser.end();
  };

  readonly #onClose = (): void => {
    if (!this.#req.complete) this.#settle({ ok: false, reason: 'aborted' });
  };

  #part(part: Readable): void {
    this.#parts += 1;
    // The parser's own error follows, and is the one that counts.
    part.on('error', () => {});
    if (this.#parts > MAX_FIELDS + this.#limits.files) {
      part.resume();
      return this.#settle({ ok: false, reason: 'too-many-parts' });
    }
    part.on('header', (header: { readonly [name: string]: readonly string[] }) => {
      const disposition = readDisposition(header['content-disposition']?.at(-1) ?? '');
      this.#read(part, disposition, partType(header['content-type']?.at(-1)));
    });
  }

  #read(part: Readable, { name, fileName }: Disposition, type: string): void {
    if (name === undefined || this.#settled) part.resume();
    else if (fileName === undefined) this.#readField(part, name);
    else if (fileName === '' || !isFileName(name)) {
      if (fileName === '') this.#add(name, { ok: false, name: '', type, reason: 'not-chosen' });
      part.resume();
    } else this.#readFile(part, name, { name: textOf(lastSegment(fileName)), type: textOf(type) });
  }

  #readField(part: Readable, name: string): void {
    const chunks: Buffer[] = [];
    const field: [string, string] = [name, ''];
    if (this.#fields.length < MAX_FIELDS) this.#fields.push(field);
    part.on('data', (chunk: Buffer) => chunks.push(chunk));
    part.on('end', () => {
      const value = Buffer.concat(chunks).toString('latin1');
      field[1] = value;
      if (name.toUpperCase() === 'MAX_FILE_SIZE')
        this.#formLimit = Math.max(Number.parseInt(value, 10) || 0, 0);
    });
  }

  #readFile(part: Readable, name: string, said: { readonly name: string; readonly type: string }): void {
    this.#fileCount += 1;
    if (this.#fileCount > this.#limits.files) {
      part.resume();
      return this.#settle({ ok: false, reason: 'too-many-files' });
    }
    // Its place among files of the same name is that of its beginning.
    const index = this.#add(name, { ok: false, ...said, reason: 'too-large' });
    const work = this.#write(part).then(
      (written) => {
        if (written) this.#uploads[index] = { ok: true, ...said, ...written };
      },
      (error) => this.#settle({ ok: false, reason: 'failed', error }),
    );
    this.#writing.add(work);
    void work.finally(() => this.#writing.delete(work));
  }

  /** Writes a part to a file; undefined where it is too large. */
  async #write(part: Readable): Promise<{ path: string; size: number } | undefined> {
    const file = await this.#batch.create();
    const size = await copy(part, file, this.#limits.fileSize);
    // The form's own limit stands in a field before the file, which may be read as late as the file is.
    if (size <= (this.#formLimit || this.#limits.fileSize) && size <= this.#limits.fileSize)
      return { path: String(file.path), size };
    await this.#batch.remove(file);
    return undefined;
  }

  #add(name: string, upload: Upload): number {
    this.#files.push([name, String(this.#uploads.length)]);
    return this.#uploads.push(upload) - 1;
  }

  async #finish(): Promise<void> {
    await Promise.all(this.#writing);
    this.#settle({
      ok: true,
      fields: collectPhpVariables(this.#fields),
      fileNames: collectPhpVariables(this.#files),
      uploads: this.#uploads,
    });
  }

  #settle(result: MultipartResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#req.off('data', this.#onData).off('end', this.#onEnd);
    this.#req.off('close', this.#onClose).off('error', this.#onClose);
    if (!result.ok) this.#req.resume();
    this.#resolve(result);
  }
}

/** Copies a part to a file and closes it; what is beyond `limit` bytes is counted only. Resolves with the part's size. */
function copy(part: Readable, file: WriteStream, limit: number): Promise<number> {
  return new Promise((resolve, reject) => {
    let size = 0;
    part.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit && !file.write(chunk)) part.pause();
    });
    part.on('end', () => file.end());
    file.on('drain', () => part.resume());
    file.on('error', (error) => {
      part.resume();
      reject(error);
    });
    file.on('close', () => resolve(size));
  });
}

function textOf(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('utf8');
}
