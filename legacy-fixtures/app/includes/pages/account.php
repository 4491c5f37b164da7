<?php
$viewer = current_viewer();
require_login($viewer, '/account');
$orders = db_rows('SELECT id, total, status, created_at FROM orders WHERE user_id = ' . (int) $viewer['user']['id'] . ' ORDER BY id DESC LIMIT 20');

echo page_top('Your account', $viewer);
?>
<h1>Your account</h1>
<?php if (ctype_digit(get_string('ordered'))) { ?>
<p class="notice">Thank you! Your order has the number <?php echo h(get_string('ordered')); ?>.</p>
<?php } ?>
<p><?php echo h($viewer['user']['name']); ?>, <?php echo h($viewer['user']['email']); ?></p>
<h2>Your orders</h2>
<?php if (!$orders) { ?>
<p>You have not ordered anything yet.</p>
<?php } else { ?>
<table>
<tr><th>Number</th><th>Date</th><th>Status</th><th>Total</th></tr>
<?php foreach ($orders as $order) { ?>
<tr><td><?php echo $order['id']; ?></td><td><?php echo long_date($order['created_at']); ?></td><td><?php echo h($order['status']); ?></td><td class="number"><?php echo price($order['total']); ?></td></tr>
<?php } ?>
</table>
<?php } ?>
<?php if ($viewer['user']['role'] === 'admin') { ?>
<p><a href="/admin/orders">All orders</a></p>
<?php } ?>
<?php
echo page_bottom();
