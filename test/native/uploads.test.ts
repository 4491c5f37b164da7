// Multipart forms: what a handler is given, what is refused, and that no file outlives its request.
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defineHandler, type HandlerFunction } from '../../src/native/define-handler.ts';
import type { HandlerOptions } from '../../src/native/options.ts';
import { startEdge, type TestEdge } from '../edge/edge-in-one-process.ts';
import { type Asked, ask, open, readAnswer, signal } from '../edge/http.ts';

const edges: TestEdge[] = [];
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'banyan-test-uploads-'));
});

afterEach(async () => {
  for (const edge of edges.splice(0)) await edge.close();
  rmSync(folder, { recursive: true });
});

async function start(handler: HandlerFunction, options: HandlerOptions = {}, more = ''): Promise<TestEdge> {
  const edge = await startEdge({
    routes: `{ unmatched: 404, routes: { form: { match: ANY /form, handler: form, stage: new${more} } } }`,
    handlers: { form: defineHandler(options, handler) },
    uploadsIn: folder,
  });
  edges.push(edge);
  return edge;
}

/** All files that lie in the upload folder. */
function filesLeft(): string[] {
  return readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)));
}

const part = (fields: string, body: string, more = '') =>
  `--B\r\nContent-Disposition: form-data; ${fields}${more}\r\n\r\n${body}\r\n`;
const file = (name: string, fileName: string, body: string, type = 'text/plain') =>
  part(`name="${name}"; filename="${fileName}"`, body, `\r\nContent-Type: ${type}`);

function form(...parts: string[]): Asked {
  const body = `${parts.join('')}--B--\r\n`;
  return { ...multipart(body), headers: [...TYPE, 'Content-Length', String(Buffer.byteLength(body))] };
}

const TYPE = ['Content-Type', 'multipart/form-data; boundary=B'];
const multipart = (body: string): Asked => ({ method: 'POST', path: '/form', body });

/** What `pick` makes of the context, through JSON. */
async function given(pick: HandlerFunction, asked: Asked, options: HandlerOptions = {}) {
  const edge = await start(pick, options);
  const { body } = await ask(edge.port, asked);
  return JSON.parse(Buffer.from(body, 'latin1').toString('utf8'));
}

