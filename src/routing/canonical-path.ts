// The one form of a path that matching is done on. What is forwarded is never this, but the raw target.

const PLAIN = /^[A-Za-z0-9\-._~!$&'()*+,;=:@/]*$/;
const UNRESERVED = /[A-Za-z0-9\-._~]/;
const KEPT_RAW = /[A-Za-z0-9\-._~!$&'()*+,;=:@/]/;
const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;

/**
 * Returns the canonical form of a raw request path: unreserved characters decoded, every other
 * escape kept in upper case, bytes that may not stand in a path escaped, slashes merged, dot
 * segments removed. Takes the path without its query, as Node gives it (one character a byte).
 * Source: RFC 3986 §6.2.2.
 */
export function canonicalPath(rawPath: string): string {
  const even = PLAIN.test(rawPath) ? rawPath : normaliseEscapes(rawPath);
  const merged = even.includes('//') ? even.replace(/\/{2,}/g, '/') : even;
  return merged.includes('/.') ? removeDotSegments(merged) : merged;
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

function normaliseEscapes(path: string): string {
  let result = '';
  for (let at = 0; at < path.length; at += 1) {
    const char = path.charAt(at);
    const pair = char === '%' ? path.slice(at + 1, at + 3) : '';
    if (HEX_PAIR.test(pair)) {
      result += normaliseEscape(pair);
      at += 2;
    } else {
      result += KEPT_RAW.test(char) ? char : escapeByte(path.charCodeAt(at));
    }
  }
  return result;
}

function normaliseEscape(pair: string): string {
  const decoded = String.fromCharCode(Number.parseInt(pair, 16));
  return UNRESERVED.test(decoded) ? decoded : `%${pair.toUpperCase()}`;
}

function escapeByte(byte: number): string {
  return `%${(byte & 0xff).toString(16).toUpperCase().padStart(2, '0')}`;
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
