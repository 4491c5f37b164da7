<?php
/** POST /products/:id/review: csrf_token, rating, body. */

$viewer = current_viewer();
$id = get_int('id', 0);

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    redirect('/products/' . $id);
}
require_login($viewer, '/products/' . $id);

if (!csrf_is_valid($viewer)) {
    message_page(403, 'Please try again', 'This form was open for too long. <a href="/products/' . $id . '">Back to the book</a>', $viewer);
    return;
}

$title = db_value('SELECT title FROM products WHERE id = ' . $id);
if ($title === null) {
    not_found_page($viewer);
    return;
}

$rating = post_string('rating');
$body = trim(to_utf8(str_replace("\r\n", "\n", post_string('body'))));
$errors = array();
if (!in_array($rating, array('1', '2', '3', '4', '5'), true)) {
    $errors[] = 'Please choose a rating from 1 to 5.';
}
if ($body === '') {
    $errors[] = 'Please write something.';
} elseif (mb_strlen($body, 'UTF-8') > 2000) {
    $errors[] = 'Please keep your review below 2,000 characters.';
}

if ($errors) {
    http_response_code(422);
    echo page_top('Your review', $viewer);
    echo '<h1>Your review of <a href="/products/' . $id . '">' . h($title) . "</a></h1>\n";
    echo '<ul class="errors">' . "\n";
    foreach ($errors as $error) {
        echo '<li>' . h($error) . "</li>\n";
    }
    echo "</ul>\n";
    echo review_form($id, $viewer, $rating, $body);
    echo page_bottom();
    return;
}

mysqli_begin_transaction(db());
db_exec(
    'INSERT INTO reviews (product_id, user_id, author, rating, body, created_at) VALUES ('
    . $id . ', ' . (int) $viewer['user']['id'] . ', ' . q($viewer['user']['name']) . ', '
    . (int) $rating . ', ' . q($body) . ', ' . q(date('Y-m-d H:i:s')) . ')'
);
db_exec(
    'UPDATE products SET review_count = review_count + 1, rating_total = rating_total + ' . (int) $rating
    . ' WHERE id = ' . $id
);
mysqli_commit(db());
cache_delete('product:' . $id);

redirect('/products/' . $id . '?reviewed=1#reviews');
