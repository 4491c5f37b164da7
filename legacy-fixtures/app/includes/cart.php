<?php
/** The cart in the session. The caller has begun the session. */

/** Puts copies of a book into the cart. FALSE if we do not sell it. */
function cart_add($product_id, $qty)
{
    $id = ctype_digit($product_id) ? (int) $product_id : 0;
    $qty = ctype_digit($qty) ? min(max(1, (int) $qty), 99) : 1;
    if (db_value('SELECT id FROM products WHERE is_available = 1 AND id = ' . $id) === null) {
        return false;
    }
    $already = isset($_SESSION['cart'][$id]) ? $_SESSION['cart'][$id] : 0;
    $_SESSION['cart'][$id] = min($already + $qty, 99);
    $_SESSION['last_seen'] = time();
    return true;
}

function cart_remove($product_id)
{
    if (isset($_SESSION['cart'])) {
        unset($_SESSION['cart'][(int) $product_id]);
    }
}
