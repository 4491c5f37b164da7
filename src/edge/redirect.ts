// Where a redirect leads: parameters of the match filled in, the query kept.
import { REDIRECT_PARAMETER } from '../routing/parameters.ts';
import type { Parameters } from '../routing/route.ts';

/** Fills `:name` and a last `*` of a target with what the request captured, encoded again, and adds its query. */
export function redirectLocation(target: string, parameters: Parameters, query: string | undefined): string {
  const hasTail = target.endsWith('*');
  const named = (hasTail ? target.slice(0, -1) : target).replace(
    REDIRECT_PARAMETER,
    (whole, name: string) => {
      const value = parameters[name];
      return value === undefined ? whole : encoded(value);
    },
  );
  // A value that was filled in may end in `*` itself.
  const filled = hasTail ? named + encodeTail(parameters['*'] ?? '') : named;
  if (query === undefined || query === '') return filled;
  const [, address = '', fragment = ''] = /^([^#]*)(.*)$/s.exec(filled) ?? [];
  return `${address}${address.includes('?') ? '&' : '?'}${query}${fragment}`;
}

/** Escapes that are no UTF-8, such as those of ISO 8859-1, were captured as they are, and stay so. */
function encoded(value: string): string {
  return isText(value)
    ? encodeURIComponent(value)
    : value.replace(/(%[0-9A-Fa-f]{2})|[^%]+|%/g, (piece, kept) => kept ?? encodeURIComponent(piece));
}

function isText(value: string): boolean {
  try {
    return decodeURIComponent(value) !== '';
  } catch {
    return false;
  }
}

/** A tail may hold an escaped slash at its beginning; kept, `/*` would lead to `//another-host`. */
function encodeTail(tail: string): string {
  return tail.replace(/^\/+/, '').split('/').map(encoded).join('/');
}
