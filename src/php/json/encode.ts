// Writes JSON byte for byte as PHP's json_encode does. Source: php-src ext/json/json_encoder.c.
import { isUtf8 } from 'node:buffer';
import { failure, type Result, success } from '../result.ts';
import { phpFloatRepr } from '../text/float.ts';
import { isList, PhpObject, type PhpValue } from '../value.ts';
import { JSON_FORCE_OBJECT, JSON_NUMERIC_CHECK, JSON_PRETTY_PRINT } from './flags.ts';
import { isWellFormed, quoteJson } from './string.ts';

/** What may be encoded: PHP's values, and plain arrays and objects. */
export type Encodable = PhpValue | readonly Encodable[] | { readonly [name: string]: Encodable | undefined };

/** Says why PHP's json_encode would have given false. */
export interface JsonError {
  readonly code: 'utf8' | 'inf-or-nan' | 'depth' | 'unsupported';
  readonly message: string;
}

const MAX_DEPTH = 512;
const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]+)?[ \t\n\r\v\f]*$/;

/**
 * Encodes as PHP 8 does; `flags` are PHP's own, joined by `|`. Members whose value is undefined are left out. A float and an int
 * of one value are the same number here, so JSON_PRESERVE_ZERO_FRACTION has no counterpart.
 */
export function phpJsonEncode(value: Encodable, flags = 0): Result<string, JsonError> {
  const writer: Writer = { flags, depth: 0, out: '', error: undefined };
  write(writer, value);
  return writer.error ? failure(writer.error) : success(writer.out);
}

interface Writer {
  readonly flags: number;
  depth: number;
  out: string;
  error: JsonError | undefined;
}

function write(writer: Writer, value: Encodable): void {
  if (writer.error) return;
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') writer.out += String(value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (typeof value === 'string') writeString(writer, value, true);
  else if (value instanceof Uint8Array) writeBytes(writer, value);
  else writeContainer(writer, value);
}

function writeNumber(writer: Writer, value: number): void {
  if (!Number.isFinite(value))
    writer.error = { code: 'inf-or-nan', message: 'Inf and NaN cannot be encoded' };
  else writer.out += Number.isSafeInteger(value) && value !== 0 ? String(value) : phpFloatRepr(value);
}

function writeBytes(writer: Writer, bytes: Uint8Array): void {
  if (isUtf8(bytes)) writeString(writer, Buffer.from(bytes).toString('utf8'), true);
  else refuseText(writer);
}

function refuseText(writer: Writer): void {
  writer.error = { code: 'utf8', message: 'a string is not UTF-8' };
}

type Container = Exclude<Encodable, null | boolean | number | bigint | string | Uint8Array>;
type Member = readonly [name: string | undefined, value: Encodable];

function writeContainer(writer: Writer, value: Container): void {
  if (value instanceof PhpObject && (value.enumCase ?? value.payload) !== undefined) {
    const message = `what ${value.className} encodes to is not known`;
    writer.error = { code: 'unsupported', message };
    return;
  }
  const asList =
    (writer.flags & JSON_FORCE_OBJECT) === 0 &&
    (Array.isArray(value) || (value instanceof Map && isList(value)));
  writeMembers(writer, membersOf(value), asList);
}

function membersOf(value: Container): Member[] {
  if (value instanceof PhpObject) return publicMembers(value);
  const entries: Iterable<[string | number, Encodable | undefined]> =
    value instanceof Map ? value : Object.entries(value);
  const members: Member[] = [];
  for (const [name, member] of entries) if (member !== undefined) members.push([String(name), member]);
  return members;
}

function publicMembers(object: PhpObject): Member[] {
  const members: Member[] = [];
  for (const [name, value] of object.properties)
    if (!String(name).startsWith('\0')) members.push([String(name), value]);
  return members;
}

function writeMembers(writer: Writer, members: readonly Member[], asList: boolean): void {
  // PHP notices too deep a value only on its way back; a circular one would never get there.
  if (++writer.depth > MAX_DEPTH) {
    writer.error = { code: 'depth', message: `nested deeper than ${MAX_DEPTH}` };
    return;
  }
  const [open, close] = asList ? '[]' : '{}';
  writer.out += open;
  members.forEach((member, index) => {
    writeMember(writer, member, asList, index === 0);
  });
  writer.depth--;
  if (members.length > 0) breakLine(writer);
  writer.out += close;
}

function writeMember(writer: Writer, [name, value]: Member, asList: boolean, isFirst: boolean): void {
  if (writer.error) return;
  if (!isFirst) writer.out += ',';
  breakLine(writer);
  if (!asList && name !== undefined) {
    writeString(writer, name, false);
    writer.out += writer.flags & JSON_PRETTY_PRINT ? ': ' : ':';
  }
  write(writer, value);
}

function breakLine(writer: Writer): void {
  if (writer.flags & JSON_PRETTY_PRINT) writer.out += `\n${'    '.repeat(writer.depth)}`;
}

function writeString(writer: Writer, text: string, mayBeNumber: boolean): void {
  const numeric = mayBeNumber && writer.flags & JSON_NUMERIC_CHECK ? NUMERIC.exec(text) : null;
  if (!isWellFormed(text)) refuseText(writer);
  else if (numeric) writeNumeric(writer, text.trim(), (numeric[1] ?? numeric[2] ?? numeric[3]) === undefined);
  else writer.out += quoteJson(text, writer.flags);
}

function writeNumeric(writer: Writer, text: string, isInteger: boolean): void {
  const exact = isInteger ? BigInt(text.replace('+', '')) : undefined;
  if (exact !== undefined && BigInt.asIntN(64, exact) === exact) writer.out += String(exact);
  else writeNumber(writer, Number(text));
}