describe('a multipart form', () => {
  test("has its fields as PHP's $_POST has them", async () => {
    const fields = [
      part('name="a"', '1'),
      part('name="a"', '2'),
      part('name="l[]"', 'x'),
      part('name="l[]"', 'y'),
      part('name="d.e f[g.h]"', 'é'),
      part('name="empty"', ''),
    ];
    expect(await given(({ form, body }) => ({ form, kind: body.kind }), form(...fields))).toEqual({
      form: { a: '2', l: ['x', 'y'], d_e_f: { 'g.h': 'é' }, empty: '' },
      kind: 'form',
    });
  });

  test('has its files where their content lies, readable by nobody else', async () => {
    const seen = await given(
      ({ files, form }) => {
        const upload = files.one('cover');
        if (!upload?.ok) return { upload };
        const mode = statSync(upload.path).mode & 0o777;
        const { name, type, size } = upload;
        return { name, type, size, mode, content: readFileSync(upload.path, 'latin1'), form };
      },
      form(part('name="title"', 'T'), file('cover', 'über.txt', 'a\r\n--b\r\n', 'text/plain; charset=x')),
    );
    expect(seen).toEqual({
      ...{ name: 'über.txt', type: 'text/plain', size: 8, mode: 0o600 },
      content: 'a\r\n--b\r\n',
      form: { title: 'T' },
    });
  });

  test("names its files as PHP's $_FILES does", async () => {
    const names = await given(
      ({ files }) => ({
        list: files.list('docs').map(({ name }) => name),
        keyed: files.one('k.a')?.name,
        mangled: files.one('d_e')?.name,
        last: files.one('twice')?.name,
        oneOfList: files.one('docs') ?? null,
        none: [files.one('none') ?? null, files.list('none')],
      }),
      form(
        file('docs[]', '1', ''),
        file('docs[]', '2', ''),
        file('k[a]', '3', ''),
        file('d.e', '4', ''),
        file('twice', '5', ''),
        file('twice', '6', ''),
        file('bad[', '7', ''),
      ),
    );
    expect(names).toEqual({
      ...{ list: ['1', '2'], keyed: '3', mangled: '4', last: '6', oneOfList: null },
      none: [null, []],
    });
  });

  test.each([
    ['../../etc/passwd', 'passwd'],
    ['C:\\temp\\x.txt', 'x.txt'],
    ['..', '..'],
  ])('never makes a path of the file name %j', async (fileName, name) => {
    const seen = await given(
      ({ files }) => {
        const upload = files.one('f');
        return upload?.ok ? [upload.name, upload.path.startsWith(`${folder}/banyan-uploads-`)] : [];
      },
      form(file('f', fileName, 'x')),
    );
    expect(seen).toEqual([name, true]);
  });

  test('says so where no file was chosen', async () => {
    const upload = await given(
      ({ files }) => ({ ...files.one('f') }),
      form(file('f', '', '', 'application/octet-stream')),
    );
    expect(upload).toEqual({ ok: false, name: '', type: 'application/octet-stream', reason: 'not-chosen' });
  });

  test.each<[string, string[], HandlerOptions]>([
    ['fileSize', [], { uploads: { fileSize: 4 } }],
    ["the form's MAX_FILE_SIZE", [part('name="MAX_FILE_SIZE"', '4')], {}],
  ])('says so where a file is larger than %s, and has the others', async (_, before, options) => {
    const parts = [...before, file('f', 'large', '12345'), file('g', 'small', '1234')];
    const seen = await given(
      ({ files }) => [files.one('f') ?? null, files.one('g')?.ok ?? null, filesLeft().length],
      form(...parts),
      options,
    );
    expect(seen).toEqual([{ ok: false, name: 'large', type: 'text/plain', reason: 'too-large' }, true, 1]);
  });

  test('keeps 1000 fields, as PHP does', async () => {
    const fields = Array.from({ length: 1010 }, (_, index) => part(`name="f${index}"`, '1'));
    expect(await given(({ form }) => [Object.keys(form).length], form(...fields))).toEqual([1000]);
  });

  test('in small pieces is the same', async () => {
    const edge = await start(({ form, files }) => ({ form, files: files.list('f').map(({ ok }) => ok) }));
    const asked = form(part('name="a"', '1'), file('f', 'x', '\r\n-\r\n--A'.repeat(50)));
    const req = open(edge.port, asked);
    for (const byte of asked.body ?? '') req.write(byte);
    req.end();
    const [res] = await once(req, 'response');
    expect(String((await once(res, 'data'))[0])).toBe('{"form":{"a":"1"},"files":[true]}');
  });

  test('of several megabytes reaches its file whole', async () => {
    const size = await given(
      ({ files }) => [files.list('f').map((upload) => (upload.ok ? statSync(upload.path).size : 0))],
      form(file('f', 'x', 'x'.repeat(5_000_000))),
      { uploads: { fileSize: 5_000_000 } },
    );
    expect(size).toEqual([[5_000_000]]);
  });
});

