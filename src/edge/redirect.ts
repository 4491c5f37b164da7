// Where a redirect leads: parameters of the match filled in, the query kept.
import type { Parameters } from '../routing/route.ts';

/** Fills `:name` and a last `*` of a target with what the request captured, encoded again, and adds its query. */
export function redirectLocation(target: string, parameters: Parameters, query: string | undefined): string {
  const filled = target
    .replace(/:([A-Za-z_][A-Za-z0-9_]*)/g, (whole, name: string) => {
      const value = parameters[name];
      return value === undefined ? whole : encodeURIComponent(value);
    })
    .replace(/\*$/, () => (parameters['*'] ?? '').split('/').map(encodeURIComponent).join('/'));
  if (query === undefined || query === '') return filled;
  return `${filled}${filled.includes('?') ? '&' : '?'}${query}`;
}
