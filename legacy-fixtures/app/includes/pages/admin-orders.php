<?php
$viewer = current_viewer();
require_login($viewer, '/admin/orders');
if ($viewer['user']['role'] !== 'admin') {
    message_page(403, 'Staff only', 'This page is for the people behind the counter.', $viewer);
    return;
}
$orders = db_rows('SELECT o.id, u.name, o.total, o.status, o.created_at FROM orders o JOIN users u ON u.id = o.user_id ORDER BY o.id DESC LIMIT 50');

echo page_top('Orders', $viewer);
?>
<h1>Orders</h1>
<table>
<tr><th>Number</th><th>Customer</th><th>Date</th><th>Status</th><th>Total</th></tr>
<?php foreach ($orders as $order) { ?>
<tr><td><?php echo $order['id']; ?></td><td><?php echo h($order['name']); ?></td><td><?php echo $order['created_at']; ?></td><td><?php echo h($order['status']); ?></td><td class="number"><?php echo price($order['total']); ?></td></tr>
<?php } ?>
</table>
<?php
echo page_bottom();
