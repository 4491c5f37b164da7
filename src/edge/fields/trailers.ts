// Trailers: who asks for them, and which may pass.
import { responseFates } from './fates.ts';

/** What a trailer may not change after the fact (RFC 9110 §6.5.1). */
const NOT_IN_TRAILERS: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'cache-control',
]);

/** Whether a TE field says that trailers are understood (RFC 9110 §10.1.4). */
export function asksForTrailers(te: string): boolean {
  return /(?:^|[,\s])trailers(?:$|[,;\s])/i.test(te);
}

/** Returns what of an answer's trailers may pass, as pairs: no field that frames, routes or concerns a connection. */
export function visitorTrailers(raw: readonly string[]): [name: string, value: string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (responseFates.of(name) !== 'pass' || NOT_IN_TRAILERS.has(name.toLowerCase())) continue;
    pairs.push([name, raw[index + 1] ?? '']);
  }
  return pairs;
}
