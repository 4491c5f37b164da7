<?php
/** Books: reading them, and the parts of pages that more than one page shows. */

/**
 * Everything the product page shows, or NULL if there is no such book. Kept in
 * the cache as product:<id>; whoever changes any of it deletes that key.
 */
function load_product($id)
{
    $cached = cache_get('product:' . $id);
    if (is_array($cached)) {
        return $cached;
    }

    $product = db_row(
        'SELECT id, legacy_id, ean, category_id, publisher_id, title, subtitle, author, description, price,
                old_price, pages, is_available, is_featured, stock, review_count, rating_total, cover,
                published_on, created_at
           FROM products
          WHERE id = ' . (int) $id
    );
    if (!$product) {
        return null;
    }

    $data = array(
        'product' => $product,
        'category' => db_row('SELECT slug, name FROM categories WHERE id = ' . (int) $product['category_id']),
        'publisher' => $product['publisher_id'] === null
            ? null
            : db_row('SELECT name, city FROM publishers WHERE id = ' . (int) $product['publisher_id']),
        'reviews' => db_rows(
            'SELECT id, author, rating, body, created_at
               FROM reviews
              WHERE product_id = ' . (int) $id . '
              ORDER BY created_at DESC, id DESC
              LIMIT 10'
        ),
    );
    cache_set('product:' . $id, $data);
    return $data;
}

/** 'Ratings: 4.3 of 5 (12 reviews)', or that there are none. */
function rating_line($product)
{
    if ($product['review_count'] == 0) {
        return '<p class="rating">No reviews yet</p>';
    }
    $average = number_format($product['rating_total'] / $product['review_count'], 1);
    return '<p class="rating"><b>' . $average . '</b> of 5 (' . count_of($product['review_count'], 'review', 'reviews') . ')</p>';
}

/** The form for a review, or where to log in for it. */
function review_form($id, $viewer, $rating = '', $body = '')
{
    if ($viewer['user'] === null) {
        return '<p><a href="/login?next=%2Fproducts%2F' . $id . '">Log in</a> to write a review.</p>' . "\n";
    }

    $token = h($viewer['csrf_token']);
    $body = h($body);
    $options = '';
    for ($stars = 5; $stars >= 1; $stars--) {
        $selected = $rating === (string) $stars ? ' selected' : '';
        $options .= '<option value="' . $stars . '"' . $selected . '>' . str_repeat('&#9733;', $stars) . "</option>\n";
    }

    return <<<HTML
<form class="review-form" action="/products/$id/review" method="post">
<input type="hidden" name="csrf_token" value="$token">
<p><label>Your rating <select name="rating">
<option value="">Choose</option>
$options</select></label></p>
<p><label>Your review<br><textarea name="body" rows="5" cols="60" maxlength="2000">$body</textarea></label></p>
<p><button type="submit">Send review</button></p>
</form>

HTML;
}

/** One review. */
function review_item($review)
{
    return '<li><p class="stars">' . str_repeat('&#9733;', (int) $review['rating'])
        . ' <b>' . h($review['author']) . '</b>, ' . long_date($review['created_at']) . "</p>\n"
        . '<p>' . nl2br(h($review['body'])) . "</p></li>\n";
}

/** The product page between header and footer. */
function product_html($data, $viewer, $reviewed)
{
    $product = $data['product'];
    $id = (int) $product['id'];

    $html = '<p class="crumbs"><a href="/">Home</a> &rsaquo; <a href="/category/' . h($data['category']['slug']) . '">'
        . h($data['category']['name']) . "</a></p>\n";

    if ($reviewed) {
        $html .= '<p class="notice">Thank you for your review!</p>' . "\n";
    }

    $html .= '<article class="product">' . "\n"
        . '<span class="cover big"><img src="/static/' . h($product['cover']) . '" alt=""><b>' . h($product['title']) . "</b></span>\n"
        . "<div>\n"
        . '<h1>' . h($product['title']) . "</h1>\n";
    if ($product['subtitle'] !== null) {
        $html .= '<h2>' . h($product['subtitle']) . "</h2>\n";
    }
    $html .= '<p class="author">by <a href="/index.php?' . h(http_build_query(array('page' => 'search', 'q' => $product['author'])))
        . '">' . h($product['author']) . "</a></p>\n"
        . rating_line($product) . "\n"
        . '<p class="price">' . price($product['price']);
    if ($product['old_price'] !== null) {
        $html .= ' <del>' . price($product['old_price']) . '</del>';
    }
    $html .= "</p>\n";

    if ($product['is_available'] == 1) {
        $html .= '<form class="add" action="/cart/add" method="post">' . "\n"
            . '<input type="hidden" name="product_id" value="' . $id . '">' . "\n"
            . '<input type="text" name="qty" value="1" size="2"> <button type="submit">Add to cart</button>' . "\n"
            . "</form>\n"
            . '<p class="stock">' . ($product['stock'] > 5 ? 'In stock' : 'Only ' . (int) $product['stock'] . ' left') . "</p>\n";
    } else {
        $html .= '<p class="stock out">Out of print</p>' . "\n";
    }

    $html .= '<p>' . str_replace("\n\n", "</p>\n<p>", h($product['description'])) . "</p>\n"
        . "<table>\n";
    if ($data['publisher'] !== null) {
        $html .= '<tr><th>Publisher</th><td>' . h($data['publisher']['name']) . ', ' . h($data['publisher']['city']) . "</td></tr>\n";
    }
    $published = long_date($product['published_on']);
    $html .= '<tr><th>Published</th><td>' . ($published === '' ? 'Not known' : $published) . "</td></tr>\n";
    if ($product['pages'] !== null) {
        $html .= '<tr><th>Pages</th><td>' . number_format($product['pages']) . "</td></tr>\n";
    }
    $html .= '<tr><th>EAN</th><td>' . $product['ean'] . "</td></tr>\n"
        . '<tr><th>Catalogue number</th><td>' . $product['legacy_id'] . "</td></tr>\n"
        . "</table>\n</div>\n</article>\n";

    $html .= '<section id="reviews">' . "\n<h2>Reviews</h2>\n";
    if (count($data['reviews']) > 0) {
        $html .= "<ul>\n";
        foreach ($data['reviews'] as $review) {
            $html .= review_item($review);
        }
        $html .= "</ul>\n";
    }
    return $html . review_form($id, $viewer) . "</section>\n";
}
