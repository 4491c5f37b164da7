// Compression of handlers' answers: what is, what is not, and that it comes out as it went in.
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler } from '../../src/native/define-handler.ts';
import type { ExpressHandler } from '../../src/native/express.ts';
import { startEdge, type TestEdge } from '../edge/edge-in-one-process.ts';
import { type Answer, type Asked, ask, open, serve, signal } from '../edge/http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function start(handler: unknown, compression = 'gzip', more = ''): Promise<TestEdge> {
  const legacy = await serve((_req, res) => void res.end(LONG.repeat(1000)));
  const edge = await startEdge({
    routes: `{ compression: ${compression}, routes: { page: { match: ANY /page, handler: page, stage: new${more} } } }`,
    handlers: { page: handler },
    legacyUrl: legacy.origin,
  });
  closers.push(edge.close, legacy.close);
  return edge;
}

const page = (asked: Asked = {}): Asked => ({
  path: '/page',
  headers: ['Accept-Encoding', 'gzip'],
  ...asked,
});
const LONG = '<p>Fig, fig, fig.</p>\n'.repeat(100);

/** The answer to a request that accepts gzip, its body as text. */
async function answerOf(handler: unknown, asked: Asked = {}) {
  const edge = await start(handler);
  return readable(await ask(edge.port, page(asked)));
}

function readable({ status, headers, body }: Answer) {
  const bytes = Buffer.from(body, 'latin1');
  const encoding = headers['content-encoding'];
  return { status, headers, encoding, text: (encoding === 'gzip' ? gunzipSync(bytes) : bytes).toString() };
}

const express = (run: ExpressHandler): unknown => run;

