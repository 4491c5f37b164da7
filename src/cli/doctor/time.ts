// Clocks and time zones of PHP, MySQL and the edge.
import { about, type Finding } from './finding.ts';
import type { PhpMysql, PhpSide } from './php-side.ts';

const { ok, warning, skipped } = about('time');

/** How far a clock may be off before it is told, in milliseconds. */
const TOLERANCE_MS = 2_000;

/** What is known of the clocks: how far each is ahead of this machine's, in milliseconds. */
export type Clocks = {
  readonly phpMs: number | undefined;
  readonly mysqlMs: number | undefined;
  readonly php: Pick<PhpSide, 'time'> | undefined;
  readonly mysql: PhpMysql | undefined;
};

/** Compares the clocks, and says in which zone PHP writes times. */
export function lookAtTime({ phpMs, mysqlMs, php, mysql }: Clocks): Finding[] {
  return [
    skew('php_clock', 'PHP', phpMs),
    skew('mysql_clock', 'MySQL', mysqlMs),
    zone(php),
    ...(mysql ? [wallClock(mysql)] : []),
  ];
}

function skew(name: string, who: string, ms: number | undefined): Finding {
  if (ms === undefined) return skipped(name, `${who}'s clock was not looked at.`);
  const seconds = (Math.abs(ms) / 1000).toFixed(1);
  if (Math.abs(ms) <= TOLERANCE_MS) return ok(name, `${who}'s clock and the edge's are ${seconds} s apart.`);
  const text = `${who}'s clock is ${seconds} s ${ms > 0 ? 'ahead of' : 'behind'} the edge's.`;
  return warning(name, text, 'Let NTP set the clocks: sessions and tokens expire by them.');
}

function zone(php: Clocks['php']): Finding {
  const name = php?.time.zone;
  if (name === undefined) return skipped('zone', "PHP's time zone was not looked at.");
  return ok(
    'zone',
    `PHP writes times in ${name}: handlers do with timeZone: '${name}', whatever TZ the edge has.`,
  );
}

/** Rows that PHP's date() dates beside rows that NOW() dates. */
function wallClock({ now, local }: PhpMysql): Finding {
  const apart = (Date.parse(`${now}Z`) - Date.parse(`${local}Z`)) / 1000;
  if (Math.abs(apart) <= TOLERANCE_MS / 1000) return ok('wall_clock', "NOW() is PHP's local time.");
  const text = `NOW() is ${(apart / 3600).toFixed(2)} h from PHP's local time: dates written by date() and by NOW() differ.`;
  return ok('wall_clock', `${text} Write each column as PHP does.`);
}
