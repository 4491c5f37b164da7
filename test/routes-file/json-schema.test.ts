// The schema for editors: committed, current, and draft-07.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { routesJsonSchema } from '../../src/routes-file/json-schema.ts';

const file = fileURLToPath(new URL('../../routes.schema.json', import.meta.url));

test('routes.schema.json is what the schema makes (UPDATE=1 writes it)', () => {
  if (process.env.UPDATE === '1') writeFileSync(file, routesJsonSchema());
  else expect(readFileSync(file, 'utf8')).toBe(routesJsonSchema());
});

test('every key has a text for editors to show', () => {
  const silent = keysWithoutDescription(JSON.parse(routesJsonSchema()), '');
  expect(silent).toEqual([]);
});

type Part = { readonly [key: string]: unknown };

function keysWithoutDescription(part: unknown, path: string): readonly string[] {
  if (typeof part !== 'object' || part === null) return [];
  const { properties = {} } = part as { readonly properties?: Readonly<Record<string, Part>> };
  const silent = Object.entries(properties).filter(([, { description }]) => !description);
  const below = Object.entries(part).flatMap(([key, value]) =>
    keysWithoutDescription(value, `${path}/${key}`),
  );
  return [...silent.map(([key]) => `${path}/${key}`), ...below];
}
