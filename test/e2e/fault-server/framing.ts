// How the end of a request and of an answer is known (RFC 9112 §6.3), where nothing doubtful is let pass.
import { type Framing, type Head, valuesOf } from './message-reader.ts';

/** Tells how a request ends. Throws for what two servers could read differently. */
export function framingOfRequest(head: Head): Framing {
  return lengthOrChunks(head) ?? 'none';
}

/** Tells how an answer to a request of this method ends. Throws for what two visitors could read differently. */
export function framingOfAnswer(method: string): (head: Head) => Framing {
  return (head) => {
    const status = statusOf(head);
    if (status < 200 && status !== 101) return 'interim';
    const framing = lengthOrChunks(head);
    if (method === 'HEAD' || status === 101 || status === 204 || status === 304) return 'none';
    return framing ?? 'until-close';
  };
}

/** Returns the status of an answer. Throws where there is none. */
export function statusOf({ line }: Head): number {
  const [, status] = /^HTTP\/1\.1 ([1-9]\d\d) [\t\x20-\x7e\x80-\xff]*$/.exec(line) ?? [];
  if (status === undefined) throw new Error(`${JSON.stringify(line)} is no status line`);
  return Number(status);
}

function lengthOrChunks(head: Head): Framing | undefined {
  const lengths = valuesOf(head, 'content-length');
  const codings = valuesOf(head, 'transfer-encoding');
  if (lengths.length + codings.length > 1) throw new Error('the length is told twice');
  const [length] = lengths;
  if (codings.length > 0) {
    if (codings[0] !== 'chunked') throw new Error(`Transfer-Encoding is ${codings[0]}`);
    return 'chunked';
  }
  if (length === undefined) return undefined;
  if (!/^\d{1,12}$/.test(length)) throw new Error(`Content-Length is ${length}`);
  return length === '0' ? 'none' : { length: Number(length) };
}
