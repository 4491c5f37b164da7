// PHP's date and gmdate. Source: php-src 8.2 ext/date/php_date.c (date_format), lib/dow.c.
import { type ZoneTime, zoneTime } from './zone.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
const DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const DAY = 86_400_000;

/** One moment as a zone's clocks show it. */
interface Moment {
  readonly timestamp: number;
  /** The wall clock, to be read by the UTC getters. */
  readonly wall: Date;
  readonly zone: ZoneTime;
  /** The zone's name, as `e` writes it. */
  readonly zoneName: string;
  /** Of gmdate, which is neither the zone `UTC` nor another. */
  readonly isGmt: boolean;
}

/**
 * Writes a moment as date() of PHP 8.2 does, with all its letters (`X` and `x` are new in 8.2). `timestamp` is in seconds,
 * fractions are cut; `timeZone` is what `date.timezone` names in php.ini. `T` and `I` are exact from 1970 on. Throws a RangeError
 * for an unknown zone and for times beyond the years that a Date can hold.
 */
export function date(format: string, timestamp: number, timeZone: string): string {
  const seconds = Math.trunc(timestamp);
  return write(format, momentOf(seconds, zoneTime(timeZone, seconds), timeZone, false));
}

/** Writes a moment in Greenwich's time as gmdate() of PHP 8.2 does; `timestamp` is in seconds. */
export function gmdate(format: string, timestamp: number): string {
  const zone = { offset: 0, abbreviation: 'GMT', isDst: false };
  return write(format, momentOf(Math.trunc(timestamp), zone, 'UTC', true));
}

function momentOf(timestamp: number, zone: ZoneTime, zoneName: string, isGmt: boolean): Moment {
  const wall = new Date((timestamp + zone.offset) * 1000);
  if (Number.isNaN(wall.getTime())) throw new RangeError(`date: ${timestamp} is beyond what a Date can hold`);
  return { timestamp, wall, zone, zoneName, isGmt };
}

function write(format: string, moment: Moment): string {
  // After a last backslash PHP writes the NUL that ends its string.
  return format.replace(/\\(.?)|[a-zA-Z]/gs, (match, escaped?: string) =>
    escaped === undefined ? letter(match, moment) : escaped || '\0',
  );
}

function letter(name: string, moment: Moment): string {
  return LETTERS[name]?.(moment) ?? name;
}

const LETTERS: { readonly [letter: string]: (moment: Moment) => string } = {
  d: ({ wall }) => two(wall.getUTCDate()),
  D: ({ wall }) => dayName(wall).slice(0, 3),
  j: ({ wall }) => String(wall.getUTCDate()),
  l: ({ wall }) => dayName(wall),
  S: ({ wall }) => suffix(wall.getUTCDate()),
  w: ({ wall }) => String(wall.getUTCDay()),
  N: ({ wall }) => String(wall.getUTCDay() || 7),
  z: ({ wall }) => String(dayOfYear(wall)),
  W: ({ wall }) => two(isoWeek(wall).week),
  o: ({ wall }) => String(isoWeek(wall).year),
  F: ({ wall }) => monthName(wall),
  m: ({ wall }) => two(wall.getUTCMonth() + 1),
  M: ({ wall }) => monthName(wall).slice(0, 3),
  n: ({ wall }) => String(wall.getUTCMonth() + 1),
  t: ({ wall }) =>
    String(new Date(Date.UTC(2000 + (wall.getUTCFullYear() % 400), wall.getUTCMonth() + 1, 0)).getUTCDate()),
  L: ({ wall }) => (isLeap(wall.getUTCFullYear()) ? '1' : '0'),
  y: ({ wall }) => two(wall.getUTCFullYear() % 100),
  Y: ({ wall }) => (wall.getUTCFullYear() < 0 ? '-' : '') + fullYear(wall),
  x: ({ wall }) => yearSign(wall, 10_000) + fullYear(wall),
  X: ({ wall }) => yearSign(wall, 0) + fullYear(wall),
  a: ({ wall }) => (wall.getUTCHours() < 12 ? 'am' : 'pm'),
  A: ({ wall }) => (wall.getUTCHours() < 12 ? 'AM' : 'PM'),
  B: ({ timestamp }) => swatchBeat(timestamp),
  g: ({ wall }) => String(wall.getUTCHours() % 12 || 12),
  G: ({ wall }) => String(wall.getUTCHours()),
  h: ({ wall }) => two(wall.getUTCHours() % 12 || 12),
  H: ({ wall }) => two(wall.getUTCHours()),
  i: ({ wall }) => two(wall.getUTCMinutes()),
  s: ({ wall }) => two(wall.getUTCSeconds()),
  u: () => '000000',
  v: () => '000',
  e: ({ zoneName }) => zoneName,
  I: ({ zone }) => (zone.isDst ? '1' : '0'),
  O: ({ zone }) => offsetText(zone, ''),
  P: ({ zone }) => offsetText(zone, ':'),
  p: ({ zone, isGmt }) => (isGmt || zone.abbreviation === 'UTC' ? 'Z' : offsetText(zone, ':')),
  T: ({ zone }) => zone.abbreviation,
  Z: ({ zone }) => String(zone.offset),
  c: (moment) => signedYear(moment.wall) + write('-m-d\\TH:i:sP', moment),
  r: (moment) => write('D, d M Y H:i:s O', moment),
  U: ({ timestamp }) => String(timestamp),
};

function two(value: number): string {
  return value < 0 ? `-${-value}` : String(value).padStart(2, '0');
}

function fullYear(wall: Date): string {
  return String(Math.abs(wall.getUTCFullYear())).padStart(4, '0');
}

/** Years before Christ have one digit less here than `Y` gives them: C's `%04d` counts the sign. */
function signedYear(wall: Date): string {
  const year = wall.getUTCFullYear();
  return year < 0 ? `-${String(-year).padStart(3, '0')}` : fullYear(wall);
}

function yearSign(wall: Date, from: number): string {
  const year = wall.getUTCFullYear();
  return year < 0 ? '-' : year >= from ? '+' : '';
}

function dayName(wall: Date): string {
  return DAYS[wall.getUTCDay()] ?? '';
}

function monthName(wall: Date): string {
  return MONTHS[wall.getUTCMonth()] ?? '';
}

function suffix(day: number): string {
  if (day >= 10 && day <= 19) return 'th';
  return ['th', 'st', 'nd', 'rd'][day % 10] ?? 'th';
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

function dayOfYear(wall: Date): number {
  const first = new Date(wall);
  first.setUTCMonth(0, 1);
  return Math.round((wall.getTime() - first.getTime()) / DAY);
}

/** ISO 8601: a week belongs to the year of its Thursday. */
function isoWeek(wall: Date): { year: number; week: number } {
  const thursday = new Date(wall);
  thursday.setUTCDate(wall.getUTCDate() + 4 - (wall.getUTCDay() || 7));
  return { year: thursday.getUTCFullYear(), week: Math.floor(dayOfYear(thursday) / 7) + 1 };
}

/** Beats of Biel's time, an hour east of Greenwich; with the arithmetic of PHP's remainder below zero. */
function swatchBeat(timestamp: number): string {
  const tenths = ((timestamp % 86_400) + 3600) * 10;
  const beat = Math.floor((tenths < 0 ? tenths + 864_000 : tenths) / 864) % 1000;
  return String(beat).padStart(3, '0');
}

function offsetText({ offset }: ZoneTime, colon: string): string {
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${two(Math.trunc(size / 3600))}${colon}${two(Math.trunc((size % 3600) / 60))}`;
}
