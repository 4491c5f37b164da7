// The log: JSON lines for machines, or short lines for the person in front of `banyan dev`.
import { styleText } from 'node:util';
import { type DestinationStream, type Logger, pino } from 'pino';
import type { Outcome } from '../edge/outcome.ts';
import type { LogLevel } from '../environment.ts';

export type Log = Logger;

/** Creates the log on standard output. Error objects keep their stack; nothing else is added to a line. */
export function createLog(level: LogLevel, style: 'json' | 'people'): Log {
  const options = { level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  return style === 'json'
    ? pino(options, pino.destination({ dest: 1, sync: false }))
    : pino(options, peopleStream());
}

/** Creates what logs each outcome: failures always, every request where the access log is on. */
export function createAccessLog(log: Log, everyRequest: boolean): (outcome: Outcome) => void {
  return (outcome) => {
    if (outcome.failure) logFailure(log, outcome, outcome.failure);
    if (everyRequest) log.info(accessFields(outcome), 'request');
  };
}

function logFailure(log: Log, outcome: Outcome, failure: NonNullable<Outcome['failure']>): void {
  const { part, code, message, error } = failure;
  const fields = { ...accessFields(outcome), part, code, err: error };
  if (part === 'request') log.debug(fields, message);
  else if (outcome.fallback && outcome.status < 500) log.warn(fields, message);
  else log.error(fields, message);
}

function accessFields(outcome: Outcome) {
  const { decision } = outcome;
  return {
    requestId: outcome.requestId,
    peer: outcome.peer,
    method: outcome.method,
    path: outcome.path,
    status: outcome.status,
    ms: Math.round(outcome.durationMs * 100) / 100,
    route: decision?.route?.name ?? null,
    side: decision?.side ?? null,
    reason: decision?.reason ?? null,
    revision: decision?.revision ?? null,
    ...(outcome.fallback ? { fallback: true } : {}),
    ...(outcome.ending === 'answered' ? {} : { ending: outcome.ending }),
  };
}

type Line = {
  level: number;
  time: string;
  msg?: string;
  err?: { message?: string; stack?: string };
} & Record<string, unknown>;

function peopleStream(): DestinationStream {
  return {
    write: (text) => {
      const line = JSON.parse(text) as Line;
      process.stdout.write(`${styleText('dim', line.time.slice(11, 19))} ${forPeople(line)}\n`);
    },
  };
}

function forPeople(line: Line): string {
  if (line.msg === 'request') return requestLine(line);
  const text = line.msg ?? '';
  const detail = line.err?.stack ? `\n${styleText('dim', line.err.stack)}` : '';
  if (line.level >= 50) return `${styleText('red', 'error')} ${text}${detail}`;
  return line.level >= 40 ? `${styleText('yellow', 'warning')} ${text}${detail}` : `${text}${detail}`;
}

function requestLine(line: Line): string {
  const side = line.fallback ? 'legacy (fallback)' : String(line.side ?? 'edge');
  const shown = side === 'new' ? styleText('green', side) : styleText('cyan', side);
  const what = `${line.method} ${line.path} ${line.status} ${line.ms} ms`;
  return `${what} ${styleText('dim', '←')} ${shown} ${styleText('dim', String(line.route ?? 'undeclared'))}`;
}

/**
 * Makes a log function for what may happen thousands of times a second while a store is down: tells the
 * first, then at most one each `everyMs`, with how many there were.
 */
export function occasionally(
  tell: (message: string) => void,
  everyMs: number,
  now: () => number,
): (message: string) => void {
  let toldAt = Number.NEGATIVE_INFINITY;
  let untold = 0;
  return (message) => {
    if (now() - toldAt < everyMs) {
      untold += 1;
      return;
    }
    tell(untold > 0 ? `${message} (and ${untold} more since the last such line)` : message);
    toldAt = now();
    untold = 0;
  };
}
