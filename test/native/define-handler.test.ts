// How a handler is defined, and what a module may export.
import express from 'express';
import { describe, expect, test } from 'vitest';
import { defineHandler, toHandler } from '../../src/native/define-handler.ts';
import type { HandlerOptions } from '../../src/native/options.ts';

const run = () => 'x';
const MIB = 1024 * 1024;
const DEFAULTS = {
  timeoutMs: 30_000,
  session: true,
  writes: false,
  bodyLimit: MIB,
  uploads: { total: 8 * MIB, fileSize: 2 * MIB, files: 20 },
  invalidates: [],
};

/** The options of a handler that was defined with these. */
function optionsOf(options: HandlerOptions) {
  return toHandler(defineHandler(options, run))?.options;
}

describe('defineHandler', () => {
  test('takes a function alone, with every default', () => {
    expect(toHandler(defineHandler(run))).toEqual({ kind: 'context', options: DEFAULTS, run });
  });

  test('takes options before the function', () => {
    const options = { session: false, writes: true, bodyLimit: 5, invalidates: ['product:*'] };
    expect(optionsOf(options)).toEqual({ ...DEFAULTS, ...options });
  });

  test.each([
    ['250ms', 250],
    ['2s', 2_000],
    ['1.5s', 1_500],
    ['1m', 60_000],
  ])('reads the timeout %s', (timeout, timeoutMs) => {
    expect(optionsOf({ timeout })).toEqual({ ...DEFAULTS, timeoutMs });
  });

  test('fills in what uploads does not say', () => {
    expect(optionsOf({ uploads: { files: 1 } })?.uploads).toEqual({ ...DEFAULTS.uploads, files: 1 });
  });

  test.each(['2', '2 s', 's', '-1s', '1d', '0s', '', '2000'])('refuses the timeout "%s"', (timeout) => {
    expect(() => defineHandler({ timeout }, run)).toThrow(
      new TypeError(
        `defineHandler: timeout "${timeout}" cannot be read; write a duration as 250ms, 5s, 2m or 1h`,
      ),
    );
  });

  test.each([[undefined], ['x'], [{}]])('refuses %s in the place of a function', (wrong) => {
    expect(() => defineHandler({}, wrong as unknown as typeof run)).toThrow(
      new TypeError('defineHandler needs a function'),
    );
  });
});

describe('options that are not there', () => {
  test.each<[object, string]>([
    [
      { write: true },
      'defineHandler: there is no option "write"; there are timeout, session, writes, bodyLimit, uploads, invalidates',
    ],
    [{ writes: 'yes' }, 'defineHandler: writes must be a boolean'],
    [{ timeout: 5 }, 'defineHandler: timeout must be a string'],
    [{ uploads: 5 }, 'defineHandler: uploads must be like { total, fileSize, files }'],
    [
      { uploads: { size: 5 } },
      'defineHandler: there is no "size" in uploads; there are total, fileSize, files',
    ],
    [{ uploads: { files: -1 } }, 'defineHandler: uploads.files must be a whole number'],
    [{ uploads: { fileSize: '2M' } }, 'defineHandler: uploads.fileSize must be a whole number'],
    [{ invalidates: 'product:*' }, 'defineHandler: invalidates must be a list of keys'],
  ])('%j is refused at import', (options, message) => {
    expect(() => defineHandler(options, run)).toThrow(new TypeError(message));
  });
});

describe('toHandler', () => {
  test.each<[string, unknown]>([
    ['an app', express()],
    ['a Router', express.Router()],
    ['(req, res)', (_req: unknown, _res: unknown) => {}],
    ['(req, res, next)', (_req: unknown, _res: unknown, _next: unknown) => {}],
  ])('takes %s as Express code', (_, exported) => {
    expect(toHandler(exported)).toEqual({
      kind: 'express',
      options: { ...DEFAULTS, session: false },
      run: exported,
    });
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', 'x'],
    ['an object', { run }],
    ['a function of nothing', run],
    ['a function of one argument', (_context: unknown) => 'x'],
  ])('does not take %s', (_, exported) => {
    expect(toHandler(exported)).toBeUndefined();
  });
});
