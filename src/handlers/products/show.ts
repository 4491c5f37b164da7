// GET /products/:id: a book and its reviews.
import { defineHandler } from 'banyan-edge';
import { integerOf, textOf } from '../shop/input.ts';
import { notFoundPage, page } from '../shop/layout.ts';
import { productView, reviewForm } from '../shop/product-view.ts';
import { loadProduct } from '../shop/products.ts';
import { currentViewer } from '../shop/viewer.ts';

export default defineHandler({ timeout: '5s' }, async (context) => {
  const viewer = currentViewer(context);
  const id = integerOf(context.params.id, 0n);
  const data = await loadProduct(id, context);
  if (!data) return notFoundPage(context, viewer);

  const reviewed = textOf(context.query, 'reviewed') === '1';
  const content = productView(data, reviewForm(id, viewer), reviewed);
  return page(context.db, viewer, { title: data.product.title, content });
});
