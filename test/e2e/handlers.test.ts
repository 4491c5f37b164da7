// The ported pages and APIs against PHP's own answers, byte for byte: each request is sent to an edge with all
// routes at legacy and to one with all routes at new. Set PARITY_SEED for other requests.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { integerOf } from '../../src/handlers/shop/input.ts';
import { record } from './figures.ts';
import { firstDifference } from './parity/compare.ts';
import {
  type Asked,
  apiMeRequests,
  apiProductsRequests,
  type CacheState,
  draw,
  productRequests,
  productTarget,
  searchRequests,
} from './parity/requests.ts';
import { notFromHandler, openShop, type Shop } from './parity/shop.ts';
import { gatherVisitors, type Visitor } from './parity/visitors.ts';

const REQUESTS = 200;

let shop: Shop;
let visitors: readonly Visitor[];
beforeAll(async () => {
  shop = await openShop();
  visitors = await gatherVisitors(shop);
});
afterAll(async () => {
  await shop?.close();
});

it('answers for a product as PHP does', async () => {
  const requests = draw(productRequests, REQUESTS).map((asked) => ({
    ...asked,
    target: productTarget(asked),
  }));
  await expectParity('product-page', requests, ({ id, cache }) => prepareCache(id, cache));
});

it('answers a search as PHP does', async () => {
  await expectParity('search', draw(searchRequests, REQUESTS));
});

it('answers for a list of products in JSON as PHP does', async () => {
  await expectParity('api-products', draw(apiProductsRequests, REQUESTS));
});

it('says who is logged in as PHP does', async () => {
  await expectParity('api-me', draw(apiMeRequests, REQUESTS));
});

it('shows a product as PHP has cached it, whatever the database says by now', async () => {
  await shop.cache.delete('product:7');
  const before = await shop.ask('legacy', '/products/7');
  await shop.db.execute("UPDATE products SET title = 'Changed since' WHERE id = 7");
  try {
    expect(firstDifference(before, await shop.ask('new', '/products/7'))).toBeUndefined();
    await shop.cache.delete('product:7');
    expect((await shop.ask('new', '/products/7')).text).toContain('<h1>Changed since</h1>');
    expect(await shop.cache.has('product:7')).toBe(false);
  } finally {
    await shop.db.execute("UPDATE products SET title = 'The Fig Tree on Kastanienallee' WHERE id = 7");
  }
});

// docs/bookshop-parity.md, "What differs, and stays so".
it.each(['//products/7', '/./products/7', '/x/../products/7', '//index.php?page=search'])(
  'answers what PHP does not find: %s',
  async (target) => {
    expect((await shop.ask('legacy', target)).status).toBe(404);
    expect((await shop.ask('new', target)).status).toBe(200);
  },
);

it('leaves a visitor to PHP whose session id Memcache cannot hold', async () => {
  const question = { headers: { Cookie: `PHPSESSID=${'a'.repeat(256)}` } };
  const [legacy, handler] = [
    await shop.ask('legacy', '/products/7', question),
    await shop.ask('new', '/products/7', question),
  ];
  expect(notFromHandler(handler)).toBe('answered by legacy, reason fallback');
  expect(firstDifference(legacy, handler)).toBeUndefined();
});

/** Sends every request to both sides and expects no difference; all that were found are shown. */
async function expectParity<Request extends Asked>(
  route: string,
  requests: readonly Request[],
  prepare: (request: Request) => Promise<void> = async () => {},
): Promise<void> {
  const differences: string[] = [];
  for (const request of requests) {
    const difference = await differenceFor(request, () => prepare(request));
    if (difference) differences.push(`${curl(request)}\n${difference}`);
  }
  const equal = requests.length - differences.length;
  record({
    figure: `${route}: generated requests, new against legacy`,
    demanded: '200 equal',
    measured: `${equal} equal`,
  });
  expect(differences.slice(0, 5).join('\n\n'), `${differences.length} of ${requests.length} differ`).toBe('');
}

async function differenceFor(request: Asked, prepare: () => Promise<void>): Promise<string | undefined> {
  const { method, target } = request;
  const question = { method, headers: headersOf(request) };
  await prepare();
  const handler = await shop.ask('new', target, question);
  await prepare();
  const legacy = await shop.ask('legacy', target, question);
  return notFromHandler(handler) ?? firstDifference(legacy, handler);
}

function headersOf(request: Asked): Record<string, string> {
  const cookie = visitorOf(request).cookie;
  return { ...request.headers, ...(cookie === undefined ? {} : { Cookie: cookie }) };
}

function visitorOf({ visitor }: Asked): Visitor {
  const found = visitors[visitor % visitors.length];
  if (!found) throw new Error('no visitors');
  return found;
}

function curl(request: Asked): string {
  return `${request.method} ${request.target} as ${visitorOf(request).name} ${JSON.stringify(request.headers)}`;
}

async function prepareCache(digits: string, state: CacheState): Promise<void> {
  const id = integerOf(digits, 0n);
  const key = `product:${id}`;
  await shop.cache.delete(key);
  if (state === 'something else') await shop.cache.set(key, 'not an array');
  if (state === 'filled by PHP') await shop.ask('legacy', `/products/${id}`);
}
