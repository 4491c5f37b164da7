// Which strings PHP takes for numbers, and for which. Source: php-src Zend/zend_operators.c (_is_numeric_string_ex).

/** The number a string stands for. */
export interface Numeric {
  /** A bigint is an int, a number a float. */
  readonly value: bigint | number;
  /** 1 or -1 where the text is an integer that only a float can hold; 0 otherwise. */
  readonly overflow: -1 | 0 | 1;
}

const NUMBER = /^[ \t\n\r\v\f]*([+-]?(?:[0-9]+(\.[0-9]*)?|(\.[0-9]+))([eE][+-]?[0-9]+)?)/;
const SPACE = /^[ \t\n\r\v\f]*$/;

/** Reads a string that is a number as a whole; white space may stand before it and, since PHP 8, behind. */
export function numericString(latin1: string, version: number): Numeric | undefined {
  const match = NUMBER.exec(latin1);
  if (!match) return undefined;
  const rest = latin1.slice(match[0].length);
  return rest === '' || (version >= 8 && SPACE.test(rest)) ? numberOf(match) : undefined;
}

/** Reads the number a string begins with, as casts do; 0 if there is none. */
export function leadingNumber(latin1: string): Numeric {
  const match = NUMBER.exec(latin1);
  return match ? numberOf(match) : { value: 0n, overflow: 0 };
}

function numberOf(match: RegExpExecArray): Numeric {
  const [, text = '', fraction, bare, exponent] = match;
  if ((fraction ?? bare ?? exponent) !== undefined) return { value: Number(text), overflow: 0 };
  const float = Number(text);
  // Reading thousands of digits exactly takes long, and no int has more than nineteen.
  const exact = Math.abs(float) < 1e19 ? BigInt(text.replace('+', '')) : undefined;
  if (exact !== undefined && BigInt.asIntN(64, exact) === exact) return { value: exact, overflow: 0 };
  return { value: float, overflow: float < 0 ? -1 : 1 };
}