describe('a multipart body is refused', () => {
  const cases: Readonly<Record<string, readonly [Asked, HandlerOptions, number]>> = {
    'larger than total': [form(file('f', 'x', '12345')), { uploads: { total: 20 } }, 413],
    'larger than total, in chunks': [
      {
        ...multipart(`${file('f', 'x', 'x'.repeat(1e5))}--B--`),
        headers: [...TYPE, 'Transfer-Encoding', 'chunked'],
      },
      { uploads: { total: 1000 } },
      413,
    ],
    'larger than total behind its last part': [
      form(part('name="a"', '1'), `--B--\r\n${'x'.repeat(1000)}`),
      { uploads: { total: 500 } },
      413,
    ],
    'with more files than allowed': [
      form(file('a', '1', ''), file('b', '2', '')),
      { uploads: { files: 1 } },
      413,
    ],
    'with more parts than PHP takes': [
      form(...Array.from({ length: 1021 }, () => part('name="f"', '1'))),
      {},
      413,
    ],
    'that ends too early': [
      {
        ...multipart('--B\r\nContent-Disposition: form-data; name="a"; filename="x"\r\n\r\nab'),
        headers: TYPE,
      },
      {},
      400,
    ],
    'that is none': [{ ...multipart('nothing'), headers: TYPE }, {}, 400],
    'without a boundary': [
      { ...multipart('x'), headers: ['Content-Type', 'multipart/form-data', 'Content-Length', '1'] },
      {},
      400,
    ],
    'that is compressed': [
      { ...form(part('name="a"', '1')), headers: [...TYPE, 'Content-Encoding', 'gzip'] },
      {},
      415,
    ],
  };

  test.each(Object.keys(cases))('%s', async (name) => {
    const [asked, options, status] = cases[name] ?? [{}, {}, 0];
    const edge = await start(() => 'never', options);
    expect((await ask(edge.port, asked)).status).toBe(status);
    const code = { 413: 'body-too-large', 400: 'body-malformed', 415: 'body-unsupported' }[status];
    expect(await edge.outcome()).toMatchObject({ status, failure: { part: 'request', code } });
    expect(filesLeft()).toEqual([]);
  });

  test.each([
    ['larger than total', 'the body is larger than 20B, which uploads.total of its handler raises'],
    [
      'larger than total, in chunks',
      'the body is larger than 1000B, which uploads.total of its handler raises',
    ],
    [
      'with more files than allowed',
      'the form has more than 1 files, which uploads.files of its handler raises',
    ],
    [
      'with more parts than PHP takes',
      'the form has more than 1000 parts besides files; nothing raises that',
    ],
  ])('%s, and it is said what raises the limit', async (name, message) => {
    const [asked, options] = cases[name] ?? [{}, {}];
    const edge = await start(() => 'never', options);
    await ask(edge.port, asked);
    expect((await edge.outcome()).failure?.message).toBe(message);
  });

  test("larger than the route's body limit", async () => {
    const edge = await start(() => 'never', {}, ', limits: { body: 1KiB }');
    expect((await ask(edge.port, form(file('f', 'x', 'x'.repeat(1024))))).status).toBe(413);
    expect((await edge.outcome()).failure?.message).toBe(
      'the body is larger than 1KiB, which limits.body in routes.yaml raises',
    );
  });
});

