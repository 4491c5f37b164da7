// @ts-nocheck: the mistakes that types would find are what this file is for.
// Looks for books by what the address says, as a handler that forgot to look at it would.
import { defineHandler, list } from 'banyan-edge';

const ids = (rows) => rows.map(({ id }) => id);

export const byPosition = defineHandler({ session: false }, async ({ db, query }) =>
  ids(await db.many('SELECT id FROM products WHERE id = ?', [query.id])),
);

export const byName = defineHandler({ session: false }, async ({ db, query }) =>
  ids(await db.many('SELECT id FROM products WHERE id = :id', query)),
);

export const byList = defineHandler({ session: false }, async ({ db, query }) =>
  ids(await db.many('SELECT id FROM products WHERE id IN (?) ORDER BY id', [list(query.id)])),
);
