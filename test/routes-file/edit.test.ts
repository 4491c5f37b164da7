// Changing one stage in a file: every other byte stays.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyEdit, editScalar, type ScalarChange, undoOf } from '../../src/routes-file/edit.ts';
import type { TextEdit } from '../../src/routes-file/edit-pair.ts';
import { ROUTE_KEYS_BEFORE_STAGE } from '../../src/routes-file/stage-place.ts';

/** The edit that gives back the text before. */
function undoEdit({ offset, removed, inserted }: TextEdit): TextEdit {
  return { offset, removed: inserted, inserted: removed };
}

/** Sets the stage of route `a`, and returns the text. */
function flip(text: string, value: string | undefined, path = ['routes', 'a', 'stage']): string {
  const result = editScalar(text, { path, value, after: ROUTE_KEYS_BEFORE_STAGE });
  if (!result.ok) throw new Error(result.message);
  expect(applyEdit(result.text, undoEdit(result.edit))).toBe(text);
  return result.text;
}

describe('a stage that is there', () => {
  test.each([
    ['in a block', 'routes:\n  a:\n    stage: legacy\n', 'routes:\n  a:\n    stage: canary 5%\n'],
    [
      'before a comment',
      'routes:\n  a:\n    stage: new   # why\n',
      'routes:\n  a:\n    stage: canary 5%   # why\n',
    ],
    ['in double quotes', 'routes:\n  a:\n    stage: "new"\n', 'routes:\n  a:\n    stage: "canary 5%"\n'],
    [
      'in single quotes',
      "routes:\n  a:\n    'stage':  'new'\n",
      "routes:\n  a:\n    'stage':  'canary 5%'\n",
    ],
    ['between braces', 'routes: { a: { stage: new, x: y } }', 'routes: { a: { stage: canary 5%, x: y } }'],
    ['in JSON', '{"routes":{"a":{"stage":"new"}}}', '{"routes":{"a":{"stage":"canary 5%"}}}'],
    ['with CRLF', 'routes:\r\n  a:\r\n    stage: new \r\n', 'routes:\r\n  a:\r\n    stage: canary 5% \r\n'],
    [
      'on the line below its key',
      'routes:\n  a:\n    stage:\n      new\n',
      'routes:\n  a:\n    stage:\n      canary 5%\n',
    ],
    ['without a value', 'routes:\n  a:\n    stage: # todo\n', 'routes:\n  a:\n    stage: canary 5% # todo\n'],
    ['without a last line end', 'routes:\n  a:\n    stage: new', 'routes:\n  a:\n    stage: canary 5%'],
    ['of a route named with digits', 'routes:\n  7:\n    stage: new', 'routes:\n  7:\n    stage: canary 5%'],
  ])('is replaced %s', (_, text, expected) => {
    expect(flip(text, 'canary 5%', ['routes', text.includes('7:') ? '7' : 'a', 'stage'])).toBe(expected);
  });

  test.each([
    ['over several lines', 'routes:\n  a:\n    stage: canary\n      5%\n'],
    ['as a block', 'routes:\n  a:\n    stage: >-\n      canary 5%\n'],
    ['as a list', 'routes:\n  a:\n    stage: [new]\n'],
    ['twice', 'routes:\n  a:\n    stage: new\n    stage: new\n'],
    ['as an alias', 'x: &x new\nroutes:\n  a:\n    stage: *x\n'],
  ])('that is written %s is refused', (_, text) => {
    expect(editScalar(text, { path: ['routes', 'a', 'stage'], value: 'legacy' }).ok).toBe(false);
  });

  test.each(['7', '007', '1.10', '0x10', 'no', 'null', 'true', '2026-01-01', '1e3'])(
    'is replaced in a route named %s, beside others of such names',
    (name) => {
      const text = 'routes:\n  7: { stage: new }\n  007: { stage: new }\n  null: { stage: new }\n';
      const named = text.includes(` ${name}:`) ? text : `${text}  ${name}: { stage: new }\n`;
      expect(flip(named, 'legacy', ['routes', name, 'stage'])).toBe(
        named.replace(` ${name}: { stage: new }`, ` ${name}: { stage: legacy }`),
      );
    },
  );

  test('is told', () => {
    const result = editScalar('routes: { a: { stage: "canary 5%" } }', {
      path: ['routes', 'a', 'stage'],
      value: 'new',
    });
    expect(result).toMatchObject({ ok: true, before: 'canary 5%' });
  });
});

