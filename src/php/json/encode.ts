// Writes JSON byte for byte as PHP's json_encode does. Source: php-src ext/json/json_encoder.c.
import { failure, type Result, success } from '../result.ts';
import { phpFloatRepr } from '../text/float.ts';
import { replaceInvalidUtf8, utf8Text } from '../text/utf8.ts';
import { isList, PhpFloat, PhpObject, type PhpValue } from '../value.ts';
import {
  JSON_FORCE_OBJECT,
  JSON_INVALID_UTF8_IGNORE,
  JSON_INVALID_UTF8_SUBSTITUTE,
  JSON_NUMERIC_CHECK,
  JSON_PARTIAL_OUTPUT_ON_ERROR,
  JSON_PRESERVE_ZERO_FRACTION,
  JSON_PRETTY_PRINT,
} from './flags.ts';
import { quoteJson } from './string.ts';

/** What may be encoded: PHP's values, floats that say so, and plain arrays and objects. */
export type Encodable =
  | PhpValue
  | PhpFloat
  | readonly Encodable[]
  | { readonly [name: string]: Encodable | undefined };

/** Says why PHP's json_encode would have given false. */
export interface JsonError {
  readonly code: 'utf8' | 'inf-or-nan' | 'depth' | 'unsupported';
  readonly message: string;
}

const MAX_DEPTH = 512;
const NUMERIC = /^[ \t\n\r\v\f]*[+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]+)?[ \t\n\r\v\f]*$/;

/**
 * Encodes as PHP 7.1 to 8.4 do; `flags` are PHP's own, joined by `|`. Members whose value is undefined are left out. A whole number is an
 * int: for JSON_PRESERVE_ZERO_FRACTION a float must say that it is one (PhpFloat).
 */
export function phpJsonEncode(value: Encodable, flags = 0): Result<string, JsonError> {
  const writer: Writer = { flags, depth: 0, out: '', error: undefined, within: new Set() };
  write(writer, value);
  return writer.error && !isPartial(writer) ? failure(writer.error) : success(writer.out);
}

interface Writer {
  readonly flags: number;
  depth: number;
  out: string;
  error: JsonError | undefined;
  /** The containers being written, where a circular one would not end by itself. */
  readonly within: Set<Container>;
}

/** Notes why something cannot be encoded, and writes what PHP puts in its place under JSON_PARTIAL_OUTPUT_ON_ERROR. */
function fail(writer: Writer, error: JsonError, substitute: string): void {
  writer.error = error;
  writer.out += substitute;
}

function isPartial(writer: Writer): boolean {
  return (writer.flags & JSON_PARTIAL_OUTPUT_ON_ERROR) !== 0;
}

function hasEnded(writer: Writer): boolean {
  return writer.error !== undefined && !isPartial(writer);
}

function write(writer: Writer, value: Encodable): void {
  if (hasEnded(writer)) return;
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') writer.out += String(value);
  else if (typeof value === 'number') writeNumber(writer, value);
  else if (value instanceof PhpFloat) writeFloat(writer, value.value);
  else if (typeof value === 'string' || value instanceof Uint8Array) writeText(writer, value);
  else writeContainer(writer, value);
}

function writeNumber(writer: Writer, value: number): void {
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) writer.out += String(value);
  else writeFloat(writer, value);
}

function writeFloat(writer: Writer, value: number): void {
  if (!Number.isFinite(value)) {
    fail(writer, { code: 'inf-or-nan', message: 'Inf and NaN cannot be encoded' }, '0');
    return;
  }
  const text = phpFloatRepr(value);
  writer.out += text;
  if (writer.flags & JSON_PRESERVE_ZERO_FRACTION && !text.includes('.')) writer.out += '.0';
}

type Container = Exclude<Encodable, null | boolean | number | bigint | string | Uint8Array | PhpFloat>;
type Member = readonly [name: string | undefined, value: Encodable];

function writeContainer(writer: Writer, value: Container): void {
  if (value instanceof PhpObject && (value.enumCase ?? value.payload) !== undefined) {
    const message = `what ${value.className} encodes to is not known`;
    fail(writer, { code: 'unsupported', message }, 'null');
    return;
  }
  if (writer.within.has(value)) {
    fail(writer, { code: 'depth', message: 'a value contains itself' }, 'null');
    return;
  }
  const asList =
    (writer.flags & JSON_FORCE_OBJECT) === 0 &&
    (Array.isArray(value) || (value instanceof Map && isList(value)));
  if (isPartial(writer)) writer.within.add(value);
  writeMembers(writer, membersOf(value), asList);
  writer.within.delete(value);
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
  if (++writer.depth > MAX_DEPTH)
    fail(writer, { code: 'depth', message: `nested deeper than ${MAX_DEPTH}` }, '');
  if (hasEnded(writer)) return;
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
  if (hasEnded(writer)) return;
  if (!isFirst) writer.out += ',';
  breakLine(writer);
  if (!asList && name !== undefined) {
    writeName(writer, name);
    writer.out += writer.flags & JSON_PRETTY_PRINT ? ': ' : ':';
  }
  write(writer, value);
}

function breakLine(writer: Writer): void {
  if (writer.flags & JSON_PRETTY_PRINT) writer.out += `\n${'    '.repeat(writer.depth)}`;
}

function writeName(writer: Writer, name: string): void {
  const text = readable(writer, name);
  if (text === undefined) fail(writer, NOT_UTF8, '""');
  else writer.out += quoteJson(text, writer.flags);
}

function writeText(writer: Writer, value: string | Uint8Array): void {
  if (writer.flags & JSON_NUMERIC_CHECK && writeNumeric(writer, value)) return;
  const text = readable(writer, value);
  if (text === undefined) fail(writer, NOT_UTF8, 'null');
  else writer.out += quoteJson(text, writer.flags);
}

const NOT_UTF8: JsonError = { code: 'utf8', message: 'a string is not UTF-8' };

/** Gives the text as far as it is UTF-8, with what the flags put in the place of the rest; undefined if they put nothing there. */
function readable({ flags }: Writer, value: string | Uint8Array): string | undefined {
  const text = utf8Text(value);
  if (text !== undefined) return text;
  if (flags & JSON_INVALID_UTF8_IGNORE) return replaceInvalidUtf8(value, '');
  return flags & JSON_INVALID_UTF8_SUBSTITUTE ? replaceInvalidUtf8(value, '\ufffd') : undefined;
}

/** Writes a text as the number it is; false if it is none, bytes that are left out included, or is beyond all floats. */
function writeNumeric(writer: Writer, value: string | Uint8Array): boolean {
  const text = utf8Text(value) ?? '';
  const [number, fraction, bare, exponent] = NUMERIC.exec(text) ?? [];
  if (number === undefined || !Number.isFinite(Number(number))) return false;
  const isInteger = (fraction ?? bare ?? exponent) === undefined;
  const exact = isInteger ? BigInt(number.trim().replace('+', '')) : undefined;
  if (exact !== undefined && BigInt.asIntN(64, exact) === exact) writer.out += String(exact);
  else writeFloat(writer, Number(number));
  return true;
}
