// Books: everything that the product page shows.
import { type Context, php } from 'banyan-edge';

export type Product = {
  id: string;
  title: string;
  subtitle: string | null;
  author: string;
  description: string;
  price: string;
  old_price: string | null;
  pages: string | null;
  is_available: string;
  stock: string;
  review_count: string;
  rating_total: string;
  cover: string;
  published_on: string | null;
  legacy_id: string;
  ean: string;
  category_id: string;
  publisher_id: string | null;
};

export type Review = { author: string; rating: string; body: string; created_at: string };

/** What PHP keeps in Memcache as `product:<id>`. */
export type ProductData = {
  product: Product;
  category: { slug: string; name: string };
  publisher: { name: string; city: string } | null;
  reviews: Review[];
};

/** Finds a book: as PHP has cached it, or else in MySQL. Undefined if there is none. */
export async function loadProduct(
  id: bigint,
  { cache, db }: Pick<Context, 'cache' | 'db'>,
): Promise<ProductData | undefined> {
  const cached = php.toPlain((await cache.get(`product:${id}`)) ?? null);
  return isProductData(cached) ? cached : readProduct(id, db);
}

/** PHP writes nothing else under this key; what is no array there, PHP does not use either. */
function isProductData(value: unknown): value is ProductData {
  return typeof value === 'object' && value !== null && 'product' in value;
}

async function readProduct(id: bigint, db: Context['db']): Promise<ProductData | undefined> {
  const product = await db.one<Product>(
    `SELECT id, legacy_id, ean, category_id, publisher_id, title, subtitle, author, description, price,
            old_price, pages, is_available, is_featured, stock, review_count, rating_total, cover,
            published_on, created_at
       FROM products
      WHERE id = ?`,
    [id],
  );
  if (!product) return undefined;
  const [category, publisher, reviews] = await Promise.all([
    db.one<ProductData['category']>('SELECT slug, name FROM categories WHERE id = ?', [product.category_id]),
    db.one<NonNullable<ProductData['publisher']>>('SELECT name, city FROM publishers WHERE id = ?', [
      product.publisher_id,
    ]),
    db.many<Review>(
      `SELECT id, author, rating, body, created_at
         FROM reviews
        WHERE product_id = ?
        ORDER BY created_at DESC, id DESC
        LIMIT 10`,
      [id],
    ),
  ]);
  if (!category) throw new Error(`product ${id} is in no category`);
  return { product, category, publisher: publisher ?? null, reviews };
}
