// How a book is shown.
import { php } from 'banyan-edge';
import { countOf, longDate, price } from './format.ts';
import { Html, html, NOTHING } from './html.ts';
import type { Product, ProductData, Review } from './products.ts';
import type { Viewer } from './viewer.ts';

/** Shows a book and its reviews: the product page between header and footer. */
export function productView(data: ProductData, form: Html, reviewed: boolean): Html {
  const { product, category, reviews } = data;
  return html`<p class="crumbs"><a href="/">Home</a> &rsaquo; <a href="/category/${category.slug}">${category.name}</a></p>
${reviewed ? html`<p class="notice">Thank you for your review!</p>\n` : NOTHING}<article class="product">
<span class="cover big"><img src="/static/${product.cover}" alt=""><b>${product.title}</b></span>
<div>
<h1>${product.title}</h1>
${product.subtitle === null ? NOTHING : html`<h2>${product.subtitle}</h2>\n`}<p class="author">by <a href="/index.php?${searchFor(product.author)}">${product.author}</a></p>
${ratingLine(product)}
<p class="price">${price(product.price)}${product.old_price === null ? NOTHING : html` <del>${price(product.old_price)}</del>`}</p>
${availability(product)}<p>${paragraphs(product.description)}</p>
<table>
${facts(data)}</table>
</div>
</article>
<section id="reviews">
<h2>Reviews</h2>
${reviews.length > 0 ? html`<ul>\n${reviews.map(reviewItem)}</ul>\n` : NOTHING}${form}</section>
`;
}

/** Shows the form for a review, filled in with what was wrong the last time, or where to log in for it. */
export function reviewForm(
  id: bigint,
  viewer: Viewer,
  draft: { rating: string; body: string } = { rating: '', body: '' },
): Html {
  if (!viewer.user) {
    return html`<p><a href="/login?next=%2Fproducts%2F${id}">Log in</a> to write a review.</p>\n`;
  }
  const options = [5, 4, 3, 2, 1].map((count) => {
    const selected = draft.rating === String(count) ? html` selected` : NOTHING;
    return html`<option value="${count}"${selected}>${stars(count)}</option>\n`;
  });
  return html`<form class="review-form" action="/products/${id}/review" method="post">
<input type="hidden" name="csrf_token" value="${viewer.csrfToken}">
<p><label>Your rating <select name="rating">
<option value="">Choose</option>
${options}</select></label></p>
<p><label>Your review<br><textarea name="body" rows="5" cols="60" maxlength="2000">${draft.body}</textarea></label></p>
<p><button type="submit">Send review</button></p>
</form>
`;
}

function searchFor(author: string): string {
  return php.httpBuildQuery({ page: 'search', q: author });
}

function ratingLine({ review_count, rating_total }: Product): Html {
  const count = Number(review_count);
  if (count === 0) return html`<p class="rating">No reviews yet</p>`;
  const average = php.numberFormat(Number(rating_total) / count, 1);
  return html`<p class="rating"><b>${average}</b> of 5 (${countOf(count, 'review', 'reviews')})</p>`;
}

function availability({ id, is_available, stock }: Product): Html {
  if (is_available !== '1') return html`<p class="stock out">Out of print</p>\n`;
  return html`<form class="add" action="/cart/add" method="post">
<input type="hidden" name="product_id" value="${id}">
<input type="text" name="qty" value="1" size="2"> <button type="submit">Add to cart</button>
</form>
<p class="stock">${Number(stock) > 5 ? 'In stock' : `Only ${stock} left`}</p>
`;
}

function paragraphs(description: string): Html {
  return new Html(php.htmlspecialchars(description).replaceAll('\n\n', '</p>\n<p>'));
}

function facts({ product, publisher }: ProductData): Html[] {
  return [
    publisher ? fact('Publisher', `${publisher.name}, ${publisher.city}`) : NOTHING,
    fact('Published', longDate(product.published_on) ?? 'Not known'),
    product.pages === null ? NOTHING : fact('Pages', php.numberFormat(product.pages)),
    fact('EAN', product.ean),
    fact('Catalogue number', product.legacy_id),
  ];
}

function fact(name: string, value: string): Html {
  return html`<tr><th>${name}</th><td>${value}</td></tr>\n`;
}

function reviewItem({ author, rating, body, created_at }: Review): Html {
  return html`<li><p class="stars">${stars(Number(rating))} <b>${author}</b>, ${longDate(created_at) ?? ''}</p>
<p>${new Html(php.nl2br(php.htmlspecialchars(body)))}</p></li>
`;
}

function stars(count: number): Html {
  return new Html('&#9733;'.repeat(count));
}
