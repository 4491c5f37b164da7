// Looking into a form before it is decided who gets it.
import { connect } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { defineHandler } from '../../../src/index.ts';
import { startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { ask, readBody, serve } from '../http.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const ROUTES = `
routes:
  cart-count: { match: POST /ajax.php, body: { action: cartCount }, handler: counts, stage: new }
  cart-raw: { match: POST /ajax.php, body: { action: raw }, handler: raw, stage: new }
`;

/** Legacy tells what body it got; so do the handlers, who are given the form or read it themselves. */
async function start(): Promise<TestEdge> {
  const legacy = await serve(
    async (req, res) => void res.end(Buffer.from(`legacy ${await readBody(req)}`, 'latin1')),
  );
  const counts = defineHandler({ session: false }, ({ form }) => `form ${JSON.stringify(form)}`);
  const raw = (req: Parameters<typeof readBody>[0], res: { end(text: string): void }) =>
    void readBody(req).then((body) => res.end(`raw ${body}`));
  const edge = await startEdge({ routes: ROUTES, legacyUrl: legacy.origin, handlers: { counts, raw } });
  closers.push(edge.close, legacy.close);
  return edge;
}

const FORM = ['Content-Type', 'application/x-www-form-urlencoded; charset=UTF-8'];

function post(edge: TestEdge, body: string, headers: readonly string[] = FORM, framing?: readonly string[]) {
  const length = framing ?? ['Content-Length', String(Buffer.byteLength(body))];
  return ask(edge.port, { method: 'POST', path: '/ajax.php', body, headers: [...headers, ...length] });
}

describe('a form', () => {
  const chunked = ['Transfer-Encoding', 'chunked'];

  test.each([
    ['with a length', undefined],
    ['in chunks', chunked],
  ])('%s decides, and reaches the handler whole', async (_, framing) => {
    const edge = await start();
    const answer = await post(edge, 'action=cartCount&n=1', FORM, framing);
    expect(answer.body).toBe('form {"action":"cartCount","n":"1"}');
    expect((await edge.outcome()).decision?.route?.name).toBe('cart-count');
  });

  test.each([
    ['with a length', undefined],
    ['in chunks', chunked],
  ])('%s reaches legacy byte for byte where no route wants it', async (_, framing) => {
    const edge = await start();
    const body = 'action=other&odd=%zz&&=&a+b=\xff;';
    expect((await post(edge, body, FORM, framing)).body).toBe(
      `legacy ${Buffer.from(body).toString('latin1')}`,
    );
    expect((await edge.outcome()).decision?.reason).toBe('undeclared');
  });

  test('without a byte, in chunks, reaches the handler that it is left to', async () => {
    const any = defineHandler({ session: false }, ({ form }) => `any ${JSON.stringify(form)}`);
    const routes = `${ROUTES}  any: { match: POST /ajax.php, handler: any, stage: new }\n`;
    const handlers = { counts: any, raw: any, any };
    const edge = await startEdge({ routes, handlers, legacyUrl: 'http://127.0.0.1:1' });
    closers.push(edge.close);
    expect((await post(edge, '', FORM, chunked)).body).toBe('any {}');
  });

  test('reaches a handler that reads it itself', async () => {
    expect((await post(await start(), 'action=raw&x=1')).body).toBe('raw action=raw&x=1');
  });

  test('that comes in pieces is waited for', async () => {
    const edge = await start();
    const socket = connect(edge.port, '127.0.0.1');
    const head = `POST /ajax.php HTTP/1.1\r\nHost: shop\r\n${FORM.join(': ')}\r\nContent-Length: 20\r\nConnection: close\r\n\r\n`;
    socket.write(`${head}action=ca`);
    socket.setNoDelay(true);
    setTimeout(() => socket.write('rtCount'), 20);
    setTimeout(() => socket.write('&n=2'), 40);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer).toContain('form {"action":"cartCount","n":"2"}');
  });

  test.each([64 * 1024, 64 * 1024 + 1, 300_000])('of %d bytes passes whole', async (size) => {
    const body = `action=cartCount&x=${'x'.repeat(size - 19)}`;
    for (const framing of [undefined, chunked]) {
      const answer = await post(await start(), body, FORM, framing);
      const isLarge = size > 64 * 1024;
      expect(answer.body.slice(0, 6)).toBe(isLarge ? 'legacy' : 'form {');
      if (isLarge) expect(answer.body).toBe(`legacy ${body}`);
    }
  });

  test('of another type is not looked into', async () => {
    const answer = await post(await start(), 'action=cartCount', ['Content-Type', 'text/plain']);
    expect(answer.body).toBe('legacy action=cartCount');
  });

  test('without a body is none', async () => {
    expect((await post(await start(), '')).body).toBe('legacy ');
  });

  test('whose visitor leaves ends quietly, and the edge goes on', async () => {
    const edge = await start();
    const socket = connect(edge.port, '127.0.0.1');
    socket.write(
      `POST /ajax.php HTTP/1.1\r\nHost: shop\r\n${FORM.join(': ')}\r\nContent-Length: 20\r\n\r\nacti`,
    );
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    expect(await edge.outcome()).toMatchObject({ ending: 'client-gone' });
    expect((await post(edge, 'action=raw')).body).toBe('raw action=raw');
  });

  test('leaves the connection fit for the next request', async () => {
    const edge = await start();
    const socket = connect(edge.port, '127.0.0.1');
    const one = `POST /ajax.php HTTP/1.1\r\nHost: shop\r\n${FORM.join(': ')}\r\nContent-Length: 16\r\n`;
    socket.write(`${one}\r\naction=cartCount${one}Connection: close\r\n\r\naction=cartCount`);
    let answer = '';
    for await (const chunk of socket) answer += chunk;
    expect(answer.match(/form \{"action":"cartCount"\}/g)).toHaveLength(2);
  });
});