describe('a stage that is not there', () => {
  test.each([
    [
      'after what answers',
      'routes:\n  a:\n    match: GET /a\n    handler: x # h\n    timeouts: { total: 1s }\n',
      'routes:\n  a:\n    match: GET /a\n    handler: x # h\n    stage: new\n    timeouts: { total: 1s }\n',
    ],
    [
      'after a list and before the comments of the next route',
      'routes:\n  a:\n    match: GET /a\n    also:\n      - GET /b # b\n\n  # the next\n  b:\n    match: GET /c\n',
      'routes:\n  a:\n    match: GET /a\n    also:\n      - GET /b # b\n    stage: new\n\n  # the next\n  b:\n    match: GET /c\n',
    ],
    [
      'after a mapping between braces over several lines',
      'routes:\n  a:\n    match: POST /a\n    body: {\n      x: y # z\n    } # w\n',
      'routes:\n  a:\n    match: POST /a\n    body: {\n      x: y # z\n    } # w\n    stage: new\n',
    ],
    [
      'after a block of text',
      'routes:\n  a:\n      match: >-\n        GET /a\n',
      'routes:\n  a:\n      match: >-\n        GET /a\n      stage: new\n',
    ],
    [
      'with CRLF',
      'routes:\r\n  a:\r\n    match: GET /a\r\n',
      'routes:\r\n  a:\r\n    match: GET /a\r\n    stage: new\r\n',
    ],
    [
      'without a last line end',
      'routes:\n  a:\n    match: GET /a',
      'routes:\n  a:\n    match: GET /a\n    stage: new',
    ],
    [
      'between braces',
      'routes: { a: { match: GET /a, x: y } }',
      'routes: { a: { match: GET /a, stage: new, x: y } }',
    ],
    [
      'after a last comma',
      'routes: { a: { match: GET /a, } }',
      'routes: { a: { match: GET /a, stage: new, } }',
    ],
    [
      'between braces over several lines',
      'routes:\n  a: {\n    match: GET /a, # m\n    handler: x # h\n  }\n',
      'routes:\n  a: {\n    match: GET /a, # m\n    handler: x, stage: new # h\n  }\n',
    ],
    ['in JSON', '{"routes":{"a":{"match":"GET /a"}}}', '{"routes":{"a":{"match":"GET /a", "stage": "new"}}}'],
  ])('is written %s, and taken out again', (_, text, expected) => {
    const written = flip(text, 'new');
    expect(written).toBe(expected);
    expect(flip(written, undefined)).toBe(text);
  });

  test.each([
    ['{}', 'a: new'],
    ['{}\n', 'a: new\n'],
    ['# stages\r\n{} # none\r\n', '# stages\r\na: new # none\r\n'],
    ['---\n{}\n', '---\na: new\n'],
    ['--- {}\n', '--- {a: new}\n'],
    ['{ }\n', '{a: new }\n'],
    ['b: legacy # b\n', 'b: legacy # b\na: new\n'],
    ['---\nb: legacy\n', '---\nb: legacy\na: new\n'],
    ['{ b: legacy }\n', '{ b: legacy, a: new }\n'],
  ])('is written into the file of stages %j, and taken out again', (text, expected) => {
    const written = flip(text, 'new', ['a']);
    expect(written).toBe(expected);
    expect(flip(written, undefined, ['a'])).toBe(text);
  });

  test('is not taken out while a comment stands beside it', () => {
    const text = 'routes:\n  a:\n    match: GET /a\n    stage: new # agreed with Ada\n';
    expect(editScalar(text, { path: ['routes', 'a', 'stage'], value: undefined }).ok).toBe(false);
  });

  test.each([
    ['beside its key', 'a: # why\n  new\nb: new\n'],
    ['beside its key, alone', 'a: # why\n  new\n'],
    ['between braces', '{ a: new, # why\n  b: new }\n'],
  ])('is not taken out with a comment %s', (_, text) => {
    expect(editScalar(text, { path: ['a'], value: undefined }).ok).toBe(false);
  });

  test.each(['', '# stages\n'])('is refused in a file without keys: %j', (text) => {
    expect(editScalar(text, { path: ['a'], value: 'new' })).toMatchObject({
      ok: false,
      message: 'there is no key in the file',
    });
  });

  test('is refused where there is no such route', () => {
    expect(editScalar('routes: {}', { path: ['routes', 'a', 'stage'], value: 'new' })).toMatchObject({
      ok: false,
      message: 'there is no routes.a',
    });
  });
});

