// How much of everything: small numbers in `npm test`, an issue's full figures in `npm run prove`.
import { appendFileSync } from 'node:fs';

export const proving = process.env.PROVE === '1';

/** Picks the small number, or the full one under `npm run prove`. */
export function figure(small: number, full: number): number {
  return proving ? full : small;
}

/** Records what was demanded and what was measured; `npm run prove` makes docs/proof.md of it. */
export function record(entry: {
  readonly figure: string;
  readonly demanded: string;
  readonly measured: string;
}): void {
  const file = process.env.BANYAN_PROVE_RESULTS;
  if (file) appendFileSync(file, `${JSON.stringify(entry)}\n`);
}
