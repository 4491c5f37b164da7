// GET /api/products?category=&page=&limit=: books as JSON, for anybody.
import { type Context, defineHandler } from 'banyan-edge';
import { json } from '../shop/answers.ts';

type Query = Context['query'];
type Db = Context['db'];
type Filter = { readonly where: string; readonly parameters: readonly string[] };

const EVERYTHING: Filter = { where: '', parameters: [] };

const PRODUCTS = `
  SELECT p.id, p.legacy_id, p.ean, p.title, p.subtitle, p.author, c.slug AS category, u.name AS publisher, p.price,
         p.old_price, p.pages, p.is_available, p.stock, p.published_on, p.created_at,
         CONCAT('/static/', p.cover) AS cover_url
    FROM products p
    JOIN categories c ON c.id = p.category_id
    LEFT JOIN publishers u ON u.id = p.publisher_id`;

export default defineHandler({ timeout: '5s', session: false }, async ({ query, db, res }) => {
  const page = numberIn(query, 'page', 1, 100_000);
  if (page === undefined) return json(res, { error: 'page must be a number from 1 to 100000' }, 400);
  const limit = numberIn(query, 'limit', 20, 100);
  if (limit === undefined) return json(res, { error: 'limit must be a number from 1 to 100' }, 400);
  const filter = query.category === undefined ? EVERYTHING : await inCategory(db, query.category);
  if (!filter) return json(res, { error: 'category is not known' }, 400);

  const { where, parameters } = filter;
  const range = [(page - 1) * limit, limit];
  const products = await db.many(`${PRODUCTS} ${where} ORDER BY p.id LIMIT ?, ?`, [...parameters, ...range]);
  const counted = await db.one(`SELECT COUNT(*) AS total FROM products p ${where}`, parameters);

  res.setHeader('Cache-Control', 'public, max-age=60');
  return json(res, { page, limit, total: counted?.total, products });
});

/** Reads a number from 1 to `largest`; undefined if there is something else. */
function numberIn(query: Query, name: string, otherwise: number, largest: number): number | undefined {
  const value = query[name];
  if (value === undefined) return otherwise;
  const number = typeof value === 'string' && /^[0-9]{1,6}$/.test(value) ? Number(value) : 0;
  return number >= 1 && number <= largest ? number : undefined;
}

/** Reads which category is meant; undefined if there is none of that name. */
async function inCategory(db: Db, slug: Query[string]): Promise<Filter | undefined> {
  if (typeof slug !== 'string' || !/^[a-z0-9-]+$/.test(slug)) return undefined;
  const category = await db.one<{ id: string }>('SELECT id FROM categories WHERE slug = ?', [slug]);
  return category && { where: 'WHERE p.category_id = ?', parameters: [category.id] };
}
