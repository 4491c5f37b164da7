// Taking a response away from a handler.
import { ServerResponse } from 'node:http';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, test } from 'vitest';
import { keepAlive } from '../../src/edge/fresh-response.ts';
import { breakOff, seal, sendChunk, sendEnd, sendHead } from '../../src/edge/reply.ts';
import { type Answer, ask, serve } from './http.ts';
import { serverEnded, visit } from './raw-visitor.ts';

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
    cork: (res) => res.cork(),
    setTimeout: (res) => res.setTimeout(1),
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

  /** What handlers do before they fail; each ends without a head, and many with an error. */
  const deeds: Readonly<Record<string, (res: ServerResponse) => unknown>> = {
    'a chunked head that fails half way': (res) =>
      res.writeHead(200, { 'Transfer-Encoding': 'chunked', 'X-Name': 'Ж' }),
    'a head with a length that fails half way': (res) =>
      res.writeHead(200, { 'Content-Length': '3', 'X-Name': 'Ж' }),
    'a head that closes and fails half way': (res) =>
      res.writeHead(200, { Connection: 'close', 'X-Name': 'Ж' }),
    'a head with Keep-Alive that fails half way': (res) =>
      res.writeHead(200, { 'Keep-Alive': 'timeout=1', 'X-Name': 'Ж' }),
    'a head without a body that fails half way': (res) => res.writeHead(204, { 'X-Name': 'Ж' }),
    'a chunked head without a body': (res) =>
      res.writeHead(304, { 'Transfer-Encoding': 'chunked', Trailer: 'X-Sum' }),
    'a list of fields that fails half way': (res) =>
      res.writeHead(200, ['Transfer-Encoding', 'chunked', 'X-Name', 'Ж']),
    'a reason that cannot be sent': (res) => {
      res.statusMessage = 'a\r\nb';
      res.end('late');
    },
    'an end whose head fails': (res) =>
      res.setHeader('Trailer', 'X-Sum').setHeader('Content-Length', 4).end('late'),
    'a write whose head fails': (res) =>
      res.setHeader('Trailer', 'X-Sum').setHeader('Content-Length', 4).write('late'),
    'trailers that were added': (res) => res.addTrailers({ 'X-Sum': 'late' }),
    'fields that were removed': (res) => {
      for (const name of ['Transfer-Encoding', 'Content-Length', 'Connection', 'Date'])
        res.removeHeader(name);
    },
    'properties that were set': (res) =>
      Object.assign(res, {
        sendDate: false,
        strictContentLength: true,
        statusCode: 204,
        statusMessage: 'None',
      }),
    'a connection that was not to stay': (res) => Object.assign(res, { shouldKeepAlive: false }),
    'a cork': (res) => res.cork(),
    'listening that was wrapped': (res) => Object.assign(res, { on: () => res, once: () => res }),
    'ends that were wrapped': (res) => Object.assign(res, { _implicitHeader() {}, _send: () => true }),
  };
  const whole = Buffer.alloc(600_000, 'x');

  /** The bytes of three answers on one connection, the first two in pieces as their visitor takes them. */
  async function bytesAfter(deed: (res: ServerResponse) => unknown): Promise<string> {
    const length = String(whole.length + 'end'.length);
    const server = await serve((req, res) => {
      if (req.url === '/last') return void res.end('last');
      keepAlive(res, true);
      try {
        deed(res);
      } catch {}
      seal(res);
      sendHead(res, 200, undefined, req.url === '/told' ? ['Content-Length', length] : []);
      if (sendChunk(res, whole)) throw new Error('a body larger than what is buffered was asked for');
      res.once('drain', () => sendEnd(res, Buffer.from('end')));
    });
    const get = (path: string, more = '') => `GET ${path} HTTP/1.1\r\nHost: a\r\n${more}\r\n`;
    try {
      const visitor = visit(server.port, get('/told'));
      await visitor.until(/end$/);
      visitor.send(get('/'));
      await visitor.until(/end\r\n0\r\n\r\n$/);
      visitor.send(get('/last', 'Connection: close\r\n'));
      await serverEnded(visitor);
      visitor.socket.end();
      const bytes = visitor.text();
      return bytes.replace(/^Date: .*$/gm, 'Date: now').replaceAll(/x{9,}/g, 'x...');
    } finally {
      await server.close();
    }
  }

  test.each(Object.keys(deeds))('leaves no trace of %s in the answer that follows', async (name) => {
    expect(await bytesAfter(deeds[name] ?? (() => {}))).toBe(await bytesAfter(() => {}));
  });

  test('leaves nothing that Node keeps of an answer other than it was', async () => {
    /** Of the connection, or given by it. */
    const others = /^(_events.*|_maxListeners|socket|_onPendingData|req|_keepAliveTimeout|kHighWaterMark)$/;
    const nameOf = (key: string | symbol) => (typeof key === 'string' ? key : (key.description ?? ''));
    const found: unknown[] = [];
    await answerOf((res) => {
      const fresh = new ServerResponse(res.req);
      for (const [name, deed] of Object.entries(deeds)) {
        keepAlive(res, true);
        try {
          deed(res);
        } catch {}
        seal(res);
        for (const key of Reflect.ownKeys(fresh)) {
          const [was, is] = [Reflect.get(fresh, key), Reflect.get(res, key)];
          if (!others.test(nameOf(key)) && JSON.stringify(was) !== JSON.stringify(is))
            found.push([name, nameOf(key), was, is]);
        }
      }
      sendHead(res, 200, undefined, []);
      sendEnd(res);
    });
    expect(found).toEqual([]);
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
