// The fields of a request as a handler is told them.
import type { Caller } from './caller.ts';
import { isNeverPassed, requestFates } from './fates.ts';

/**
 * Takes from a request's parsed fields what no handler may be told: forwarding fields of a peer that is
 * not trusted, and what legacy would not be sent either.
 */
export function cleanForHandler(
  raw: readonly string[],
  headers: Record<string, unknown>,
  caller: Caller,
  methodOverride: boolean,
): void {
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const fate = requestFates.of(name);
    if (fate === 'pass' || fate === 'host' || fate === 'te') continue;
    const key = name.toLowerCase();
    const stays =
      (fate === 'forwarding' && caller.trusted) ||
      (fate === 'method-override' && methodOverride) ||
      (fate === 'ends' && !isNeverPassed(key));
    if (!stays) delete headers[key];
  }
}
