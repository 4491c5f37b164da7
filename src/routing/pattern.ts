// Reads `METHODS [HOST]PATH[?QUERY]` into a Pattern, or says what is wrong with it.
import { once } from './grouped.ts';
import { parameterNames } from './parameters.ts';
import { readConditions } from './pattern-conditions.ts';
import { PatternError } from './pattern-error.ts';
import { readHost } from './pattern-host.ts';
import { readMethods } from './pattern-methods.ts';
import { readSegments } from './pattern-segments.ts';
import type { Pattern, Position, QueryCondition, Segment } from './route.ts';

export type PatternResult =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string; readonly cure: string };

/** Parts of patterns that have been read, by their texts: what stands in thousands of them is held once. */
export type KnownParts = {
  readonly methods: Map<string, Pattern['methods']>;
  readonly segments: Map<string, Segment>;
  readonly conditions: Map<string, QueryCondition>;
};

export function noKnownParts(): KnownParts {
  return { methods: new Map(), segments: new Map(), conditions: new Map() };
}

/**
 * Parses one match. Never throws: what is wrong comes back as a message and its cure.
 * The position is kept for later problems that concern the pattern as a whole.
 */
export function parsePattern(text: string, position: Position, known = noKnownParts()): PatternResult {
  try {
    return { ok: true, pattern: readPattern(text.trim(), position, known) };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, message: error.message, cure: error.cure };
    throw error;
  }
}

function readPattern(text: string, position: Position, known: KnownParts): Pattern {
  const { methods, target } = splitPattern(text);
  const mark = target.indexOf('?');
  const place = mark < 0 ? target : target.slice(0, mark);
  if (/:\w+$/.test(place) && /^\?(?:\/|$)/.test(target.slice(place.length))) {
    throw new PatternError(
      `"${target}" has an optional part`,
      'write one match with it and one without, under also:',
    );
  }
  const { host, path } = splitHost(place, methods, target.slice(place.length));
  const pattern: Pattern = {
    text,
    methods: once(known.methods, methods, readMethods),
    host: host === '' ? undefined : readHost(host, path),
    segments: readSegments(path, known.segments),
    conditions: mark < 0 ? NO_CONDITIONS : readConditions(target.slice(mark + 1), known.conditions),
    position,
  };
  refuseRepeatedNames(pattern);
  return pattern;
}

const NO_CONDITIONS: readonly never[] = [];

function splitPattern(text: string): { methods: string; target: string } {
  const [methods = '', target = '', ...rest] = text.split(/\s+/);
  if (text === '')
    throw new PatternError('the match is empty', 'write METHODS PATH, such as GET /products/:id');
  if (target === '' && /[/.*]/.test(methods))
    throw new PatternError(`"${text}" names no method`, `write GET ${methods}, or ANY ${methods}`);
  if (target === '') throw new PatternError(`"${text}" names no path`, `write it, such as ${methods} /cart`);
  if (rest.length > 0) throw new PatternError(`"${text}" has a space too many`, cureForSpaces(text));
  return { methods, target };
}

function cureForSpaces(text: string): string {
  const [, methods, target] = /^([A-Z]+(?:[\s,|]+[A-Z]+)+)\s+(\S+)$/.exec(text) ?? [];
  if (methods && target)
    return `write methods with commas alone: ${methods.split(/[\s,|]+/).join(',')} ${target}`;
  const [, request] = /^(\S+\s+\S+)\s+HTTP\/[\d.]+$/.exec(text) ?? [];
  if (request) return `leave out the version: ${request}`;
  if (/<[^>]*\s[^>]*>/.test(text)) return 'write values without spaces: <de|fr>';
  return 'write METHODS PATH; a space in a path is %20';
}

/** Splits `shop.example.com/cart` at its first slash; the host is empty where there is none. */
function splitHost(place: string, methods: string, query: string): { host: string; path: string } {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.exec(place)?.[0];
  if (scheme !== undefined) {
    const rest = place.slice(scheme.length);
    throw new PatternError(
      `"${place}" begins with a scheme`,
      `leave ${scheme} out: ${methods} ${rest.includes('/') ? rest : `${rest}/`}`,
    );
  }
  const slash = place.indexOf('/');
  if (slash >= 0) return { host: place.slice(0, slash), path: place.slice(slash) };
  const cure = place.startsWith('*.') || /\.(?:com|org|net|local)$/.test(place) ? `${place}/` : `/${place}`;
  throw new PatternError(`the path "${place}" does not begin with /`, `write ${methods} ${cure}${query}`);
}

function refuseRepeatedNames(pattern: Pattern): void {
  const names = parameterNames(pattern);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated)
    throw new PatternError(`the parameter :${repeated} stands twice`, 'give each parameter its own name');
}
