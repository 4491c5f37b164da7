// Holds two answers against each other, byte by byte, and says where they first differ.
import type { Answer } from '../visitor.ts';

/** Fields that tell who sent an answer, not what it says; docs/bookshop-parity.md gives the reason for each. */
const SENDERS_OWN = new Set([
  'date',
  'server',
  'x-powered-by',
  'connection',
  'keep-alive',
  'transfer-encoding',
  'content-length',
  'x-banyan',
]);

/** Finds the first difference of two answers; undefined if there is none. */
export function firstDifference(legacy: Answer, handler: Answer): string | undefined {
  if (legacy.status !== handler.status) return difference('status', legacy.status, handler.status);
  const fields = [fieldsOf(legacy), fieldsOf(handler)] as const;
  return lineDifference('header', ...fields) ?? bodyDifference(legacy.body, handler.body);
}

/** Lists what is compared of the head: `Name: value`, case and repetition kept, in order of the names. */
export function fieldsOf({ rawHeaders }: Answer): string[] {
  const lines = rawHeaders.flatMap((name, index) =>
    index % 2 === 0 && !SENDERS_OWN.has(name.toLowerCase()) ? [`${name}: ${rawHeaders[index + 1]}`] : [],
  );
  return lines.sort();
}

function bodyDifference(legacy: Buffer, handler: Buffer): string | undefined {
  if (legacy.equals(handler)) return undefined;
  // One character per byte: what is not UTF-8 must not look alike.
  const [left, right] = [legacy.toString('latin1').split('\n'), handler.toString('latin1').split('\n')];
  return lineDifference('body line', left, right);
}

function lineDifference(
  what: string,
  legacy: readonly string[],
  handler: readonly string[],
): string | undefined {
  const length = Math.max(legacy.length, handler.length);
  const at = Array.from({ length }, (_, index) => index).find((index) => legacy[index] !== handler[index]);
  return at === undefined ? undefined : difference(`${what} ${at + 1}`, legacy[at], handler[at]);
}

/** Says how two values differ; undefined if they do not. */
export function valueDifference(what: string, legacy: unknown, handler: unknown): string | undefined {
  const [left, right] = [JSON.stringify(legacy), JSON.stringify(handler)];
  return left === right ? undefined : difference(what, left, right);
}

function difference(what: string, legacy: unknown, handler: unknown): string {
  return `${what}\n  legacy: ${legacy ?? '(nothing)'}\n  new:    ${handler ?? '(nothing)'}`;
}
