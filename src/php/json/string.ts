// Strings in JSON as PHP writes them: `/` and all but ASCII are escaped unless flags say otherwise.
import {
  JSON_HEX_AMP,
  JSON_HEX_APOS,
  JSON_HEX_QUOT,
  JSON_HEX_TAG,
  JSON_UNESCAPED_LINE_TERMINATORS,
  JSON_UNESCAPED_SLASHES,
  JSON_UNESCAPED_UNICODE,
} from './flags.ts';

const SHORT = new Map([
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\\', '\\\\'],
]);
const SPECIAL = /[^ !#-%(-.0-;=?-[\]-~\x7f]/g;

/** Quotes and escapes a well-formed string; `flags` are json_encode's. */
export function quoteJson(text: string, flags: number): string {
  return `"${text.replace(SPECIAL, (unit) => escapeUnit(unit, flags))}"`;
}

function escapeUnit(unit: string, flags: number): string {
  switch (unit) {
    case '"':
      return flags & JSON_HEX_QUOT ? '\\u0022' : '\\"';
    case '/':
      return flags & JSON_UNESCAPED_SLASHES ? '/' : '\\/';
    case '<':
      return flags & JSON_HEX_TAG ? '\\u003C' : '<';
    case '>':
      return flags & JSON_HEX_TAG ? '\\u003E' : '>';
    case '&':
      return flags & JSON_HEX_AMP ? '\\u0026' : '&';
    case "'":
      return flags & JSON_HEX_APOS ? '\\u0027' : "'";
  }
  const isRaw = unit > '\x7f' && flags & JSON_UNESCAPED_UNICODE && !isEscapedTerminator(unit, flags);
  return isRaw ? unit : (SHORT.get(unit) ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function isEscapedTerminator(unit: string, flags: number): boolean {
  return (unit === '\u2028' || unit === '\u2029') && (flags & JSON_UNESCAPED_LINE_TERMINATORS) === 0;
}
