// The query of a match: `page=search&id=:id<int>&q&!action`, with names as PHP writes them.
import { once } from './grouped.ts';
import { PatternError } from './pattern-error.ts';
import { readParameter } from './pattern-parameter.ts';
import type { FieldPath, ParameterPart, QueryCondition } from './route.ts';

const MOST_CONDITIONS = 60;
const USAGE = 'write ?name=value, ?name or ?!name';

/** Reads what stands after the `?` of a match; what stands in `known` has been read before. */
export function readConditions(query: string, known: Map<string, QueryCondition>): readonly QueryCondition[] {
  if (query === '') {
    throw new PatternError(
      'nothing stands after ?',
      'leave ? out, or write ?!name for a parameter that is not there',
    );
  }
  const texts = query.split('&');
  if (texts.length > MOST_CONDITIONS) {
    throw new PatternError(`the match has ${texts.length} conditions`, `write at most ${MOST_CONDITIONS}`);
  }
  const repeated = texts.find((text, index) => texts.indexOf(text) !== index);
  if (repeated) throw new PatternError(`the condition "${repeated}" stands twice`, 'keep one');
  return texts.map((text) => once(known, text, readCondition));
}

function readCondition(text: string): QueryCondition {
  const equals = text.indexOf('=');
  const name = decode(equals < 0 ? text : text.slice(0, equals));
  const value = equals < 0 ? undefined : text.slice(equals + 1);
  if (name === '' || name === '!') throw new PatternError(`"${text}" names nothing`, USAGE);
  if (name.endsWith('!') && value !== undefined)
    throw new PatternError(
      `"${text}" is not a condition`,
      `write ?!${name.slice(0, -1)} for a parameter that is not there; another value cannot be excluded`,
    );
  if (name.startsWith('!')) {
    if (value !== undefined) throw new PatternError(`"${text}" forbids a value`, 'write ?!name');
    return { kind: 'absent', name: readFieldPath(name.slice(1)) };
  }
  const path = readFieldPath(name);
  if (value === undefined) return { kind: 'present', name: path };
  return readValue(path, name, value);
}

function readValue(path: FieldPath, name: string, value: string): QueryCondition {
  if (value.startsWith(':')) return { kind: 'captures', name: path, parameter: wholeParameter(value) };
  if (value === '*')
    throw new PatternError(
      `"${name}=*" asks for a star`,
      `write ?${name} for any value, ?${name}=:name to capture it, %2A for a star`,
    );
  if (value.includes('?'))
    throw new PatternError(
      `a second ? stands in "${name}=${value}"`,
      'write & between conditions; ? itself is %3F',
    );
  if (/^[^<>]+(?:\|[^<>]+)+$/.test(value))
    throw new PatternError(
      `"${value}" is one value`,
      `write ?${name}=:name<${value}> for several; | itself is %7C`,
    );
  return { kind: 'equals', name: path, value: decode(value) };
}

function wholeParameter(value: string): ParameterPart {
  const { part, length } = readParameter(value);
  if (length < value.length)
    throw new PatternError(
      `"${value}" is not a parameter`,
      'a query parameter is captured whole: write :name or :name<int|slug|hex|uuid>',
    );
  return part;
}

/** Reads a field's name as PHP does: `f[a][b]` is the path f, a, b. Also the names of `body:` are read so. */
export function readFieldPath(name: string): FieldPath {
  const bracket = name.indexOf('[');
  const top = bracket < 0 ? name : name.slice(0, bracket);
  if (/[. ]/.test(top) || top.includes(']'))
    throw new PatternError(
      `PHP knows no parameter "${name}"`,
      `write it as PHP has it: ${top.replace(/[. \]]/g, '_')}`,
    );
  if (top === '') throw new PatternError(`"${name}" names nothing`, USAGE);
  return bracket < 0 ? [top] : [top, ...readIndexes(name, name.slice(bracket))];
}

/** Writes a field as PHP names it: `f[a]`. */
export function fieldName([top = '', ...indexes]: FieldPath): string {
  return top + indexes.map((index) => `[${index}]`).join('');
}

function readIndexes(name: string, text: string): readonly string[] {
  if (!/^(?:\[[^[\]]*\])+$/.test(text))
    throw new PatternError(`"${name}" is not an array's name`, 'write it as PHP does: f[a] or f[a][b]');
  const indexes = text.slice(1, -1).split('][');
  if (indexes.some((index) => index.trim() === ''))
    throw new PatternError(
      `"${name}" names no element`,
      `write its index, such as ${name.replace(/\[\s*\]/, '[0]')}`,
    );
  return indexes;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    throw new PatternError(`"${text}" has a broken % escape`, 'write % as %25');
  }
}
