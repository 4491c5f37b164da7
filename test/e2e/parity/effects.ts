// What a review leaves behind, in both stores, and how to undo it.
import type { RowDataPacket } from 'mysql2/promise';
import type { Shop, Side } from './shop.ts';

/** Everything that a review may change; `createdAt` apart, because time passes. */
export type Effects = {
  readonly written: readonly Readonly<Record<string, unknown>>[];
  readonly createdAt: readonly string[];
  readonly product: unknown;
  /** Sums over the whole shop: nothing else may change. */
  readonly shop: unknown;
  readonly isCached: boolean;
  /** What PHP shows right after it. */
  readonly page: string;
};

/** The state that a review starts from. */
export type Before = { readonly lastId: number; readonly counters: RowDataPacket | undefined };

/** Notes where a product stands, and has PHP cache it. */
export async function prepare(shop: Shop, id: string): Promise<Before> {
  await shop.ask('legacy', `/products/${id}`);
  const [last] = await rows(shop, 'SELECT MAX(id) AS id FROM reviews');
  return { lastId: Number(last?.id), counters: (await countersOf(shop, id))[0] };
}

/** Reads what a review has left behind. */
export async function effectsOf(shop: Shop, id: string, before: Before): Promise<Effects> {
  const isCached = await shop.cache.has(`product:${id}`);
  const written = await rows(shop, 'SELECT * FROM reviews WHERE id > ? ORDER BY id', [before.lastId]);
  const counts =
    'SELECT COUNT(*) AS n, SUM(review_count) AS reviews, SUM(rating_total) AS ratings FROM products';
  return {
    written: written.map(({ id: _, created_at: __, ...columns }) => columns),
    createdAt: written.map((row) => String(row.created_at)),
    product: (await countersOf(shop, id))[0],
    shop: (await rows(shop, counts))[0],
    isCached,
    page: (await shop.ask('legacy' satisfies Side, `/products/${id}`)).text,
  };
}

/** Undoes what a review has done. */
export async function undo(shop: Shop, id: string, before: Before): Promise<void> {
  await shop.db.query('DELETE FROM reviews WHERE id > ?', [before.lastId]);
  if (before.counters) {
    const { review_count, rating_total } = before.counters;
    const update = 'UPDATE products SET review_count = ?, rating_total = ? WHERE id = ?';
    await shop.db.query(update, [review_count, rating_total, id]);
  }
  await shop.cache.delete(`product:${id}`);
}

function countersOf(shop: Shop, id: string): Promise<RowDataPacket[]> {
  return rows(shop, 'SELECT review_count, rating_total FROM products WHERE id = ?', [id]);
}

async function rows(shop: Shop, sql: string, parameters: unknown[] = []): Promise<RowDataPacket[]> {
  const [found] = await shop.db.query<RowDataPacket[]>(sql, parameters);
  return found;
}
