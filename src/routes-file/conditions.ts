// `body:` and `when:` of a route → conditions.
import type { Problem } from '../routing/problem.ts';
import type { BodyCondition, WhenCondition, WhenTest } from '../routing/route.ts';
import { cookieCure, isCookieName } from './cohorts.ts';
import { readFieldName } from './field-name.ts';
import type { Entry } from './merge.ts';
import type { RouteEntry } from './schema.ts';

type Reading = Entry<RouteEntry> & { readonly problems: Problem[] };

const TOKEN = /^[A-Za-z0-9-]+$/;

/** Reads the fields that a body must have. */
export function readBody({ name, value, source, problems }: Reading): readonly BodyCondition[] {
  return Object.entries(value.body ?? {}).flatMap(([field, expected]) => {
    const read = readFieldName(field);
    if (read.ok) return [{ name: read.path, value: expected }];
    const position = source.position(['routes', name, 'body'], field);
    problems.push({ code: 'invalid-value', position, message: read.message, cure: read.cure });
    return [];
  });
}

/** Reads what must hold of header fields and cookies. */
export function readWhen({ name, value, source, problems }: Reading): readonly WhenCondition[] {
  const refuse = (path: readonly string[], key: string, message: string, cure: string) =>
    problems.push({
      code: 'invalid-value',
      position: source.position(['routes', name, 'when', ...path], key),
      message,
      cure,
    });
  const headers = Object.entries(value.when?.header ?? {}).map(([field, test]): WhenCondition => {
    if (!TOKEN.test(field))
      refuse(['header'], field, `"${field}" is no name of a header field`, 'use letters, digits and "-"');
    else if (field.toLowerCase() === 'cookie')
      refuse(
        ['header'],
        field,
        'cookies are not matched as a header field',
        'write when: { cookie: { name: value } }',
      );
    return { source: 'header', name: field.toLowerCase(), test: readTest(test) };
  });
  const cookies = Object.entries(value.when?.cookie ?? {}).map(([cookie, test]): WhenCondition => {
    if (!isCookieName(cookie)) {
      refuse(['cookie'], cookie, `PHP knows no cookie "${cookie}"`, cookieCure(cookie));
    }
    return { source: 'cookie', name: cookie, test: readTest(test) };
  });
  return [...headers, ...cookies];
}

function readTest(test: boolean | string | { readonly contains: string }): WhenTest {
  if (typeof test === 'boolean') return { kind: test ? 'present' : 'absent' };
  if (typeof test === 'string') return { kind: 'equals', value: test };
  return { kind: 'contains', text: test.contains };
}
