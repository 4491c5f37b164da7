// slowhttptest: many connections that do as little as they can for as long as they can.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { childEnvironment } from '../../../scripts/environment.js';
import { advice, findParts } from '../../../scripts/parts.js';
import { run } from '../../../scripts/services/process.js';

/** What slowhttptest counted at one moment. */
export type Status = {
  readonly second: number;
  readonly pending: number;
  readonly connected: number;
  readonly closed: number;
  /** Whether its own probe, an ordinary request every second, was answered within three. */
  readonly available: boolean;
};

export type Attack = {
  readonly statuses: readonly Status[];
  /** Why it stopped, in its own words. */
  readonly end: string;
};

/** Runs slowhttptest to its end. */
export async function attack(
  url: string,
  mode: readonly string[],
  { connections, seconds }: { readonly connections: number; readonly seconds: number },
): Promise<Attack> {
  const { found, missing } = await findParts(['slowhttptest']);
  const command = found.slowhttptest?.tools.attacker;
  if (!command) throw new Error(advice(missing, true));
  const directory = mkdtempSync(join(tmpdir(), 'banyan-slow-'));
  const log = join(directory, 'log');
  // All connections are there after a fifth of the time.
  const rate = Math.ceil((connections * 5) / seconds);
  const args = [...mode, '-c', connections, '-r', rate, '-l', seconds, '-p', 3, '-u', url].map(String);
  const env = childEnvironment();
  const running = await run({ command, args, env, cwd: directory, log, graceMs: 2_000 });
  await running.ended;
  const text = readFileSync(log, 'utf8');
  rmSync(directory, { recursive: true, force: true });
  return parse(text);
}

/** Reads what slowhttptest prints every five seconds and at its end, for people and in colours. */
function parse(coloured: string): Attack {
  const text = stripVTControlCharacters(coloured);
  const statuses = text.split('slow HTTP test status on').slice(1).map(parseStatus);
  return { statuses, end: /Exit status:\s*(.*)/.exec(text)?.[1]?.trim() ?? text };
}

function parseStatus(text: string): Status {
  const count = (name: string) => Number(new RegExp(`${name}:\\s*(\\d+)`).exec(text)?.[1]);
  return {
    second: Number.parseInt(text, 10),
    ...{ pending: count('pending'), connected: count('connected'), closed: count('closed') },
    available: /service available:\s*YES/.test(text),
  };
}
