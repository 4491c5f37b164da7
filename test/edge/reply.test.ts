// Taking a response away from a handler.
import type { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { breakOff, seal, sendChunk, sendEnd, sendHead } from '../../src/edge/reply.ts';
import { type Answer, ask, serve } from './http.ts';

/** What a visitor gets when `answer` writes the response. */
async function answerOf(answer: (res: ServerResponse) => void): Promise<Answer> {
  const server = await serve((_req, res) => answer(res));
  try {
    return await ask(server.port);
  } finally {
    await server.close();
  }
}

test('sendHead keeps order, case and repetition', async () => {
  const fields = ['b', '1', 'A', '2', 'Set-Cookie', 'x', 'set-cookie', 'y', 'b', '1'];
  const answer = await answerOf((res) => {
    sendHead(res, 299, 'Mine', fields);
    sendChunk(res, Buffer.from('one '));
    sendEnd(res, Buffer.from('two'));
  });
  expect([answer.status, answer.body, answer.rawHeaders.slice(0, 10)]).toEqual([299, 'one two', fields]);
});

describe('sendHead keeps the bytes of a file’s name', () => {
  const names = { 'UTF-8 beyond Latin-1': '\xd0\x96', 'UTF-8': '\xc3\x9cbung', 'Latin-1': '\xdcbung' };
  const lengths = ['Content-Length', '2'];

  test.each(Object.entries(names))(
    'in %s, whether a length stands before it or after it',
    async (_, name) => {
      const disposition = ['content-Disposition', `attachment; filename="${name}.pdf"`];
      const orders = [
        [...lengths, ...disposition, ...disposition],
        [...disposition, ...lengths],
        disposition,
        ['Content-Length', '0', ...disposition],
      ];
      for (const fields of orders) {
        const answer = await answerOf((res) => {
          sendHead(res, 200, undefined, fields);
          sendEnd(res, fields.includes('0') ? undefined : Buffer.from('ok'));
        });
        expect(answer.rawHeaders.slice(0, fields.length)).toEqual(fields);
      }
    },
  );

  test('and no more than Node does where it is none that can be sent', async () => {
    const answer = await answerOf((res) => {
      const fields = [...lengths, 'Content-Disposition', 'attachment; filename="a\xdc\r\nX: y"'];
      expect(() => sendHead(res, 200, undefined, fields)).toThrow('Invalid character');
      res.end();
    });
    expect(answer.headers.x).toBeUndefined();
  });
});

test('breakOff leaves no answer that looks whole', async () => {
  const broken = answerOf((res) => {
    sendHead(res, 200, undefined, []);
    sendChunk(res, Buffer.from('one'));
    setImmediate(() => breakOff(res));
  });
  await expect(broken).rejects.toMatchObject({ code: 'ECONNRESET' });
});

describe('seal', () => {
  test('forgets what was set, and the edge answers all the same', async () => {
    const answer = await answerOf((res) => {
      res.setHeader('Set-Cookie', ['a=1', 'b=2']).setHeader('X-Old', '1');
      res.statusCode = 418;
      seal(res);
      sendHead(res, 200, undefined, ['X-New', '1']);
      sendEnd(res, Buffer.from('edge'));
    });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-new': '1' }, body: 'edge' });
    expect([answer.headers['x-old'], answer.headers['set-cookie']]).toEqual([undefined, undefined]);
  });

  const writes: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
    setHeader: (res) => res.setHeader('X-Late', '1'),
    appendHeader: (res) => res.appendHeader('X-Late', '1'),
    setHeaders: (res) => res.setHeaders(new Headers({ 'X-Late': '1' })),
    removeHeader: (res) => res.removeHeader('X-New'),
    flushHeaders: (res) => res.flushHeaders(),
    writeHead: (res) => res.writeHead(500, { 'X-Late': '1' }),
    writeContinue: (res) => res.writeContinue(),
    writeProcessing: (res) => res.writeProcessing(),
    writeEarlyHints: (res) => res.writeEarlyHints({ link: '</late.css>' }),
    write: (res) => res.write('late'),
    end: (res) => res.end('late'),
    destroy: (res) => res.destroy(),
  };

  test.each(Object.keys(writes))('makes %s go nowhere, before the answer and within it', async (name) => {
    const answer = await answerOf((res) => {
      seal(res);
      writes[name]?.(res);
      sendHead(res, 200, undefined, ['X-New', '1']);
      writes[name]?.(res);
      sendChunk(res, Buffer.from('one '));
      writes[name]?.(res);
      sendEnd(res, Buffer.from('two'));
      writes[name]?.(res);
    });
    expect(answer).toMatchObject({ status: 200, headers: { 'x-new': '1' }, body: 'one two' });
    expect(answer.headers['x-late']).toBeUndefined();
  });

  test('lets a pipeline that fails into the response settle', async () => {
    let settled: unknown;
    const answer = await answerOf((res) => {
      res.on('error', () => {});
      seal(res);
      pipeline(new PassThrough().destroy(new Error('late')), res).catch((error: Error) => {
        settled = error.message;
        sendHead(res, 200, undefined, []);
        sendEnd(res, Buffer.from('edge'));
      });
    });
    expect([answer.body, settled]).toEqual(['edge', 'late']);
  });

  test('may be done twice: a page takes the place of a fallback', async () => {
    const answer = await answerOf((res) => {
      seal(res);
      seal(res);
      sendHead(res, 502, undefined, []);
      sendEnd(res);
    });
    expect(answer.status).toBe(502);
  });
});
