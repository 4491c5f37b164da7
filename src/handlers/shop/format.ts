// Numbers, prices and dates as the shop writes them.
import { php } from 'banyan-edge';
import { Html } from './html.ts';

const LONG_DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** Swedes write a time as MySQL does: `2011-05-01 10:00:00`. */
const BERLIN_TIME = new Intl.DateTimeFormat('sv-SE', {
  dateStyle: 'short',
  timeStyle: 'medium',
  timeZone: 'Europe/Berlin',
});

/** Writes a price, such as `€ 1,234.50`. */
export function price(amount: string): Html {
  return new Html(`&euro;&nbsp;${php.numberFormat(amount, 2)}`);
}

/** Writes `1 book` or `1,234 books`. */
export function countOf(count: number, one: string, many: string): string {
  return `${php.numberFormat(count)} ${count === 1 ? one : many}`;
}

/** Writes the day of a DATE or DATETIME, such as `1 May 2011`; undefined for NULL and zero dates. */
export function longDate(date: string | null): string | undefined {
  if (date === null || date.startsWith('0000-00-00')) return undefined;
  const [year = 0, month = 0, day = 0] = date.slice(0, 10).split('-').map(Number);
  return LONG_DATE.format(Date.UTC(year, month - 1, day));
}

/** Writes the time as clocks in Berlin show it, in the form of a DATETIME: all of the shop's are such. */
export function berlinTime(time: Date): string {
  return BERLIN_TIME.format(time);
}
