// One parameter of a match: `:name`, `:name<int>` or `:name<de|fr>`.
import { nearest } from '../suggest.ts';
import { decodeCaptured, spelt } from './canonical-path.ts';
import { PatternError } from './pattern-error.ts';
import type { ParameterPart, ParameterType } from './route.ts';

const PARAMETER = /^:([A-Za-z_][A-Za-z0-9_]*)(<[^>]*>)?/;
const TYPES: readonly ParameterType[] = ['int', 'slug', 'hex', 'uuid'];
const NO_VALUES: readonly never[] = [];
const USAGE = 'write :name or :name<int|slug|hex|uuid>';
const TYPE_USAGE = 'use <int>, <slug>, <hex> or <uuid>, or the values: <de|fr>';

/** What other routers call our types. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ...{ integer: 'int', number: 'int', digits: 'int', digit: 'int', id: 'int', num: 'int' },
  ...{ word: 'slug', alpha: 'slug', alnum: 'slug', name: 'slug', guid: 'uuid' },
};

/** Reads the parameter that a text begins with; tells how many characters it took. */
export function readParameter(text: string): { part: ParameterPart; length: number } {
  const [whole = '', name, angle] = PARAMETER.exec(text) ?? [];
  if (name === undefined) throw new PatternError(`"${text}" is not a parameter`, USAGE);
  refuseHabits(name, text.slice(whole.length), text);
  const read =
    angle === undefined ? { type: 'plain' as const, values: NO_VALUES } : readType(angle.slice(1, -1));
  const { type, values } = read;
  return { part: { kind: 'parameter', name, type, values }, length: whole.length };
}

/** What people write after a parameter's name elsewhere: `:id(\d+)`, `:path*`, `:id<int`. */
function refuseHabits(name: string, rest: string, text: string): void {
  if (rest.startsWith('(')) {
    throw new PatternError(`"${text}" holds a regular expression`, `write :${name}<int>, or another type`);
  }
  if (rest.startsWith('<')) throw new PatternError(`"${text}" has no >`, USAGE);
  if (/^[*+]$/.test(rest)) {
    throw new PatternError(`"${text}" is not a parameter`, 'write * alone for the rest of the path');
  }
}

function readType(text: string): Pick<ParameterPart, 'type' | 'values'> {
  if (text.includes('|')) return { type: 'enum', values: readValues(text) };
  const type = TYPES.find((candidate) => candidate === text);
  if (type) return { type, values: NO_VALUES };
  throw new PatternError(`<${text}> is not a type`, cureForType(text));
}

function cureForType(text: string): string {
  const other = Object.hasOwn(OTHER_NAMES, text) ? OTHER_NAMES[text] : nearest(text, TYPES);
  if (other) return `did you mean <${other}>?`;
  if (/^(?:string|str|any|plain|path)$/.test(text)) return 'leave the type out: :name takes any one segment';
  if (/[\\^$[\]()+*{}]/.test(text)) return `a type is no regular expression: ${TYPE_USAGE}`;
  return TYPE_USAGE;
}

function readValues(text: string): readonly string[] {
  const values = text.split('|').map((value) => decodeCaptured(spelt(value)));
  for (const value of values) {
    if (value === '')
      throw new PatternError(`<${text}> has an empty value`, 'write values between bars: <de|fr>');
    if (/[\\^$[\](){}*+?<:]/.test(value))
      throw new PatternError(`<${text}> is not a list of values`, 'write them as they are, such as <de|fr>');
    if (value === '.' || value === '..')
      throw new PatternError(`<${text}> has a dot segment`, 'leave it out: no path has one');
  }
  const repeated = values.find((value, index) => values.indexOf(value) !== index);
  if (repeated !== undefined) throw new PatternError(`"${repeated}" stands twice in <${text}>`, 'keep one');
  return values;
}
