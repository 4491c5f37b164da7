// Answers given before a request has been read: the visitor must be able to read them, and what he still
// sends must not be taken for another request.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { LINGER_BYTES, SMALL_BODY_BYTES } from '../../../src/edge/limits.ts';
import { createEdgeServer } from '../../../src/edge/visitor/server.ts';
import type { ServerParts } from '../../../src/edge/visitor/visitors.ts';
import { createExpressClasses } from '../../../src/native/express.ts';
import { serverClosed, serverEnded, visit } from '../raw-visitor.ts';

const open: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function start(
  serve: (req: IncomingMessage, res: ServerResponse) => void,
  more: Partial<ServerParts> = {},
) {
  const server = createEdgeServer({ classes: createExpressClasses(() => false), serve, ...more });
  open.push(() => server.drain(0));
  return (await server.listen({ host: '127.0.0.1', port: 0 })) ?? 0;
}

const post = (length: number) => `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n`;
const refuse = (_req: IncomingMessage, res: ServerResponse) => {
  res.statusCode = 403;
  res.end('no');
};

describe('an answer before the body has come', () => {
  test('says that the connection closes, and ends the server’s side only', async () => {
    const visitor = visit(await start(refuse), post(1_000_000));
    expect(await visitor.until(/no$/)).toMatch(/^HTTP\/1\.1 403 .*\r\nconnection: close\r\n/is);
    await serverEnded(visitor);
    visitor.send('x'.repeat(500_000));
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
  });

  test('is the only one where a small body then ends too early', async () => {
    const visitor = visit(await start(refuse), `${post(50)}abc`);
    await visitor.until(/no$/);
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
    expect(visitor.text().match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403']);
  });

  test('can be read by a visitor who sends everything before he reads', async () => {
    const port = await start(refuse);
    for (let round = 0; round < 20; round += 1) {
      const visitor = visit(port);
      visitor.socket.pause();
      visitor.send(post(900_000) + 'x'.repeat(900_000));
      await new Promise<void>((resolve) => visitor.socket.write('', () => resolve()));
      visitor.socket.resume();
      await visitor.until(/^HTTP\/1\.1 403 .*no$/s);
      visitor.socket.end();
      expect(await visitor.ended).toBe('closed');
    }
  });

  test('reads on where a full buffer had stopped the reading', async () => {
    let answer = () => {};
    const arrived = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const port = await start((req, res) => {
      // Something is read, so that Node leaves the rest to whoever reads.
      req.once('readable', () => {
        req.read(1);
        setTimeout(() => {
          refuse(req, res);
          answer();
        }, 50);
      });
    });
    const visitor = visit(port, post(900_000) + 'x'.repeat(900_000));
    await arrived;
    await visitor.until(/no$/);
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
  });

  test('reads no more than a little', async () => {
    const visitor = visit(await start(refuse), post(1e9));
    await serverEnded(visitor);
    const piece = 'x'.repeat(64 * 1024);
    let sent = 0;
    const push = () => {
      while (!visitor.socket.destroyed && sent < 100 * LINGER_BYTES) {
        sent += piece.length;
        if (!visitor.socket.write(piece)) return void visitor.socket.once('drain', push);
      }
    };
    push();
    expect(await visitor.ended).toBe('reset');
    expect(sent).toBeLessThan(50 * LINGER_BYTES);
  });

  test('closes on a visitor who falls silent', async () => {
    const visitor = visit(await start(refuse, { times: { lingerIdle: 100 } }), post(1_000_000));
    await serverClosed(visitor);
  });

  test('closes on a visitor who goes on and on', async () => {
    const visitor = visit(await start(refuse, { times: { lingerTotal: 300 } }), post(1_000_000));
    await serverClosed(visitor, 20);
  });

  test('keeps the connection where the body is small and arrives anyway', async () => {
    const visitor = visit(await start(refuse), post(SMALL_BODY_BYTES));
    await visitor.until(/no$/);
    visitor.send('x'.repeat(SMALL_BODY_BYTES));
    visitor.send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    expect((await visitor.until(/no.*no$/s)).match(/HTTP\/1\.1 403/g)).toHaveLength(2);
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
  });

  test('keeps no connection for a small body that does not arrive', async () => {
    const visitor = visit(await start(refuse, { times: { check: 50, lingerIdle: 100 } }), post(1_000));
    await visitor.until(/no$/);
    await serverClosed(visitor);
  });
});

test('an answer after a large body keeps the connection', async () => {
  const visitor = visit(
    await start((req, res) => void req.resume().on('end', () => res.end('yes'))),
    post(200_000) + 'x'.repeat(200_000),
  );
  expect(await visitor.until(/yes$/)).toMatch(/connection: keep-alive/i);
  visitor.socket.destroy();
});

test('a request behind an answer that closes the connection is not served', async () => {
  const served: string[] = [];
  const port = await start((req, res) => {
    served.push(req.url ?? '');
    res.shouldKeepAlive = false;
    res.end('bye');
  });
  const visitor = visit(port, 'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n');
  await serverEnded(visitor);
  visitor.send('GET /3 HTTP/1.1\r\nHost: a\r\n\r\n');
  visitor.socket.end();
  expect(await visitor.ended).toBe('closed');
  expect(served).toEqual(['/1']);
  expect(visitor.text().match(/HTTP\/1\.1/g)).toHaveLength(1);
});

describe('what cannot be read', () => {
  test('behind a request does not cost that request its answer', async () => {
    const refused: string[] = [];
    let answer = () => {};
    const onRefused = ({ code }: { code: string }) => {
      refused.push(code);
      setImmediate(answer);
    };
    const serve = (_req: IncomingMessage, res: ServerResponse) => {
      answer = () => void res.end('whole');
    };
    const port = await start(serve, { onRefused });
    const visitor = visit(port, `${post(2)}xyNOT HTTP\r\n\r\n`);
    expect(await visitor.until(/whole$/)).toMatch(/^HTTP\/1\.1 200 /);
    await serverEnded(visitor);
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
    expect(refused).toEqual(['HPE_INVALID_METHOD']);
  });

  test('in a body is answered, and whoever serves the request sees the visitor leave', async () => {
    let left = () => {};
    const gone = new Promise<void>((resolve) => {
      left = resolve;
    });
    const port = await start((_req, res) => void res.on('close', left));
    const visitor = visit(port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    expect(await visitor.until(/\r\n\r\n$/)).toMatch(/^HTTP\/1\.1 400 .*\r\nConnection: close\r\n/s);
    await gone;
    visitor.socket.end();
    expect(await visitor.ended).toBe('closed');
  });

  test('in a body whose answer has begun breaks the connection', async () => {
    const port = await start((_req, res) => void res.write('half'));
    const visitor = visit(port, 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    await visitor.until(/half/);
    visitor.send('zz\r\n');
    await serverClosed(visitor);
    expect(visitor.text()).not.toMatch(/0\r\n\r\n$/);
  });

  test('is answered on a connection of its own, and the connection closes though the visitor does not', async () => {
    const visitor = visit(await start(refuse, { times: { lingerIdle: 100 } }), 'NOT HTTP\r\n\r\n');
    await serverClosed(visitor);
    expect(visitor.text()).toMatch(/^HTTP\/1\.1 400 /);
  });
});
