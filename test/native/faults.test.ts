// Whatever a handler does wrong ends its own request only: others are answered all the while, and nothing escapes.
import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/edge/outcome.ts';
import { defineHandler, type HandlerFunction } from '../../src/native/define-handler.ts';
import type { ExpressHandler } from '../../src/native/express.ts';
import { startEdge, type TestEdge } from '../edge/edge-in-one-process.ts';
import { type Answer, ask } from '../edge/http.ts';

/** What the visitor sees, and what is told of it. `broken` is a connection that ends within the answer. */
type Expected = {
  readonly status: number | 'broken';
  readonly body?: string;
  readonly failure?: string;
  readonly late?: number;
};
type Fault = { readonly handler: unknown; readonly expected: Expected };

const short = (run: HandlerFunction): unknown => defineHandler({ timeout: '150ms' }, run);
const defined = (run: HandlerFunction): unknown => defineHandler(run);
const express = (run: ExpressHandler): unknown => run;
const THREW: Expected = { status: 500, failure: 'threw' };

/** An error as http-errors and Express's parsers make them. */
function clientError(status: number): Error {
  return Object.assign(new Error('the client did it'), { status });
}

const faults: Readonly<Record<string, Fault>> = {
  'a throw': {
    handler: defined(() => {
      throw new Error('broken');
    }),
    expected: THREW,
  },
  'a rejection': { handler: defined(() => Promise.reject(new Error('broken'))), expected: THREW },
  'something thrown that throws when it is looked at': {
    handler: defined(() =>
      Promise.reject(
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('no');
            },
          },
        ),
      ),
    ),
    expected: THREW,
  },
  'an Express function that throws': {
    handler: express((_req, _res) => {
      throw new Error('broken');
    }),
    expected: THREW,
  },
  'an Express function that rejects': {
    handler: express(async (_req, _res) => {
      throw new Error('broken');
    }),
    expected: THREW,
  },
  'next(error)': { handler: express((_req, _res, next) => next(new Error('broken'))), expected: THREW },
  'next(error) of the client': {
    handler: express((_req, _res, next) => next(clientError(422))),
    expected: { status: 422 },
  },
  'next(error) that says 500': {
    handler: express((_req, _res, next) => next(clientError(503))),
    expected: THREW,
  },
  "next('router')": { handler: express((_req, _res, next) => next('router')), expected: { status: 404 } },
  'a field with a line feed': {
    handler: defined(({ res }) => res.set('X-A', 'a\r\nX-B: c').send('x')),
    expected: THREW,
  },
  'a field beyond latin1': {
    handler: express((_req, res) => res.set('X-A', '€').send('x')),
    expected: THREW,
  },
  'a field name with a space': {
    handler: defined(({ res }) => res.set('X A', 'a').send('x')),
    expected: THREW,
  },
  'a cookie name with a line feed': {
    handler: defined(({ res }) => res.cookie('a\n', 'b').send('x')),
    expected: THREW,
  },
  'a reason with a line feed': {
    handler: defined(({ res }) => {
      res.statusMessage = 'a\r\nb';
      return 'x';
    }),
    expected: THREW,
  },
  'a status that is none': { handler: defined(({ res }) => res.writeHead(99_999).end()), expected: THREW },
  'a redirect with a line feed': {
    handler: express((_req, res) => res.redirect('/a\r\nX-B: c')),
    expected: { status: 302 },
  },
  'a file that is not there': {
    handler: express((_req, res) => res.sendFile('/none/at/all')),
    expected: { status: 404 },
  },
  'a file that is not there, of a defined handler': {
    handler: defined(({ res }) => {
      res.sendFile('/none/at/all');
      return res;
    }),
    expected: { status: 404 },
  },
  'a page without an engine': { handler: express((_req, res) => res.render('page')), expected: THREW },
  'JSON that cannot be written': { handler: defined(({ res }) => res.json({ big: 1n })), expected: THREW },
  'a result that cannot be JSON': {
    handler: defined(() => ({ big: 1n })),
    expected: { status: 500, failure: 'no-answer' },
  },
  'two answers': {
    handler: express((_req, res) => {
      res.send('first');
      res.send('second');
    }),
    expected: { status: 200, body: 'first', failure: 'threw' },
  },
  'a second answer after the first has left': {
    handler: defined(async ({ res }) => {
      res.send('first');
      await delay(30);
      return res.send('second');
    }),
    expected: { status: 200, body: 'first', late: 1 },
  },
  'a result after an answer': {
    handler: defined(({ res }) => {
      res.send('first');
      return 'second';
    }),
    expected: { status: 200, body: 'first', failure: 'threw' },
  },
  'a write after the end': {
    handler: express((_req, res) => {
      res.end('first');
      res.write('second');
      res.end('third');
    }),
    expected: { status: 200, body: 'first', late: 2 },
  },
  'more than Content-Length says': {
    handler: express((_req, res) => void res.set('Content-Length', '2').end('longer')),
    expected: { status: 'broken', failure: 'threw' },
  },
  'more than Content-Length says, piece by piece': {
    handler: express((_req, res) => {
      res.set('Content-Length', '2').write('ab');
      res.end('cd');
    }),
    expected: { status: 'broken', failure: 'threw' },
  },
  'less than Content-Length says': {
    handler: express((_req, res) => {
      res.set('Content-Length', '5').write('ab');
      res.end();
    }),
    expected: { status: 'broken', failure: 'threw' },
  },
  'a throw after the first byte': {
    handler: defined(({ res }) => {
      res.write('begun');
      throw new Error('broken');
    }),
    expected: { status: 'broken', failure: 'threw' },
  },
  'an error of the client after the first byte': {
    handler: defined(({ res }) => {
      res.write('begun');
      throw clientError(404);
    }),
    expected: { status: 'broken', failure: 'threw' },
  },
  'a stream that fails': {
    handler: defined(async ({ res }) => {
      const stream = new PassThrough();
      stream.write('begun');
      setImmediate(() => stream.destroy(new Error('broken')));
      await pipeline(stream, res);
      return res;
    }),
    expected: { status: 'broken', failure: 'threw' },
  },
  'a stream that cannot be opened': {
    handler: defined(async ({ res }) => {
      await pipeline(createReadStream('/none/at/all'), res);
      return res;
    }),
    expected: THREW,
  },
  'a response that is destroyed': {
    handler: defined(({ res }) => res.destroy()),
    expected: THREW,
  },
  'a response that is destroyed after its first byte': {
    handler: defined(({ res }) => {
      res.write('begun');
      return res.destroy();
    }),
    expected: { status: 'broken', failure: 'threw' },
  },
  'no answer': {
    handler: short(() => new Promise<string>(() => {})),
    expected: { status: 504, failure: 'deadline' },
  },
  'no answer in Express': {
    handler: express((_req, _res) => {}),
    expected: { status: 504, failure: 'deadline' },
  },
  'no end of an answer': {
    handler: short(({ res }) => {
      res.write('begun');
      return res;
    }),
    expected: { status: 'broken', failure: 'deadline' },
  },
  'an answer after the deadline': {
    handler: short(async ({ res }) => {
      await delay(300);
      return res.send('late');
    }),
    expected: { status: 504, failure: 'deadline' },
  },
  'a stream that a listener of the signal destroys': {
    handler: short(async ({ res, signal }) => {
      await pipeline(new PassThrough(), res, { signal });
      return res;
    }),
    expected: { status: 504, failure: 'deadline' },
  },
};

