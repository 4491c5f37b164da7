// Reads `METHODS PATH[?QUERY]` into a Pattern, or says what is wrong with it.
import { canonicalPath } from './canonical-path.ts';
import { parameterNames } from './parameters.ts';
import type { ParameterPart, ParameterType, Pattern, Position, QueryCondition, Segment } from './route.ts';

export type PatternResult =
  | { readonly ok: true; readonly pattern: Pattern }
  | { readonly ok: false; readonly message: string; readonly cure: string };

const METHOD = /^[A-Z][A-Z-]*$/;
const PARAMETER = /^:([A-Za-z_][A-Za-z0-9_]*)(?:<([^>]*)>)?$/;
const PARAMETER_TYPES: readonly ParameterType[] = ['plain', 'int', 'slug', 'hex', 'uuid'];

class PatternError extends Error {
  readonly cure: string;
  constructor(message: string, cure: string) {
    super(message);
    this.cure = cure;
  }
}

/**
 * Parses one match. Never throws: what is wrong comes back as a message and its cure.
 * The position is kept for later problems that concern the pattern as a whole.
 */
export function parsePattern(text: string, position: Position): PatternResult {
  try {
    return { ok: true, pattern: readPattern(text, position) };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, message: error.message, cure: error.cure };
    throw error;
  }
}

/** What a parameter of each type takes; undefined takes any non-empty segment. */
export const parameterTests: Readonly<Record<ParameterType, RegExp | undefined>> = {
  plain: undefined,
  enum: undefined,
  int: /^[0-9]+$/,
  slug: /^[A-Za-z0-9_-]+$/,
  hex: /^[0-9A-Fa-f]+$/,
  uuid: /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/,
};

function readPattern(text: string, position: Position): Pattern {
  const parts = /^(\S+)\s+(\S+)$/.exec(text.trim());
  if (!parts)
    throw new PatternError(`"${text}" is not a match`, 'write METHODS PATH, such as GET /products/:id');
  const [, methods = '', target = ''] = parts;
  if (!target.startsWith('/')) {
    throw new PatternError(
      `the path "${target}" does not begin with /`,
      'write it from the root, such as GET /cart',
    );
  }
  const mark = target.indexOf('?');
  const path = mark < 0 ? target : target.slice(0, mark);
  const query = mark < 0 ? '' : target.slice(mark + 1);
  const pattern: Pattern = {
    text: text.trim(),
    methods: readMethods(methods),
    host: undefined,
    segments: readSegments(path),
    conditions: query === '' ? [] : query.split('&').map(readCondition),
    position,
  };
  refuseRepeatedNames(pattern);
  return pattern;
}

function readMethods(text: string): readonly string[] | 'ANY' {
  if (text === 'ANY') return 'ANY';
  const methods = text.split(',');
  for (const method of methods) {
    if (!METHOD.test(method)) {
      throw new PatternError(
        `"${method}" is not a method`,
        'write methods in capitals: GET or GET,POST or ANY',
      );
    }
    if (method === 'ANY') throw new PatternError('ANY stands among other methods', 'write ANY alone');
  }
  return [...new Set(methods)];
}

function readSegments(path: string): readonly Segment[] {
  if (path.includes('#')) throw new PatternError('a path has no fragment', 'leave out # and what follows');
  const texts = path.split('/').slice(1);
  return texts.map((text, index) => readSegment(text, index === texts.length - 1));
}

function readSegment(text: string, isLast: boolean): Segment {
  if (text === '*') {
    if (!isLast) throw new PatternError('* stands before the end', 'use * as the last segment only');
    return { kind: 'tail' };
  }
  if (text.startsWith(':')) return readParameter(text);
  if (/[:*<>]/.test(text)) {
    throw new PatternError(`"${text}" mixes text with a parameter`, 'let a parameter be a whole segment');
  }
  return { kind: 'literal', text: literal(text, isLast) };
}

/** Spells a literal segment as canonical paths are spelt; the file is UTF-8, a path is bytes. A dot segment becomes empty. */
function literal(text: string, isLast: boolean): string {
  const spelt = canonicalPath(`/${Buffer.from(text, 'utf8').toString('latin1')}`).slice(1);
  if (spelt === '' && (text !== '' || !isLast)) {
    throw new PatternError(
      'the path has a dot segment or a double slash',
      'write it as it is after both are removed',
    );
  }
  return spelt;
}

function readParameter(text: string): ParameterPart {
  const parts = PARAMETER.exec(text);
  if (!parts?.[1]) {
    throw new PatternError(`"${text}" is not a parameter`, 'write :name or :name<int|slug|hex|uuid>');
  }
  return { kind: 'parameter', name: parts[1], type: readType(parts[2]), values: [] };
}

function readType(text: string | undefined): ParameterType {
  if (text === undefined) return 'plain';
  const type = PARAMETER_TYPES.find((candidate) => candidate === text && candidate !== 'plain');
  if (!type) throw new PatternError(`<${text}> is not a type`, 'use <int>, <slug>, <hex> or <uuid>');
  return type;
}

function readCondition(text: string): QueryCondition {
  const equals = text.indexOf('=');
  const name = decode(equals < 0 ? text : text.slice(0, equals));
  const value = equals < 0 ? undefined : text.slice(equals + 1);
  if (name === '' || name === '!')
    throw new PatternError(`"${text}" names nothing`, 'write ?name=value, ?name or ?!name');
  if (/[.[\] ]/.test(name))
    throw new PatternError(
      `PHP knows no query parameter "${name}"`,
      'write it as PHP does, with _ for a dot; arrays cannot be matched',
    );
  if (name.startsWith('!')) {
    if (value !== undefined) throw new PatternError(`"${text}" forbids a value`, 'write ?!name');
    return { kind: 'absent', name: [name.slice(1)] };
  }
  if (value === undefined) return { kind: 'present', name: [name] };
  if (value.startsWith(':')) {
    return { kind: 'captures', name: [name], parameter: readParameter(value) };
  }
  return { kind: 'equals', name: [name], value: decode(value) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new PatternError(`"${text}" has a broken % escape`, 'write % as %25');
  }
}

function refuseRepeatedNames(pattern: Pattern): void {
  const names = parameterNames(pattern);
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated)
    throw new PatternError(`the parameter :${repeated} stands twice`, 'give each parameter its own name');
}
