<?php
/** GET /checkout shows the order, POST /checkout (csrf_token, address) places it. */

session_resume();
$user = isset($_SESSION['user']) ? $_SESSION['user'] : null;
$cart = isset($_SESSION['cart']) ? $_SESSION['cart'] : array();
$posted = $_SERVER['REQUEST_METHOD'] === 'POST';

if ($user === null) {
    redirect('/login?next=%2Fcheckout');
}
if ($posted && !csrf_is_valid(array('csrf_token' => $_SESSION['csrf_token']))) {
    message_page(403, 'Please try again', 'This form was open for too long. <a href="/checkout">Back to checkout</a>', current_viewer());
    return;
}
if (!$cart) {
    redirect('/cart');
}

$address = trim(to_utf8(str_replace("\r\n", "\n", post_string('address'))));
$error = '';

if ($posted && ($address === '' || mb_strlen($address, 'UTF-8') > 500)) {
    $error = 'Where shall we send your books?';
} elseif ($posted) {
    $order_id = place_order($user, $cart, $address, $error);
    if ($order_id !== null) {
        $_SESSION['cart'] = array();
        redirect('/account?ordered=' . $order_id);
    }
}

/** Writes the order and takes the books off the shelf: all of it or nothing. Sets $error and returns NULL if a book ran out. */
function place_order($user, $cart, $address, &$error)
{
    ksort($cart);
    mysqli_begin_transaction(db());
    db_exec(
        'INSERT INTO orders (user_id, address, total, status, created_at) VALUES ('
        . (int) $user['id'] . ', ' . q($address) . ", 0, 'new', " . q(date('Y-m-d H:i:s')) . ')'
    );
    $order_id = mysqli_insert_id(db());
    foreach ($cart as $id => $qty) {
        $taken = db_exec(
            'UPDATE products SET stock = stock - ' . (int) $qty . ' WHERE is_available = 1 AND stock >= ' . (int) $qty
            . ' AND id = ' . (int) $id
        );
        if ($taken !== 1) {
            mysqli_rollback(db());
            $error = 'We do not have enough copies of one of your books. Please order fewer.';
            return null;
        }
        db_exec(
            'INSERT INTO order_items (order_id, product_id, qty, price) SELECT ' . $order_id . ', id, ' . (int) $qty
            . ', price FROM products WHERE id = ' . (int) $id
        );
    }
    db_exec('UPDATE orders SET total = (SELECT SUM(qty * price) FROM order_items WHERE order_id = ' . $order_id . ') WHERE id = ' . $order_id);
    mysqli_commit(db());
    foreach ($cart as $id => $qty) {
        cache_delete('product:' . $id);
    }
    return $order_id;
}

$viewer = current_viewer();
if ($error !== '') {
    http_response_code(422);
}
echo page_top('Checkout', $viewer);
?>
<h1>Checkout</h1>
<?php if ($error !== '') { ?>
<ul class="errors"><li><?php echo h($error); ?></li></ul>
<?php } ?>
<p><?php echo count_of($viewer['cart_count'], 'book', 'books'); ?> in your <a href="/cart">cart</a>.</p>
<form action="/checkout" method="post">
<input type="hidden" name="csrf_token" value="<?php echo h($viewer['csrf_token']); ?>">
<p><label>Your address<br><textarea name="address" rows="4" cols="40"><?php echo h($address); ?></textarea></label></p>
<p><button type="submit">Place order</button></p>
</form>
<?php
echo page_bottom();