describe('is compressed', () => {
  const handlers: Readonly<Record<string, unknown>> = {
    'a returned string': defineHandler(() => LONG),
    'returned JSON': defineHandler(() => [LONG]),
    'res.send': express((_req, res) => res.send(LONG)),
    'res.json': express((_req, res) => res.json([LONG])),
    'res.end after writeHead': express((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/css', 'Content-Length': String(LONG.length) }).end(LONG);
    }),
    'res.end after writeHead with a reason and a list': express((_req, res) => {
      res
        .writeHead(200, 'Fine', ['Content-Type', 'text/plain', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'])
        .end(LONG);
    }),
    pieces: express((_req, res) => {
      res.type('html').write(LONG.slice(0, 10));
      res.write(Buffer.from(LONG.slice(10, 500)), () => res.end(LONG.slice(500)));
    }),
    'a small first piece': express((_req, res) => {
      res.type('application/ld+json').write('{');
      res.end('}');
    }),
    'a stream that is piped': express((_req, res) => void Readable.from([LONG]).pipe(res.type('svg'))),
    'an error page of its own': express((_req, res) => res.status(404).send(LONG)),
  };

  test.each(Object.keys(handlers))('%s', async (name) => {
    const { headers, encoding, text } = await answerOf(handlers[name]);
    expect([encoding, headers.vary, headers['content-length']]).toEqual([
      'gzip',
      'Accept-Encoding',
      undefined,
    ]);
    const piped = name === 'a small first piece' ? '{}' : LONG;
    expect(text).toBe(name.includes('JSON') || name === 'res.json' ? JSON.stringify([LONG]) : piped);
    expect(headers['set-cookie']).toEqual(name.includes('list') ? ['a=1', 'b=2'] : undefined);
  });

  test('several megabytes, at the pace of whoever reads', async () => {
    const pieces = Array.from({ length: 200 }, (_, index) => `${index}:${'x'.repeat(50_000)}\n`);
    const { text } = await answerOf(
      defineHandler(async ({ res }) => {
        await pipeline(Readable.from(pieces), res.type('txt'));
        return res;
      }),
    );
    expect(text).toBe(pieces.join(''));
  });

  test('a file, whose tag becomes a weak one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'banyan-compressed-'));
    writeFileSync(join(folder, 'page.html'), LONG);
    const run = express((_req, res) => res.set('ETag', '"1"').sendFile(join(folder, 'page.html')));
    const { headers, text } = await answerOf(run);
    rmSync(folder, { recursive: true });
    expect([headers.etag, headers['accept-ranges'], text]).toEqual(['W/"1"', undefined, LONG]);
  });

  test('what is flushed is not kept back', async () => {
    const [read, next] = [signal(), signal()];
    const edge = await start(
      express(async (_req, res) => {
        res.type('html').write(LONG);
        (res as unknown as { flush(): void }).flush();
        await next.promise;
        res.end('end');
        read.resolve();
      }),
    );
    const req = open(edge.port, page());
    req.end();
    const [res] = (await once(req, 'response')) as [IncomingMessage];
    const text = res.pipe(createGunzip());
    expect(String((await once(text, 'data'))[0])).toBe(LONG);
    next.resolve();
    await read.promise;
    expect(String((await once(text, 'data'))[0])).toBe('end');
  });
});

describe('is not compressed', () => {
  const long = (fields: Record<string, string>, status = 200): unknown =>
    express((_req, res) => void res.status(status).set(fields).send(LONG));
  const cases: Readonly<Record<string, readonly [handler: unknown, asked: Asked, vary: string | undefined]>> =
    {
      'without Accept-Encoding': [defineHandler(() => LONG), { headers: [] }, 'Accept-Encoding'],
      'where gzip is refused': [
        defineHandler(() => LONG),
        { headers: ['Accept-Encoding', 'br, gzip;q=0, *;q=0.5'] },
        'Accept-Encoding',
      ],
      'where the answer as it is is preferred': [
        defineHandler(() => LONG),
        { headers: ['Accept-Encoding', 'identity, gzip;q=0.5'] },
        'Accept-Encoding',
      ],
      'below 1 KiB': [defineHandler(() => 'x'.repeat(1023)), {}, 'Accept-Encoding'],
      'for HEAD': [defineHandler(() => LONG), { method: 'HEAD' }, 'Accept-Encoding'],
      'what varies already': [
        long({ Vary: 'Cookie, Accept-Encoding' }),
        { headers: [] },
        'Cookie, Accept-Encoding',
      ],
      'what is compressed already': [long({ 'Content-Encoding': 'br' }), {}, undefined],
      'what must not be transformed': [long({ 'Cache-Control': 'public, no-transform' }), {}, undefined],
      'an image': [long({ 'Content-Type': 'image/png' }), {}, undefined],
      'what has no type': [express((_req, res) => void res.end(LONG)), {}, undefined],
      'a part': [long({ 'Content-Range': 'bytes 0-9/10' }, 206), {}, undefined],
      'no content': [express((_req, res) => void res.status(204).type('html').end()), {}, undefined],
      'an event stream': [
        express((_req, res) => void res.type('text/event-stream').end(`data: ${LONG}\n\n`)),
        {},
        undefined,
      ],
    };

  test.each(Object.keys(cases))('%s', async (name) => {
    const [handler, asked, vary] = cases[name] ?? [undefined, {}, undefined];
    const { headers, encoding } = await answerOf(handler, asked);
    expect(encoding).toBe(name === 'what is compressed already' ? 'br' : undefined);
    expect(headers.vary).toBe(vary);
  });

  test('anything where the table does not say so', async () => {
    const edge = await start(
      defineHandler(() => LONG),
      'none',
    );
    const { headers, text } = readable(await ask(edge.port, page()));
    expect([headers['content-encoding'], headers.vary, text]).toEqual([undefined, undefined, LONG]);
  });

  test('what legacy answers in the place of a handler', async () => {
    const edge = await start(
      defineHandler(({ res }) => {
        res.type('html');
        throw new Error('broken');
      }),
    );
    const { encoding, text } = readable(await ask(edge.port, page()));
    expect([encoding, text]).toEqual([undefined, LONG.repeat(1000)]);
  });
});

describe('a handler that fails', () => {
  test('within its compressed answer has it broken off', async () => {
    const edge = await start(
      defineHandler(({ res }) => {
        res.type('html').write(LONG);
        throw new Error('broken');
      }),
    );
    await expect(ask(edge.port, page())).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(await edge.outcome()).toMatchObject({ ending: 'broken-off', failure: { code: 'threw' } });
  });

  test('after its compressed answer keeps it', async () => {
    const edge = await start(
      express((_req, res) => {
        res.send(LONG);
        res.write('more');
        res.end('more');
        res.send('second');
      }),
    );
    expect(readable(await ask(edge.port, page())).text).toBe(LONG);
    expect(await edge.outcome()).toMatchObject({ status: 200, ending: 'answered' });
  });

  test('because a field cannot be sent is 500, as without compression', async () => {
    const edge = await start(
      express((_req, res) => void res.writeHead(200, { 'X-A': 'a\nb' }).end()),
      'gzip',
      ', fallback: none',
    );
    expect((await ask(edge.port, page())).status).toBe(500);
  });
});
