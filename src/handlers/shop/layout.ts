// What every page has above and below, and the parts that several pages show.
import { type Context, php } from 'banyan-edge';
import { price } from './format.ts';
import { type Html, html, NOTHING } from './html.ts';
import type { Viewer } from './viewer.ts';

type Link = { slug: string; name: string };
type Page = {
  readonly title: string;
  readonly content: Html;
  /** What stands in the search field. */
  readonly search?: string;
};

const SHOP = 'Fig & Page';

/** Makes a whole page. */
export async function page(
  db: Context['db'],
  viewer: Viewer,
  { title, content, search = '' }: Page,
): Promise<string> {
  const categories = await db.many<Link>('SELECT slug, name FROM categories ORDER BY position');
  return `${pageTop(title, viewer, search, categories)}${content}${pageBottom()}`;
}

/** Makes a page that says one thing, such as what went wrong. */
export function messagePage(
  { db, res }: Context,
  viewer: Viewer,
  status: number,
  title: string,
  message: Html,
): Promise<string> {
  res.status(status);
  return page(db, viewer, { title, content: html`<h1>${title}</h1>\n<p>${message}</p>\n` });
}

export function notFoundPage(context: Context, viewer: Viewer): Promise<string> {
  const message = html`We looked on every shelf. <a href="/">Back to the shop</a>`;
  return messagePage(context, viewer, 404, 'Page not found', message);
}

function pageTop(title: string, viewer: Viewer, search: string, categories: readonly Link[]): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${title} - ${SHOP}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/style.css?v=14">
<link rel="alternate" type="application/rss+xml" title="New books" href="/feed.php">
</head>
<body>
<header class="top">
<a class="logo" href="/"><img src="/static/logo.png" width="40" height="40" alt=""> ${SHOP}</a>
<form class="search" action="/index.php" method="get">
<input type="hidden" name="page" value="search">
<input type="text" name="q" value="${search}" placeholder="Title or author">
<button type="submit">Search</button>
</form>
<div class="visitor">${account(viewer)} <a class="cart" href="/cart">Cart (<span id="cart-count">${viewer.cartCount}</span>)</a></div>
</header>
<nav>
<ul>
<li><a href="/">Home</a></li>
${categories.map(({ slug, name }) => html`<li><a href="/category/${slug}">${name}</a></li>\n`)}</ul>
</nav>
<main>
`;
}

function account(viewer: Viewer): Html {
  return viewer.user
    ? html`<span class="hello">Hello, <a href="/account">${viewer.name}</a></span> <a href="/logout">Log out</a>`
    : html`<a href="/login">Log in</a>`;
}

function pageBottom(): Html {
  return html`</main>
<footer>
<p>${SHOP}, Kastanienallee 7, Berlin &middot; <a href="/info.php/shipping/germany">Shipping</a> &middot; <a href="/pages/about">About us</a> &middot; <a href="/feed.php">New books (RSS)</a></p>
</footer>
<script src="/static/site.js?v=3"></script>
</body>
</html>
`;
}

/** What a list shows of a book. */
export type Book = { id: string; title: string; author: string; price: string; cover: string };

/** Shows one book in a list. */
export function bookCard(book: Book): Html {
  return html`<li class="book">
<a href="/products/${book.id}"><span class="cover"><img src="/static/${book.cover}" alt=""><b>${book.title}</b></span>
<strong>${book.title}</strong></a>
<em>${book.author}</em>
<span class="price">${price(book.price)}</span>
</li>
`;
}

/** Links to the other pages of a list. `query` is what their addresses have in common. */
export function pager(path: string, query: Record<string, string>, current: number, pages: number): Html {
  if (pages < 2) return NOTHING;
  const numbers = Array.from({ length: pages }, (_, index) => index + 1);
  const links = numbers.map((number) => {
    const distance = Math.abs(number - current);
    if (distance === 0) return html` <b>${number}</b>`;
    if (number !== 1 && number !== pages && distance > 2) return distance === 3 ? html` &hellip;` : NOTHING;
    return html` <a href="${path}?${php.httpBuildQuery({ ...query, p: number })}">${number}</a>`;
  });
  return html`<p class="pager">${links}</p>\n`;
}