let edge: TestEdge;
const escaped: unknown[] = [];
const onEscaped = (error: unknown) => void escaped.push(error);

beforeAll(async () => {
  process.on('uncaughtException', onEscaped).on('unhandledRejection', onEscaped);
  const names = Object.keys(faults);
  const lines = names.map(
    (_, index) =>
      `  f${index}: { match: ANY /f/${index}, handler: f${index}, stage: new, fallback: none, timeouts: { total: 400ms } }`,
  );
  const handlers = Object.fromEntries(names.map((name, index) => [`f${index}`, faults[name]?.handler]));
  edge = await startEdge({
    routes: [
      'unmatched: 404',
      'routes:',
      ...lines,
      '  good: { match: GET /good, handler: good, stage: new }',
    ].join('\n'),
    handlers: { ...handlers, good: defineHandler(() => 'good') },
  });
});

afterAll(async () => {
  await edge.close();
  process.off('uncaughtException', onEscaped).off('unhandledRejection', onEscaped);
});

async function answerOf(path: string): Promise<Pick<Answer, 'body'> & { status: number | 'broken' }> {
  return ask(edge.port, { path }).catch(() => ({ status: 'broken', body: '' }) as const);
}

function outcomeOf(path: string): Outcome | undefined {
  return edge.outcomes.find((outcome) => outcome.path === path);
}

describe('ends its own request only:', () => {
  test.each(Object.keys(faults).map((name, index) => [name, index] as const))('%s', async (name, index) => {
    const { status, body, failure, late = 0 } = faults[name]?.expected ?? { status: 0 };
    const lateBefore = edge.lateErrors.length;
    const path = `/f/${index}`;
    const good = Array.from({ length: 5 }, () => answerOf('/good'));
    const answer = await answerOf(path);
    expect((await Promise.all(good)).map((one) => one.body)).toEqual(Array(5).fill('good'));
    expect(answer.status).toBe(status);
    if (body !== undefined) expect(answer.body).toBe(body);
    await expect.poll(() => outcomeOf(path)).toBeDefined();
    expect(outcomeOf(path)?.failure?.code).toBe(failure);
    await expect.poll(() => edge.lateErrors.length - lateBefore).toBe(late);
    expect((await answerOf('/good')).body).toBe('good');
    expect(escaped).toEqual([]);
  });

  test('and each has one outcome', () => {
    const paths = edge.outcomes.map(({ path }) => path).filter((path) => path !== '/good');
    expect(paths.toSorted()).toEqual(
      Object.keys(faults)
        .map((_, index) => `/f/${index}`)
        .toSorted(),
    );
  });
});
