// A copy of banyan-probe.php for one legacy application: useless to everybody who does not know its token, and after an hour.
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';

const TEMPLATE = new URL('../../../legacy-fixtures/banyan-probe.php', import.meta.url);

/** How long a copy answers, in seconds. */
export const PROBE_LIFETIME = 3600;

/** The copy's text, and the token that it answers to. */
export type Probe = { readonly text: string; readonly token: string };

/** Makes a copy. `connect` is PHP that sets `$mysql` and `$memcached`; `now` is in milliseconds. */
export function makeProbe(connect: string | undefined, now: number): Probe {
  const token = randomBytes(32).toString('hex');
  const hash = createHash('sha256').update(token).digest('hex');
  const expires = Math.floor(now / 1000) + PROBE_LIFETIME;
  const text = readFileSync(TEMPLATE, 'utf8')
    .replace("'BANYAN_PROBE_TOKEN', 'none'", () => `'BANYAN_PROBE_TOKEN', '${hash}'`)
    .replace("'BANYAN_PROBE_EXPIRES', 0", () => `'BANYAN_PROBE_EXPIRES', ${expires}`)
    .replace('    // (end)', () => (connect === undefined ? '    // (end)' : `    ${connect}`));
  return { text, token };
}

/** Writes a copy; a file that is there already is not touched. Throws where it cannot be written. */
export function writeProbe(file: string, probe: Probe): void {
  writeFileSync(file, probe.text, { flag: 'wx' });
}
