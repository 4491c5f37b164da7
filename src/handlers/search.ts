// GET /index.php?page=search&q=...&sort=...&p=...: books by title or author.
import { type Context, defineHandler, php } from 'banyan-edge';
import { countOf } from './shop/format.ts';
import { type Html, html } from './shop/html.ts';
import { integerOf, textOf, utf8Of } from './shop/input.ts';
import { type Book, bookCard, page, pager } from './shop/layout.ts';
import { currentViewer } from './shop/viewer.ts';

const RESULTS_PER_PAGE = 20;

type Sort = { readonly name: string; readonly label: string; readonly orderBy: string };
type Results = { total: number; page: number; pages: number; books: Book[] };

const BY_TITLE: Sort = { name: 'title', label: 'Title', orderBy: 'title, id' };
const SORTS: readonly Sort[] = [
  BY_TITLE,
  { name: 'price', label: 'Cheapest first', orderBy: 'price, title, id' },
  { name: 'price_desc', label: 'Dearest first', orderBy: 'price DESC, title, id' },
  { name: 'newest', label: 'Newest first', orderBy: 'published_on DESC, id DESC' },
];

export default defineHandler({ timeout: '5s' }, async (context) => {
  const { query, db } = context;
  const viewer = currentViewer(context);
  const q = php.trim(utf8Of(textOf(query, 'q')));
  const sort = SORTS.find(({ name }) => name === textOf(query, 'sort')) ?? BY_TITLE;
  const content =
    q === '' ? emptySearch() : results(q, sort, await findBooks(db, q, sort, integerOf(query.p, 1n)));
  return page(db, viewer, { title: 'Search', content, search: q });
});

async function findBooks(db: Context['db'], q: string, sort: Sort, wanted: bigint): Promise<Results> {
  const pattern = `%${q.replace(/[%_\\]/g, '\\$&')}%`;
  const found = 'FROM products WHERE title LIKE ? OR author LIKE ?';
  const counted = await db.one<{ total: string }>(`SELECT COUNT(*) AS total ${found}`, [pattern, pattern]);
  const total = Number(counted?.total);
  const pages = Math.max(1, Math.ceil(total / RESULTS_PER_PAGE));
  const current = Math.min(Math.max(1, Number(wanted)), pages);
  const books = await db.many<Book>(
    `SELECT id, title, author, price, cover ${found} ORDER BY ${sort.orderBy} LIMIT ?, ?`,
    [pattern, pattern, (current - 1) * RESULTS_PER_PAGE, RESULTS_PER_PAGE],
  );
  return { total, page: current, pages, books };
}

function emptySearch(): Html {
  return html`<h1>Search</h1>
<p>Which book are you looking for? Type a part of its title or the author's name.</p>
`;
}

function results(q: string, sort: Sort, found: Results): Html {
  return html`<h1>Search for &ldquo;${q}&rdquo;</h1>
<p class="lead">${countOf(found.total, 'book', 'books')} found</p>
${found.total === 0 ? html`<p>Nothing found. Perhaps a shorter word?</p>\n` : list(q, sort, found)}`;
}

function list(q: string, sort: Sort, found: Results): Html {
  return html`<p class="sorts">Sort by:${SORTS.map((choice) => sortLink(q, choice, sort))}</p>
<ul class="books">
${found.books.map(bookCard)}</ul>
${pager('/index.php', { page: 'search', q, sort: sort.name }, found.page, found.pages)}`;
}

function sortLink(q: string, choice: Sort, current: Sort): Html {
  if (choice === current) return html` <b>${choice.label}</b>`;
  const address = php.httpBuildQuery({ page: 'search', q, sort: choice.name });
  return html` <a href="/index.php?${address}">${choice.label}</a>`;
}