describe('the way back', () => {
  const undo = (text: string, change: ScalarChange) => {
    const edited = editScalar(text, change);
    if (!edited.ok) throw new Error(edited.message);
    return undoOf(text, change, edited);
  };

  test.each([
    ['of a key taken out of the middle says its line', 'a: new\nb: legacy\nc: gone\n', 'b', 2],
    ['of the first key', '# stages\na: new\n# more\nc: gone\n', 'a', 2],
    ['of the last key needs no line', 'a: new\nb: legacy\n', 'b', undefined],
    ['of the only key needs no line', 'b: canary 5% staff # why\n', 'b', undefined],
    ['between braces of a key that is not the first', '{ a: new, b: legacy }', 'b', undefined],
  ])('%s', (_, text, key, line) => {
    const found = undo(text, { path: [key], value: undefined });
    expect(found).toMatchObject({ path: [key], value: /b: ([a-z0-9% ]*[a-z])/.exec(text)?.[1] ?? 'new' });
    expect(found?.line).toBe(line);
  });

  test.each([
    ['a key whose value was in quotes', 'a: "new"\nb: new\n', { path: ['a'], value: undefined }],
    ['a first key between braces', '{ a: new, b: new }', { path: ['a'], value: undefined }],
    ['an escape', 'a: "n\\x65w"\n', { path: ['a'], value: 'gone' }],
  ])('is not told of %s: no change gives it back to the byte', (_, text, change) => {
    expect(undo(text, change)).toBe(undefined);
  });

  test('gives back files of stages from which any key was taken', () => {
    fc.assert(
      fc.property(stagesFile, fc.nat(), ({ text, names }, pick) => {
        const change = { path: [names[pick % names.length] ?? ''], value: undefined };
        const edited = editScalar(text, change);
        const back = edited.ok ? undoOf(text, change, edited) : undefined;
        const undone = edited.ok && back ? editScalar(edited.text, back) : edited;
        if (edited.ok) expect(undone).toMatchObject({ ok: true, text });
        else expect(edited.message).toContain('would be lost');
      }),
      { numRuns: 300 },
    );
  });
});

test('a thousand random flips on commented files keep every other byte, and undo gives back the file', () => {
  fc.assert(
    fc.property(commentedFile, fc.nat(), stage, ({ text, names }, pick, value) => {
      const name = names[pick % names.length] ?? '';
      const path = ['routes', name, 'stage'];
      const result = editScalar(text, { path, value, after: ROUTE_KEYS_BEFORE_STAGE });
      if (!result.ok) throw new Error(`${result.message}\n${text}`);
      expect(comments(result.text)).toEqual(comments(text));
      expect(applyEdit(result.text, undoEdit(result.edit))).toBe(text);
      const back = editScalar(result.text, { path, value: result.before });
      expect(back.ok && back.text).toBe(text);
    }),
    { numRuns: 1_000 },
  );
});

