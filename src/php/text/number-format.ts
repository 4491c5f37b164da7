// Rounds and formats numbers as PHP 8.0 to 8.3 do. Source: php-src 8.2 ext/standard/math.c (pre-rounding to 15 digits).
import { toFixedEven } from './float.ts';

/** Rounds half away from zero to `places` decimals (negative: tens, hundreds), pre-rounding as PHP: 1.005 gives 1.01. */
export function phpRound(value: number, places = 0): number {
  if (!Number.isFinite(value) || value === 0) return value;
  const preciseTo = 14 - Math.floor(Math.log10(Math.abs(value)));
  const scaled =
    preciseTo > places && preciseTo - 15 < places ? preRound(value, preciseTo, places) : scale(value, places);
  if (Math.abs(scaled) >= 1e15) return value;
  return unscale(halfAway(scaled), places);
}

function preRound(value: number, preciseTo: number, places: number): number {
  const digits = Math.max(preciseTo, -60);
  const rounded = halfAway(scale(value, digits));
  const shift = Math.max(places - digits, -60);
  const result = rounded / 10 ** Math.abs(shift);
  return Math.abs(result) >= 1e15 ? rounded : result;
}

function halfAway(value: number): number {
  return value >= 0 ? Math.floor(value + 0.5) : Math.ceil(value - 0.5);
}

function scale(value: number, places: number): number {
  return places >= 0 ? value * 10 ** places : value / 10 ** -places;
}

function unscale(value: number, places: number): number {
  if (Math.abs(places) >= 23) return Number(`${toFixedEven(value, 0)}e${-places}`);
  return places > 0 ? value / 10 ** places : value * 10 ** -places;
}

/**
 * Formats a number as number_format does; takes MySQL's decimal texts as well. A text that is not a number is a bug:
 * it throws a TypeError, as in PHP 8.
 */
export function numberFormat(value: number | string, decimals = 0, point = '.', thousands = ','): string {
  const places = Math.max(0, decimals);
  const number = phpRound(toNumber(value), places);
  if (!Number.isFinite(number)) return String(number).replace('Infinity', 'inf').toLowerCase();
  const [whole = '', fraction] = toFixedEven(Math.abs(number), places).split('.');
  const grouped = whole.replace(/\B(?=(?:[0-9]{3})+$)/g, () => thousands);
  return (number < 0 ? '-' : '') + grouped + (fraction === undefined ? '' : point + fraction);
}

function toNumber(value: number | string): number {
  if (typeof value === 'number') return value;
  if (/^\s*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?\s*$/.test(value)) return Number(value);
  throw new TypeError('numberFormat takes a number or a numeric string');
}
