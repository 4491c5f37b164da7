// The shop, used through the edge with a real browser: by PHP alone, by the ported routes, and while they are flipped.
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Services, startServices } from '../../scripts/services.js';
import { openVisitor, startBrowser, type Visit, type Visitor } from './browser.ts';
import { allAt, type Edge, startEdge } from './edge-process.ts';
import { record } from './figures.ts';

const DIRECTORY = fileURLToPath(new URL('../../.banyan/test-journey-', import.meta.url));
const REVIEW = 'Über Feigen weiß ich jetzt mehr.\n<b>"Quoted"</b> & liked.';

let browser: Browser;
beforeAll(async () => {
  browser = await startBrowser();
});
afterAll(() => browser?.close());

/** Runs a journey in a bookshop of its own: every one finds the same books, reviews and order numbers. */
async function inOwnShop(
  stage: 'legacy' | 'new',
  journey: (visitor: Visitor, edge: Edge) => Promise<void>,
): Promise<Visitor> {
  const directory = `${DIRECTORY}${process.pid}-${stage}`;
  const services = await startServices({ directory, keep: false });
  let edge: Edge | undefined;
  let visitor: Visitor | undefined;
  try {
    edge = await startEdge({ routes: allAt(stage), environment: urlsOf(services) });
    visitor = await openVisitor(browser);
    await journey(visitor, edge);
    return visitor;
  } finally {
    await visitor?.close();
    await edge?.stop();
    await services.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

function urlsOf({ legacyUrl, mysqlUrl, memcacheUrl, sessionUrl }: Services): Record<string, string> {
  return { LEGACY_URL: legacyUrl, MYSQL_URL: mysqlUrl, MEMCACHE_URL: memcacheUrl, SESSION_URL: sessionUrl };
}

/** Log in, search, open a book, put it into the cart, review it, check out, log out. */
async function buyAndReview({ page, step }: Visitor, { url }: Edge): Promise<void> {
  await step('home', () => page.goto(`${url}/`));
  await logIn({ page, step });
  await step('search', async () => {
    await page.fill('form.search input[name=q]', 'the');
    await page.click('form.search button');
  });
  await step('second page of the search', () => page.click('.pager a >> text="2"'));
  await step('book', () => page.click('ul.books li.book >> nth=0 >> a'));
  const book = page.url();
  await step('into the cart', async () => {
    await page.fill('form.add input[name=qty]', '2');
    await page.click('form.add button');
  });
  await step('book again', () => page.goto(book));
  await step('review', () => review(page));
  await step('book once more, by its other address', () =>
    page.goto(`${url}/index.php?page=product&id=${/\d+$/.exec(book)?.[0]}`),
  );
  await step('who am I', () => page.goto(`${url}/api/me`));
  await step('cart', () => page.goto(`${url}/cart`));
  await step('checkout', () => page.click('text="Go to checkout"'));
  await step('order', async () => {
    await page.fill('textarea[name=address]', 'Zoë\nKastanienallee 7\nBerlin');
    await page.click('text="Place order"');
  });
  await step('book after the order', () => page.goto(book));
  await step('log out', () => page.click('text="Log out"'));
  await step('book as a stranger', () => page.goto(book));
}

async function logIn({ page, step }: Pick<Visitor, 'page' | 'step'>): Promise<void> {
  await step('login form', () => page.click('text="Log in"'));
  await step('logged in', async () => {
    await page.fill('input[name=email]', 'zoe@example.com');
    await page.fill('input[name=password]', 'secret');
    await page.click('form.login button');
  });
}

async function review(page: Visitor['page']): Promise<void> {
  await page.selectOption('select[name=rating]', '4');
  await page.fill('textarea[name=body]', REVIEW);
  await page.click('text="Send review"');
}

/** What two journeys must have in common: everything but the session's token and today's date. */
function comparable({ step, way, address, html, text }: Visit) {
  const year = new Date().getFullYear();
  const today = new RegExp(`\\b\\d{1,2} [A-Z][a-z]+ (?:${year}|${year - 1}|${year + 1})\\b`, 'g');
  const masked = html
    .replace(/(name="csrf_token" value=")[0-9a-f]{32}"/g, '$1(token)"')
    .replace(today, '(today)');
  return { step, way, address, html: masked, text: text.replace(today, '(today)') };
}

function sideOf({ banyan }: Visit): string {
  return /side=(\w+)/.exec(banyan)?.[1] ?? '(nobody)';
}

const PORTED = ['search', 'second page of the search', 'book', 'book again', 'review', 'who am I'];

it('gives a browser the same pages and the same session from PHP and from the ported routes', async () => {
  const byPhp = await inOwnShop('legacy', buyAndReview);
  const byHandlers = await inOwnShop('new', buyAndReview);

  expect(byPhp.complaints).toEqual([]);
  expect(byHandlers.complaints).toEqual([]);
  expect(byPhp.visits.map(sideOf)).toEqual(byPhp.visits.map(() => 'legacy'));
  const handled = byHandlers.visits.filter((visit) => sideOf(visit) === 'new').map(({ step }) => step);
  expect(handled).toEqual(expect.arrayContaining(PORTED));
  expect(byHandlers.visits.map(comparable)).toEqual(byPhp.visits.map(comparable));

  // That the two agree would prove little if both said nothing.
  const texts = new Map(byHandlers.visits.map(({ step, text }) => [step, text]));
  expect(texts.get('book')).toContain('Hello, Zoë');
  expect(texts.get('book again')).toContain('Cart (2)');
  expect(texts.get('review')).toContain('Thank you for your review!');
  expect(texts.get('review')).toContain('<b>"Quoted"</b> & liked.');
  expect(texts.get('who am I')).toContain('zoe@example.com');
  expect(texts.get('order')).toMatch(/Your order has the number \d+/);
  expect(texts.get('book as a stranger')).toContain('Log in to write a review');
  record({
    figure: 'A browser uses the shop, on legacy and on the ported routes',
    demanded: 'the same pages, the same session',
    measured: `${byPhp.visits.length} pages, ${handled.length} of them by handlers: all the same; no console error, no failed request`,
  });
});

it('lets a session begun under PHP go on when the routes are flipped, and back', async () => {
  const visitor = await inOwnShop('legacy', async ({ page, step }, edge) => {
    const flip = async (stage: 'legacy' | 'new') => {
      const before = await edge.revision();
      edge.writeRoutes(allAt(stage));
      await edge.nextRevision(before);
    };
    const book = `${edge.url}/products/7`;
    await step('home', () => page.goto(`${edge.url}/`));
    await logIn({ page, step });
    await step('book', () => page.goto(book));
    await step('into the cart', () => page.click('form.add button'));
    await step('before', () => page.goto(book));
    await flip('new');
    await step('after', () => page.reload());
    await step('review', () => review(page));
    await flip('legacy');
    await step('reviewed', () => page.goto(book));
    await step('account', () => page.click('.hello a'));
    await step('log out', () => page.click('text="Log out"'));
  });

  expect(visitor.complaints).toEqual([]);
  const visit = new Map(visitor.visits.map((one) => [one.step, one]));
  const sides = ['before', 'after', 'review', 'reviewed']
    .map((step) => visit.get(step))
    .map((one) => one && sideOf(one));
  expect(sides).toEqual(['legacy', 'new', 'new', 'legacy']);
  // Not one byte of the page, the token in its form included, tells who made it.
  expect(visit.get('after')?.html).toBe(visit.get('before')?.html);
  expect(visit.get('after')?.text).toContain('Hello, Zoë');
  expect(visit.get('after')?.text).toContain('Cart (1)');
  expect(visit.get('review')?.text).toContain('Thank you for your review!');
  // PHP shows what the handler wrote: its cached page has been dropped.
  expect(visit.get('reviewed')?.text).toContain('<b>"Quoted"</b> & liked.');
  expect(visit.get('reviewed')?.html).toBe(
    visit.get('review')?.html.replace('<p class="notice">Thank you for your review!</p>\n', ''),
  );
});
