// POST /products/:id/review: writes a review. Fields: csrf_token, rating, body.
import { type Context, defineHandler, php } from 'banyan-edge';
import { redirect } from '../shop/answers.ts';
import { berlinTime } from '../shop/format.ts';
import { html } from '../shop/html.ts';
import { integerOf, textOf, utf8Of } from '../shop/input.ts';
import { messagePage, notFoundPage, page } from '../shop/layout.ts';
import { reviewForm } from '../shop/product-view.ts';
import { currentViewer, type Viewer } from '../shop/viewer.ts';

const LONGEST = 2000;
const RATINGS = ['1', '2', '3', '4', '5'];

type Draft = { readonly rating: string; readonly body: string };

export default defineHandler({ timeout: '10s', invalidates: ['product:*'] }, async (context) => {
  const { params, form, db, cache, session, res } = context;
  const viewer = currentViewer(context);
  const id = integerOf(params.id, 0n);
  const address = `/products/${id}`;

  if (!viewer.user) return redirect(res, `/login?next=${php.urlencode(address)}`);
  if (!isOurForm(viewer, form)) return formTooOld(context, viewer, address);

  const product = await db.one<{ title: string }>('SELECT title FROM products WHERE id = ?', [id]);
  if (!product) return notFoundPage(context, viewer);

  const draft = readDraft(form);
  const errors = errorsIn(draft);
  if (errors.length > 0) {
    res.status(422);
    const content = html`<h1>Your review of <a href="${address}">${product.title}</a></h1>
<ul class="errors">
${errors.map((error) => html`<li>${error}</li>\n`)}</ul>
${reviewForm(id, viewer, draft)}`;
    return page(db, viewer, { title: 'Your review', content });
  }

  await writeReview(db, id, { ...draft, author: viewer.name, userId: Number(session.get('user.id')) });
  // After COMMIT: PHP would fill the key again with what was there before.
  await cache.invalidate([`product:${id}`]);
  return redirect(res, `${address}?reviewed=1#reviews`);
});

function isOurForm(viewer: Viewer, form: Context['form']): boolean {
  return viewer.csrfToken !== '' && php.hashEquals(viewer.csrfToken, textOf(form, 'csrf_token'));
}

function formTooOld(context: Context, viewer: Viewer, address: string): Promise<string> {
  const message = html`This form was open for too long. <a href="${address}">Back to the book</a>`;
  return messagePage(context, viewer, 403, 'Please try again', message);
}

function readDraft(form: Context['form']): Draft {
  return {
    rating: utf8Of(textOf(form, 'rating')),
    body: php.trim(utf8Of(textOf(form, 'body')).replaceAll('\r\n', '\n')),
  };
}

function errorsIn({ rating, body }: Draft): string[] {
  const errors: string[] = [];
  if (!RATINGS.includes(rating)) errors.push('Please choose a rating from 1 to 5.');
  if (body === '') errors.push('Please write something.');
  else if ([...body].length > LONGEST) errors.push('Please keep your review below 2,000 characters.');
  return errors;
}

function writeReview(
  db: Context['db'],
  id: bigint,
  review: Draft & { readonly author: Viewer['name']; readonly userId: number },
): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.execute(
      'INSERT INTO reviews (product_id, user_id, author, rating, body, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      [id, review.userId, review.author, review.rating, review.body, berlinTime(new Date())],
    );
    await tx.execute(
      'UPDATE products SET review_count = review_count + 1, rating_total = rating_total + ? WHERE id = ?',
      [Number(review.rating), id],
    );
  });
}
