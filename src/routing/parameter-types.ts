// What parameters take.
import type { ParameterPart, ParameterType } from './route.ts';

/** Parameter types from the most to the least specific. */
export const TYPE_ORDER: readonly ParameterType[] = ['enum', 'uuid', 'int', 'hex', 'slug', 'plain'];

/** What a parameter of each type takes; undefined takes any non-empty text, enumerated ones their values. */
export const parameterTests: Readonly<Record<ParameterType, RegExp | undefined>> = {
  plain: undefined,
  enum: undefined,
  int: /^[0-9]+$/,
  slug: /^[A-Za-z0-9_-]+$/,
  hex: /^[0-9A-Fa-f]+$/,
  uuid: /^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$/,
};

/** Tells whether a parameter takes a text. */
export function takes(part: ParameterPart, text: string): boolean {
  if (text === '') return false;
  if (part.type === 'enum') return part.values.includes(text);
  return parameterTests[part.type]?.test(text) ?? true;
}

/** Tells whether all that `narrow` takes, `wide` takes too. */
export function takesAllOf(wide: ParameterPart, narrow: ParameterPart): boolean {
  if (narrow.type === 'enum') return narrow.values.every((value) => takes(wide, value));
  return wide.type === narrow.type || WIDER[narrow.type].includes(wide.type);
}

const WIDER: Readonly<Record<Exclude<ParameterType, 'enum'>, readonly ParameterType[]>> = {
  int: ['hex', 'slug', 'plain'],
  hex: ['slug', 'plain'],
  uuid: ['slug', 'plain'],
  slug: ['plain'],
  plain: [],
};

/** Texts that stand for all that a type takes, where only the types decide. */
const SAMPLES: Readonly<Record<Exclude<ParameterType, 'enum'>, string>> = {
  int: '1',
  hex: 'a',
  uuid: '123e4567-e89b-12d3-a456-426614174000',
  slug: 'x',
  plain: 'x',
};

/** Returns a text that all of the parameters take, if there is one. */
export function takenByAll(parts: readonly ParameterPart[]): string | undefined {
  const candidates = parts.flatMap((part) => (part.type === 'enum' ? part.values : [SAMPLES[part.type]]));
  return candidates.find((text) => parts.every((part) => takes(part, text)));
}