function comments(text: string): readonly string[] {
  return text.match(/#[^\r\n]*/g) ?? [];
}

const stage = fc.constantFrom('legacy', 'shadow', 'shadow 10%', 'canary 0.5% staff beta', 'new', 'gone');
const comment = fc.stringMatching(/^# [a-z '":,{}[\]#-]{0,20}$/);
const maybe = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: undefined });
const value = (of: fc.Arbitrary<string>) =>
  fc.tuple(of, fc.constantFrom('', '"', "'")).map(([text, quote]) => quote + text + quote);

type Line = { readonly key: string; readonly value: string; readonly beside: string; readonly above: string };

const line = (key: string, values: fc.Arbitrary<string>): fc.Arbitrary<Line> =>
  fc
    .tuple(values, maybe(comment), maybe(comment), fc.constantFrom(' ', '   '))
    .map(([text, beside, above, gap]) => ({
      key,
      value: text,
      beside: beside ? gap + beside : '',
      above: above ?? '',
    }));

const stagesFile = fc
  .record({
    lines: fc.uniqueArray(
      fc.tuple(fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/), stage, maybe(comment), maybe(comment)),
      { minLength: 1, maxLength: 5, selector: ([name]) => name },
    ),
    eol: fc.constantFrom('\n', '\r\n'),
    head: maybe(fc.constantFrom('# stages', '---', '')),
    lastEol: fc.boolean(),
  })
  .map(({ lines, eol, head, lastEol }) => {
    const written = lines.flatMap(([name, value, above, beside]) => [
      ...(above ? [above] : []),
      `${name}: ${value}${beside ? ` ${beside}` : ''}`,
    ]);
    const all = head === undefined ? written : [head, ...written];
    return { text: all.join(eol) + (lastEol ? eol : ''), names: lines.map(([name]) => name) };
  });

const route = fc.record({
  name: fc.stringMatching(/^[a-z][a-z0-9.-]{0,8}$/),
  lines: fc
    .tuple(
      line('match', value(fc.stringMatching(/^GET \/[a-z]{1,8}$/))),
      maybe(line('handler', value(fc.constantFrom('a/b', 'c')))),
      maybe(line('stage', value(stage))),
      maybe(line('fallback', value(fc.constant('none')))),
      fc.constantFrom(0, 1, 2, 3),
    )
    .map(([match, handler, stage, fallback, turn]) => {
      const lines = [match, handler, stage, fallback].filter((one) => one !== undefined);
      return [...lines.slice(turn), ...lines.slice(0, turn)];
    }),
  braces: fc.boolean(),
  below: maybe(comment),
});

const commentedFile = fc
  .record({
    routes: fc.uniqueArray(route, { minLength: 1, maxLength: 5, selector: ({ name }) => name }),
    indent: fc.constantFrom('  ', '    '),
    eol: fc.constantFrom('\n', '\r\n'),
    head: maybe(comment),
    lastEol: fc.boolean(),
  })
  .map(({ routes, indent, eol, head, lastEol }) => {
    const lines = [head, 'routes:'].filter((one) => one !== undefined);
    for (const { name, lines: keys, braces, below } of routes) {
      if (braces) {
        lines.push(`${indent}${name}: { ${keys.map(({ key, value }) => `${key}: ${value}`).join(', ')} }`);
      } else {
        lines.push(`${indent}${name}:`);
        for (const { key, value, beside, above } of keys) {
          if (above) lines.push(indent + indent + above);
          lines.push(`${indent}${indent}${key}: ${value}${beside}`);
        }
      }
      if (below) lines.push('', indent + below);
    }
    return { text: lines.join(eol) + (lastEol ? eol : ''), names: routes.map(({ name }) => name) };
  });
