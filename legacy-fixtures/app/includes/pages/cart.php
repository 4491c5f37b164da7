<?php
$viewer = current_viewer();
$ids = implode(', ', array_map('intval', array_keys($viewer['cart'])));
$books = $ids === '' ? array() : db_rows("SELECT id, title, author, price FROM products WHERE id IN ($ids) ORDER BY id");
$total = 0;

echo page_top('Your cart', $viewer);
?>
<h1>Your cart</h1>
<?php if (!$books) { ?>
<p>Your cart is empty.</p>
<?php } else { ?>
<table class="cart">
<tr><th>Book</th><th>Quantity</th><th>Price</th><th></th></tr>
<?php foreach ($books as $book) { $qty = $viewer['cart'][$book['id']]; $total += $qty * $book['price']; ?>
<tr><td><a href="/products/<?php echo $book['id']; ?>"><?php echo h($book['title']); ?></a> by <?php echo h($book['author']); ?></td>
<td><?php echo $qty; ?></td><td class="number"><?php echo price($qty * $book['price']); ?></td>
<td><form action="/cart/remove" method="post"><input type="hidden" name="product_id" value="<?php echo $book['id']; ?>"><button type="submit">Remove</button></form></td></tr>
<?php } ?>
<tr><th colspan="2">Total</th><td class="number"><b><?php echo price($total); ?></b></td><td></td></tr>
</table>
<p><a class="button" href="/checkout">Go to checkout</a></p>
<?php } ?>
<?php
echo page_bottom();
