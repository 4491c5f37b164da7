// The edge's own answers.
import { describe, expect, test } from 'vitest';
import { sendErrorPage } from '../../src/edge/error-page.ts';
import { type Asked, ask, serve } from './http.ts';

async function page(status: number, asked: Asked = {}, extra: readonly string[] = []) {
  const server = await serve((req, res) => sendErrorPage(req, res, status, 'abc-1', extra));
  try {
    return await ask(server.port, asked);
  } finally {
    await server.close();
  }
}

test.each([
  [400, 'Bad request'],
  [404, 'Not found'],
  [410, 'Gone'],
  [413, 'Too large'],
  [421, 'Wrong host'],
  [500, 'Something went wrong'],
  [502, 'Not reachable'],
  [503, 'Not available'],
  [504, 'Too slow'],
])('%d is a page with a title, the request id and no cache', async (status, title) => {
  const answer = await page(status);
  expect(answer).toMatchObject({
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': 'abc-1',
      'content-length': String(answer.body.length),
    },
  });
  expect(answer.body).toContain(`<title>${status} ${title}</title>`);
  expect(answer.body).toContain('request <code>abc-1</code>');
});

test('extra fields are sent along', async () => {
  expect((await page(404, {}, ['X-Banyan', 'x'])).headers['x-banyan']).toBe('x');
});

test('HEAD gets the fields without the page', async () => {
  const [head, get] = [await page(404, { method: 'HEAD' }), await page(404)];
  expect(head.body).toBe('');
  expect(head.headers['content-length']).toBe(get.headers['content-length']);
});

describe('Accept', () => {
  const type = async (accept?: string) =>
    (await page(502, accept === undefined ? {} : { headers: ['Accept', accept] })).headers['content-type'];

  test.each([
    'application/json',
    'application/json, text/javascript, */*; q=0.01',
    'application/vnd.api+json',
  ])('%s gets JSON', async (accept) => {
    expect(await type(accept)).toBe('application/json');
  });

  test.each([
    undefined,
    '*/*',
    'text/html,application/xhtml+xml,*/*;q=0.8',
    'text/html, application/json',
    'image/png',
  ])('%s gets a page', async (accept) => {
    expect(await type(accept)).toBe('text/html; charset=utf-8');
  });

  test('the JSON names error, status and request id', async () => {
    const { body } = await page(502, { headers: ['Accept', 'application/json'] });
    expect(JSON.parse(body)).toEqual({ error: 'Not reachable', status: 502, requestId: 'abc-1' });
  });
});
