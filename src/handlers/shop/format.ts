// Numbers, prices and dates as the shop writes them.
import { php } from 'banyan-edge';
import { Html } from './html.ts';

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const BERLIN = new Intl.DateTimeFormat('en-GB', {
  ...{ timeZone: 'Europe/Berlin', hourCycle: 'h23' },
  ...{
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  },
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
  const [year = '', month = '', day = ''] = date.slice(0, 10).split('-');
  return `${Number(day)} ${MONTHS[Number(month) - 1]} ${year}`;
}

/** Writes the time as clocks in Berlin show it, in the form of a DATETIME: all of the shop's are such. */
export function berlinTime(time: Date): string {
  const parts = new Map(BERLIN.formatToParts(time).map(({ type, value }) => [type, value]));
  const [year, month, day, hour, minute, second] = ['year', 'month', 'day', 'hour', 'minute', 'second'].map(
    (type) => parts.get(type as Intl.DateTimeFormatPartTypes),
  );
  return `${year}-${month}-${day} ${hour}:${minute}:${second}`;
}
