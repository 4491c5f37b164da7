// The one form of a path that matching is done on. What is forwarded is never this, but the raw target.

const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
/**
 * Returns the canonical form of a raw request path: unreserved characters decoded, every other
 * escape kept in upper case, bytes that may not stand in a path escaped, slashes merged, dot
 * segments removed. Takes the path without its query, as Node gives it (one character a byte).
 * Source: RFC 3986 §6.2.2.
 */
export function canonicalPath(rawPath: string): string {
  return withoutDotSegments(evenPath(rawPath));
}

/** Does the part of canonicalPath in which servers agree whatever their order: all but dot segments. */
export function evenPath(rawPath: string): string {
  const even = PLAIN.test(rawPath) ? rawPath : evenEscapes(rawPath);
  return mergedSlashes(even);
}

/** Makes one slash of several that follow each other. */
export function mergedSlashes(path: string): string {
  return path.includes('//') ? path.replace(/\/{2,}/g, '/') : path;
}

/** Removes `.` and `..` (RFC 3986 §5.2.4) from a path whose unreserved characters are decoded. */
export function withoutDotSegments(path: string): string {
  return path.includes('/.') ? removeDotSegments(path) : path;
}

/** Spells text of a routes file, which is UTF-8, as canonical paths are spelt. Does not look for dot segments. */
export function spelt(text: string): string {
  return evenPath(Buffer.from(text, 'utf8').toString('latin1'));
}

/** Splits a raw request target into its path and its query; the query is undefined when there is no `?`. */
export function splitTarget(target: string): { path: string; query: string | undefined } {
  const mark = target.indexOf('?');
  return mark < 0
    ? { path: target, query: undefined }
    : { path: target.slice(0, mark), query: target.slice(mark + 1) };
}

/**
 * Decodes what one parameter captured, once. Escapes that are not UTF-8 are left as they were, so
 * that the result is always a string that can be encoded back.
 */
export function decodeCaptured(captured: string): string {
  if (!captured.includes('%')) return captured;
  try {
    return decodeURIComponent(captured);
  } catch {
    return captured;
  }
}

const PERCENT = 0x25;
const HEX = Buffer.from('0123456789ABCDEF', 'latin1');
const UNRESERVED = bytesOf(/[A-Za-z0-9\-._~]/);
const KEPT = bytesOf(/[A-Za-z0-9\-._~!$&'()*+,;=:@/]/);

/** Lists which bytes are characters that an expression takes: byte by byte, a long path costs microseconds. */
function bytesOf(characters: RegExp): readonly boolean[] {
  return Array.from({ length: 256 }, (_, byte) => characters.test(String.fromCharCode(byte)));
}

/** Decodes unreserved characters, and escapes in upper case what may not stand in a path. */
function evenEscapes(path: string): string {
  const even = Buffer.allocUnsafe(path.length * 3);
  let length = 0;
  for (let at = 0; at < path.length; at += 1) {
    let byte = path.charCodeAt(at) & 0xff;
    const escaped = byte === PERCENT ? escapedByte(path, at) : -1;
    if (escaped >= 0) {
      byte = escaped;
      at += 2;
    }
    if ((escaped >= 0 ? UNRESERVED : KEPT)[byte]) even[length++] = byte;
    else {
      even[length++] = PERCENT;
      even[length++] = HEX[byte >> 4] ?? 0;
      even[length++] = HEX[byte & 0xf] ?? 0;
    }
  }
  return even.toString('latin1', 0, length);
}

/** Reads the two digits behind a %; -1 where they are none. */
function escapedByte(path: string, at: number): number {
  const [high, low] = [digit(path.charCodeAt(at + 1)), digit(path.charCodeAt(at + 2))];
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}

function removeDotSegments(path: string): string {
  const kept: string[] = [];
  const segments = path.split('/').slice(1);
  const last = segments.at(-1);
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const endsInDirectory = last === '.' || last === '..';
  return `/${kept.join('/')}${endsInDirectory && kept.length > 0 ? '/' : ''}`;
}