describe('uploaded files are gone', () => {
  const upload = form(file('f', 'x', 'content'));

  test('when the answer has left', async () => {
    const edge = await start(() => ({ left: filesLeft().length }));
    expect((await ask(edge.port, upload)).body).toBe('{"left":1}');
    await edge.outcome();
    expect(filesLeft()).toEqual([]);
  });

  test('but for those that the handler has moved', async () => {
    const edge = await start(({ files }) => {
      const moved = files.one('f');
      if (moved?.ok) renameSync(moved.path, join(moved.path, '../kept'));
      return 'kept';
    });
    expect((await ask(edge.port, upload)).status).toBe(200);
    await edge.outcome();
    expect(filesLeft()).toEqual(['kept']);
  });

  test('when the handler has thrown', async () => {
    const edge = await start(() => Promise.reject(new Error('broken')));
    expect((await ask(edge.port, upload)).status).toBe(500);
    await edge.outcome();
    expect(filesLeft()).toEqual([]);
  });

  test('when the deadline has passed', async () => {
    const edge = await start(() => new Promise<string>(() => {}), { timeout: '50ms' });
    expect((await ask(edge.port, upload)).status).toBe(504);
    await edge.outcome();
    expect(filesLeft()).toEqual([]);
  });

  test('when the visitor has left while the handler works', async () => {
    const started = signal();
    const edge = await start(() => {
      started.resolve();
      return new Promise<string>(() => {});
    });
    const req = open(edge.port, upload).on('error', () => {});
    req.end(upload.body);
    await started.promise;
    req.destroy();
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
    expect(filesLeft()).toEqual([]);
  });

  test('when the visitor has left in the middle of one', async () => {
    const edge = await start(() => 'never');
    const socket = connect(edge.port, '127.0.0.1');
    const head = `POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n${TYPE.join(': ')}\r\n\r\n`;
    socket.write(head + file('f', 'x', 'x'.repeat(50_000)).slice(0, -2));
    await expect.poll(filesLeft).toHaveLength(1);
    socket.destroy();
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone', status: 0 });
    expect(filesLeft()).toEqual([]);
  });

  test('when the time of the route has passed in the middle of one', async () => {
    const edge = await start(() => 'never', {}, ', timeouts: { total: 300ms }');
    const req = open(edge.port, { ...upload, headers: [...TYPE, 'Content-Length', '100000'] });
    req.on('error', () => {}).write(file('f', 'x', 'x'.repeat(50_000)));
    const [res] = await once(req, 'response');
    expect(res.statusCode).toBe(504);
    req.destroy();
    expect(await edge.outcome()).toMatchObject({ status: 504, failure: { code: 'deadline' } });
    expect(filesLeft()).toEqual([]);
  });

  test('when they cannot be written, which is a failure of ours', async () => {
    const edge = await startEdge({
      routes: '{ unmatched: 404, routes: { form: { match: ANY /form, handler: form, stage: new } } }',
      handlers: { form: defineHandler(() => 'never') },
      uploadsIn: join(folder, 'not-there'),
    });
    edges.push(edge);
    expect((await ask(edge.port, upload)).status).toBe(500);
    expect(await edge.outcome()).toMatchObject({ failure: { part: 'handler', code: 'uploads' } });
  });

  test('with their folder when the edge closes', async () => {
    const edge = await start(() => 'x');
    await ask(edge.port, upload);
    await edge.close();
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('files of any size, in pieces of any size, come whole and in order', async () => {
  const edge = await start(({ files }) =>
    files.list('f').map((one) => (one.ok ? statSync(one.path).size : -1)),
  );
  const sizes = fc.array(fc.oneof(fc.nat(200), fc.nat(200_000), fc.constant(65_536)), {
    minLength: 1,
    maxLength: 6,
  });
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 500, max: 100_000 }), async (all, piece) => {
      const asked = form(...all.map((size) => file('f[]', 'x', 'x'.repeat(size))));
      const req = open(edge.port, asked);
      const bytes = Buffer.from(asked.body ?? '');
      for (let at = 0; at < bytes.length; at += piece) req.write(bytes.subarray(at, at + piece));
      req.end();
      const [res] = await once(req, 'response');
      expect((await readAnswer(res)).body).toBe(JSON.stringify(all));
    }),
    { numRuns: 60 },
  );
});

test('whatever a body looks like, the request ends and leaves no file', async () => {
  const edge = await start(({ form, files }) => ({ form, files: files.list('f').length }));
  const pieces = fc.constantFrom(
    ...['--B', '--B--', '\r\n', '\r', '\n', '--', '-', 'B', ':', ';', '"', '\\', '\0', 'x', 'é'],
    ...['Content-Disposition: form-data; name="f"', '; filename="x"', 'Content-Type: a/b', '\r\n\r\n'],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(pieces, { maxLength: 60 }), async (body) => {
      const answer = await ask(edge.port, { ...multipart(`--B\r\n${body.join('')}`), headers: TYPE });
      expect([200, 400]).toContain(answer.status);
      await edge.outcome();
      expect(filesLeft()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});
