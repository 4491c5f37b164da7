// Writing a review through PHP and through the handler: the same answers, the same rows, the same cache.
// Each post is made twice on the same product, undone in between. Set PARITY_SEED for other requests.
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { berlinTime } from '../../src/handlers/shop/format.ts';
import { integerOf } from '../../src/handlers/shop/input.ts';
import { record } from './figures.ts';
import { firstDifference, valueDifference } from './parity/compare.ts';
import { type Effects, effectsOf, prepare, undo } from './parity/effects.ts';
import { draw } from './parity/requests.ts';
import { type Posted, reviewRequests, reviewTarget } from './parity/review-requests.ts';
import { notFromHandler, openShop, type Shop, type Side } from './parity/shop.ts';
import { gatherVisitors, type Visitor } from './parity/visitors.ts';
import type { Answer } from './visitor.ts';

const REQUESTS = 200;

/** When a handler's second delete has certainly passed. */
const DELETED_AGAIN_MS = 1_500;

const FORM = 'application/x-www-form-urlencoded';
const MULTIPART = '--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\nTOKEN\r\n--x--\r\n';

type Done = { readonly answer: Answer; readonly effects: Effects };

let shop: Shop;
let visitors: readonly Visitor[];
beforeAll(async () => {
  shop = await openShop();
  visitors = await gatherVisitors(shop);
});
afterAll(async () => {
  await shop?.close();
});

it('takes and refuses reviews as PHP does, and leaves the same behind', async () => {
  const posts = draw(reviewRequests, REQUESTS);
  const differences: string[] = [];
  const endings = new Map<number, number>();
  for (const post of posts) {
    const { status, difference } = await compared(post);
    if (difference) differences.push(`${curl(post)}\n${difference}`);
    endings.set(status, (endings.get(status) ?? 0) + 1);
  }
  const equal = posts.length - differences.length;
  record({
    figure: 'review-add: generated requests, new against legacy, answers and effects',
    demanded: '200 equal',
    measured: `${equal} equal`,
  });
  expect(differences.slice(0, 5).join('\n\n'), `${differences.length} of ${posts.length} differ`).toBe('');
  expect([...endings.keys()].sort(), 'every way to end has occurred').toEqual([302, 403, 404, 422]);
});

it('reads a multipart form as PHP does', async () => {
  const reader = visitors.find(({ name }) => name === 'reader@example.com');
  const headers = { Cookie: reader?.cookie ?? '', 'Content-Type': 'multipart/form-data; boundary=x' };
  const question = { method: 'POST', headers, body: MULTIPART.replace('TOKEN', reader?.token ?? '') };
  const [legacy, handler] = [
    await shop.ask('legacy', '/products/7/review', question),
    await shop.ask('new', '/products/7/review', question),
  ];
  expect([legacy.status, notFromHandler(handler)]).toEqual([422, undefined]);
  expect(firstDifference(legacy, handler)).toBeUndefined();
});

// docs/bookshop-parity.md, "What differs, and stays so".
it.each([
  ['broken JSON', 'application/json', '{', { legacy: 403, new: 400 }],
  ['too long a form', FORM, `csrf_token=TOKEN&body=${'x'.repeat(1_100_000)}`, { legacy: 422, new: 413 }],
] as const)('differs from PHP as is written down: %s', async (_, contentType, text, expected) => {
  const reader = visitors.find(({ name }) => name === 'reader@example.com');
  const headers = { Cookie: reader?.cookie ?? '', 'Content-Type': contentType };
  const question = { method: 'POST', headers, body: text.replace('TOKEN', reader?.token ?? '') };
  for (const side of ['legacy', 'new'] as const) {
    expect((await shop.ask(side, '/products/7/review', question)).status, side).toBe(expected[side]);
  }
});

/**
 * Posts to both sides. What a handler has deleted from the cache it deletes once more a second later, which can meet
 * the next post for the same product: a difference counts that is there when that has passed as well.
 */
async function compared(post: Posted): Promise<{ status: number; difference: string | undefined }> {
  const legacy = await make('legacy', post);
  const difference = differenceOf(legacy, await make('new', post));
  if (difference) await delay(DELETED_AGAIN_MS);
  return {
    status: legacy.answer.status,
    difference: difference && differenceOf(await make('legacy', post), await make('new', post)),
  };
}

/** Posts to one side and undoes what it has done. */
async function make(side: Side, post: Posted): Promise<Done> {
  const id = String(integerOf(post.id, 0n));
  const before = await prepare(shop, id);
  try {
    const answer = await shop.ask(side, reviewTarget(post).replace('TOKEN', tokenOf(post)), questionOf(post));
    return { answer, effects: await effectsOf(shop, id, before) };
  } finally {
    await undo(shop, id, before);
  }
}

function differenceOf(legacy: Done, handler: Done): string | undefined {
  const [left, right] = [legacy.effects, handler.effects];
  return (
    notFromHandler(handler.answer) ??
    firstDifference(legacy.answer, handler.answer) ??
    valueDifference('rows written', left.written, right.written) ??
    valueDifference('counters', left.product, right.product) ??
    valueDifference('shop', left.shop, right.shop) ??
    valueDifference('cached', left.isCached, right.isCached) ??
    valueDifference('page after it', left.page, right.page) ??
    unlessNow(right.createdAt) ??
    unlessConsistent(handler)
  );
}

/** Says so if a row was not written at the time that clocks in Berlin show. */
function unlessNow(createdAt: readonly string[]): string | undefined {
  const now = Date.parse(`${berlinTime(new Date())}Z`);
  const wrong = createdAt.find((time) => Math.abs(now - Date.parse(`${time}Z`)) > 10_000);
  return wrong === undefined ? undefined : `created_at\n  new:    ${wrong}`;
}

/** Says so if the answer and what happened do not fit: a refusal that wrote, a success that did not. */
function unlessConsistent({ answer, effects }: Done): string | undefined {
  const isTaken = answer.header('location')?.endsWith('#reviews') === true;
  const hasWritten = effects.written.length === 1 && !effects.isCached;
  const hasNot = effects.written.length === 0;
  return (isTaken ? hasWritten : hasNot)
    ? undefined
    : `effects\n  ${answer.status}: ${JSON.stringify(effects)}`;
}

function questionOf(post: Posted) {
  const body = post.fields
    .filter((field) => field !== '')
    .join('&')
    .replaceAll('TOKEN', tokenOf(post));
  const { cookie } = visitorOf(post);
  return {
    method: 'POST',
    body,
    headers: {
      ...(cookie === undefined ? {} : { Cookie: cookie }),
      ...(post.contentType === undefined ? {} : { 'Content-Type': post.contentType }),
      ...(post.chunked ? { 'Transfer-Encoding': 'chunked' } : {}),
    },
  };
}

function tokenOf(post: Posted): string {
  return encodeURIComponent(visitorOf(post).token);
}

/**
 * Half of the visitors are those who may write; else few posts would get past the first check. Nobody has
 * a name that MySQL cannot store: there PHP breaks down (docs/bookshop-parity.md).
 */
function visitorOf({ visitor }: Posted): Visitor {
  const named = visitors.filter(({ canBeStored }) => canBeStored);
  const writers = named.filter(({ token }) => token !== '');
  const choice = visitor % 2 === 0 ? writers : named;
  const found = choice[Math.floor(visitor / 2) % choice.length];
  if (!found) throw new Error('no visitors');
  return found;
}

function curl(post: Posted): string {
  const fields = post.fields.join('&').slice(0, 300);
  return `POST ${reviewTarget(post).slice(0, 200)} as ${visitorOf(post).name} ${post.contentType}: ${fields}`;
}
