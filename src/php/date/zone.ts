// The time of a zone at a moment: its offset from Intl, its name and whether it is daylight saving time from tzdata.
import { ZONE_NAMES } from './zone-names.ts';

/** What PHP's date knows of a zone at one moment. */
export interface ZoneTime {
  /** In seconds, east of Greenwich. */
  readonly offset: number;
  /** `CET`, `+03`. */
  readonly abbreviation: string;
  readonly isDst: boolean;
}

/** Since when, in seconds of the epoch, an offset has had a name. */
interface Name {
  readonly since: number;
  readonly abbreviation: string;
  readonly isDst: boolean;
}

/** More spellings of zones than this are somebody's game. */
const MOST_FORMATS = 1000;
const formats = new Map<string, Intl.DateTimeFormat>();
let names: ReadonlyMap<string, ReadonlyMap<number, readonly Name[]>> | undefined;

/** Tells a zone's time at a moment, in seconds of the epoch. Throws a RangeError for a zone that Intl does not know. */
export function zoneTime(timeZone: string, timestamp: number): ZoneTime {
  const offset = offsetAt(timeZone, timestamp);
  names ??= readNames(ZONE_NAMES);
  const known = names.get(timeZone.toLowerCase())?.get(offset) ?? [];
  const name = known.findLast(({ since }) => since <= timestamp);
  return {
    offset,
    abbreviation: name?.abbreviation || numericName(offset),
    isDst: name?.isDst ?? false,
  };
}

function offsetAt(timeZone: string, timestamp: number): number {
  const parts = formatOf(timeZone).formatToParts(timestamp * 1000);
  const text = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const [, sign, hours = 0, minutes = 0, seconds = 0] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(text) ?? [];
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  return sign === '-' ? -size : size;
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const created = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(timeZone, created);
  return created;
}

/** `+03`, `-0930`: what tzdata calls the time of places that have no name for it. */
function numericName(offset: number): string {
  const size = Math.abs(offset);
  const hours = String(Math.trunc(size / 3600)).padStart(2, '0');
  const minutes = Math.trunc((size % 3600) / 60);
  return `${offset < 0 ? '-' : '+'}${hours}${minutes > 0 ? String(minutes).padStart(2, '0') : ''}`;
}

function readNames(text: string): Map<string, Map<number, Name[]>> {
  const zones = new Map<string, Map<number, Name[]>>();
  for (const line of text.trim().split(/\n(?! )/)) {
    const [offsets = '', places = ''] = line.split('@');
    const row = readRow(offsets);
    for (const place of places.trim().split(/\s+/)) zones.set(place.toLowerCase(), row);
  }
  return zones;
}

function readRow(text: string): Map<number, Name[]> {
  return new Map(
    text
      .trim()
      .split(/\s+/)
      .map((entry) => {
        const [minutes, history = ''] = entry.split(':');
        return [Number(minutes) * 60, history.split('<').map(readName)];
      }),
  );
}

function readName(text: string): Name {
  const [name = '', since] = text.split('=').toReversed();
  return {
    since: since === undefined ? Number.NEGATIVE_INFINITY : Number.parseInt(since, 36) * 3600,
    abbreviation: name.replace('*', ''),
    isDst: name.endsWith('*'),
  };
}
