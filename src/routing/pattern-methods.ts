// The methods of a match: `GET`, `GET,POST` or `ANY`.
import { nearest } from '../suggest.ts';
import { PatternError } from './pattern-error.ts';

const METHOD = /^[A-Z][A-Z-]*$/;
const KNOWN = ['ANY', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE'];
const USAGE = 'write methods in capitals: GET or GET,POST or ANY';

/** Reads the methods of a match. Other names than those of RFC 9110 are taken where they are no slip of one. */
export function readMethods(text: string): readonly string[] | 'ANY' {
  if (text === 'ANY') return 'ANY';
  const methods = text.split(',');
  for (const method of methods) checkMethod(method, text);
  return [...new Set(methods)];
}

function checkMethod(method: string, all: string): void {
  if (method === 'ANY') throw new PatternError('ANY stands among other methods', 'write ANY alone');
  if (method === '*' || method === 'ALL') throw new PatternError(`"${method}" is not a method`, 'write ANY');
  if (all.includes('|')) {
    throw new PatternError(`"${method}" is not a method`, `write ${all.replaceAll('|', ',')}`);
  }
  const near = KNOWN.includes(method) ? undefined : nearest(method, KNOWN);
  if (near) throw new PatternError(`"${method}" is not a method`, `did you mean ${near}?`);
  if (!METHOD.test(method)) throw new PatternError(`"${method}" is not a method`, USAGE);
}
