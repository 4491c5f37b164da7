<?php
/** The report that everybody starts before going for coffee: ?seconds=2 */

require __DIR__ . '/includes/bootstrap.php';

set_time_limit(120);
usleep((int) (min(max(0, (float) get_string('seconds')), 60) * 1000000));

$rows = db_rows('SELECT c.name, COUNT(*) AS books, SUM(p.stock) AS copies, SUM(p.stock * p.price) AS worth
                   FROM categories c JOIN products p ON p.category_id = c.id
                  GROUP BY c.id, c.name ORDER BY c.position');

echo page_top('Stock report', current_viewer());
?>
<h1>Stock report</h1>
<table>
<tr><th>Category</th><th>Books</th><th>Copies</th><th>Worth</th></tr>
<?php foreach ($rows as $row) { ?>
<tr><td><?php echo h($row['name']); ?></td><td class="number"><?php echo number_format($row['books']); ?></td><td class="number"><?php echo number_format($row['copies']); ?></td><td class="number"><?php echo price($row['worth']); ?></td></tr>
<?php } ?>
</table>
<?php
echo page_bottom();
