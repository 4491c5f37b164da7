<?php
$viewer = current_viewer();
$featured = db_rows('SELECT id, title, author, price, cover FROM products WHERE is_featured = 1 ORDER BY id LIMIT 12');
$total = db_value('SELECT COUNT(*) FROM products');

echo page_top('Good books, slowly chosen', $viewer);
?>
<h1>Good books, slowly chosen</h1>
<p class="lead"><?php echo number_format($total); ?> books, most of them on our shelves in Berlin. Order before noon and we post them the same day.</p>
<ul class="books">
<?php foreach ($featured as $book) { echo book_card($book); } ?>
</ul>
<?php
echo page_bottom();
