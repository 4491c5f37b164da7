// The fields of a request as a handler is told them.
import type { IncomingMessage } from 'node:http';
import type { Caller } from './caller.ts';
import { isNeverPassed, requestFates } from './fates.ts';

/**
 * Takes from a request's fields, raw and parsed, what no handler may be told: forwarding fields of a peer that
 * is not trusted, and what legacy would not be sent either. Host is the one that the edge has read. The raw list
 * stays as it is where nothing changes, and is another one otherwise.
 */
export function cleanForHandler(req: IncomingMessage, caller: Caller, methodOverride: boolean): void {
  const raw = req.rawHeaders;
  const { headers } = req;
  let cleaned: string[] | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const value = raw[index + 1] ?? '';
    const told = toldOf(name, value, caller, methodOverride);
    if (told === undefined) delete headers[name.toLowerCase()];
    if (told !== value) cleaned ??= raw.slice(0, index);
    if (told !== undefined) cleaned?.push(name, told);
  }
  if (!cleaned) return;
  req.rawHeaders = cleaned;
  // Node would make them of the list when it is asked for them, and of as many fields as there were.
  req.headersDistinct = distinct(cleaned);
}

/** What a handler is told in place of a value; undefined for a field that it is not told. */
function toldOf(name: string, value: string, caller: Caller, methodOverride: boolean): string | undefined {
  switch (requestFates.of(name)) {
    case 'host':
      return caller.host;
    case 'forwarding':
      return caller.trusted ? value : undefined;
    case 'method-override':
      return methodOverride ? value : undefined;
    case 'ends':
      return isNeverPassed(name.toLowerCase()) ? undefined : value;
    default:
      return value;
  }
}

function distinct(raw: readonly string[]): Record<string, string[]> {
  const fields: Record<string, string[]> = Object.create(null);
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const key = (raw[index] ?? '').toLowerCase();
    fields[key] ??= [];
    fields[key].push(raw[index + 1] ?? '');
  }
  return fields;
}
