// The fields of an answer as the visitor is sent them.
import { responseFates } from './fates.ts';
import { connectionNames } from './raw.ts';

const NONE: ReadonlySet<string> = new Set();

/**
 * Builds the response fields for the visitor from a raw list: drops what concerns the connection. Trailer
 * passes where `trailers` says so. `onAddress` is called with each field that names addresses, in lower
 * case, and returns the value to send.
 */
export function visitorResponseHeaders(
  raw: readonly string[],
  trailers: boolean,
  onAddress: (field: string, value: string) => string,
): string[] {
  const named = connectionNames(raw, NONE);
  const headers: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const fate = responseFates.of(name);
    if (fate === 'ends' || named?.has(name.toLowerCase())) continue;
    if (fate === 'trailer' && !trailers) continue;
    headers.push(name, fate === 'address' ? onAddress(name.toLowerCase(), value) : value);
  }
  return headers;
}
