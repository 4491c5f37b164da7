<?php
/** POST /cart/add: product_id, qty. */

if ($_SERVER['REQUEST_METHOD'] !== 'POST') {
    redirect('/cart');
}
session_begin();
if (!cart_add(post_string('product_id'), post_string('qty'))) {
    not_found_page(current_viewer());
    return;
}
redirect('/cart');
