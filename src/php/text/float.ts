// Writes floats as PHP does. Source: php-src main/snprintf.c (php_gcvt), Zend/zend_strtod.c (ties go to the even digit).

/**
 * Writes a float as `echo` and casts of PHP 7.1 to 8.4 do, with `precision` digits (PHP's ini default is 14; -1 is the shortest exact
 * form): `1.0E+25`, `0.1`, `-0`.
 */
export function phpFloatToString(value: number, precision = 14): string {
  if (Number.isNaN(value)) return 'NAN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  if (precision === -1) return layOut(value, exactDigits(value), 17, 'E');
  return layOut(value, roundedDigits(Math.abs(value), precision), precision, 'E');
}

/** Writes a finite float as json_encode and var_export do with serialize_precision -1: the shortest exact form. */
export function phpFloatRepr(value: number): string {
  return layOut(value, exactDigits(value), 17, 'e');
}

function exactDigits(value: number): Digits {
  return digitsOf(Math.abs(value).toExponential());
}

/** Writes a float with a fixed number of decimals, ties to the even digit, as C's `%.*f`; all digits of large values. */
export function toFixedEven(value: number, decimals: number): string {
  if (Math.abs(value) >= 1e21) return BigInt(value) + (decimals > 0 ? `.${'0'.repeat(decimals)}` : '');
  const exact = value.toFixed(100);
  const end = exact.indexOf('.') + 1 + decimals;
  const isTie = /^50*$/.test(exact.slice(end));
  const cut = decimals === 0 ? exact.slice(0, end - 1) : exact.slice(0, end);
  return isTie && /[02468]$/.test(cut) ? cut : value.toFixed(decimals);
}

interface Digits {
  /** Without trailing zeros, at least one. */
  readonly text: string;
  /** The value is 0.text times ten to this power. */
  readonly point: number;
}

function digitsOf(exponential: string): Digits {
  const [mantissa = '0', exponent = '0'] = exponential.split('e');
  const text = mantissa.replace('.', '').replace(/0+$/, '') || '0';
  return { text, point: text === '0' ? 1 : Number(exponent) + 1 };
}

function roundedDigits(value: number, precision: number): Digits {
  const exact = value.toExponential(100).replace('.', '');
  const isTie = /^50*e/.test(exact.slice(precision));
  const isEven = /[02468]/.test(exact[precision - 1] ?? '');
  if (!isTie || !isEven) return digitsOf(value.toExponential(precision - 1));
  return digitsOf(`${exact[0]}.${exact.slice(1, precision)}e${exact.split('e')[1]}`);
}

function layOut(value: number, digits: Digits, precision: number, e: 'e' | 'E'): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const { text, point } = digits;
  if (point > precision || point < -3) {
    const exponent = point - 1;
    return `${sign}${text[0]}.${text.slice(1) || '0'}${e}${exponent < 0 ? '-' : '+'}${Math.abs(exponent)}`;
  }
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${text}`;
  const fraction = text.slice(point);
  return sign + text.slice(0, point).padEnd(point, '0') + (fraction && `.${fraction}`);
}
