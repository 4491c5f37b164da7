// A pattern written down as a match again. `spell` spells what stands for itself: names and values.
import type {
  FieldPath,
  HostPattern,
  ParameterPart,
  Pattern,
  QueryCondition,
  Segment,
} from '../../src/routing/route.ts';

type Spell = (text: string) => string;

/** Writes `METHODS [HOST]PATH[?QUERY]`. */
export function patternText({ methods, host, segments, conditions }: Pattern, spell: Spell): string {
  const path = segments.map((segment) => `/${segmentText(segment, spell)}`).join('');
  const query = conditions.map((condition) => conditionText(condition, spell)).join('&');
  const named = methods === 'ANY' ? 'ANY' : methods.join(',');
  return `${named} ${hostText(host)}${path}${query === '' ? '' : `?${query}`}`;
}

/** Writes the name of a field: `f[a]`. */
export function fieldText([top = '', ...keys]: FieldPath): string {
  return `${top}${keys.map((key) => `[${key}]`).join('')}`;
}

function hostText(host: HostPattern | undefined): string {
  if (!host) return '';
  return host.kind === 'exact' ? host.name : `*${host.suffix}`;
}

function segmentText(segment: Segment, spell: Spell): string {
  switch (segment.kind) {
    case 'literal':
      return segment.text;
    case 'parameter':
      return parameterText(segment, spell);
    case 'mixed':
      return segment.parts
        .map((part) => (part.kind === 'text' ? part.text : parameterText(part, spell)))
        .join('');
    case 'tail':
      return '*';
  }
}

function parameterText({ name, type, values }: ParameterPart, spell: Spell): string {
  if (type === 'enum') return `:${name}<${values.map(spell).join('|')}>`;
  return type === 'plain' ? `:${name}` : `:${name}<${type}>`;
}

function conditionText(condition: QueryCondition, spell: Spell): string {
  const name = fieldText(condition.name).replace(/[^[\]]+/g, spell);
  switch (condition.kind) {
    case 'equals':
      return `${name}=${spell(condition.value)}`;
    case 'captures':
      return `${name}=${parameterText(condition.parameter, spell)}`;
    case 'present':
      return name;
    case 'absent':
      return `!${name}`;
  }
}
