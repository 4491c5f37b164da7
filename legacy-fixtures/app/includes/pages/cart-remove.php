<?php
/** POST /cart/remove: product_id. */

session_resume();
if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    cart_remove(post_string('product_id'));
}
redirect('/cart');
