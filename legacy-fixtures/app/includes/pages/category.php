<?php
$viewer = current_viewer();
$category = db_row('SELECT id, slug, name, blurb FROM categories WHERE slug = ' . q(to_utf8(get_string('slug'))));

if (!$category) {
    not_found_page($viewer);
    return;
}

$total = (int) db_value('SELECT COUNT(*) FROM products WHERE category_id = ' . (int) $category['id']);
$pages = max(1, (int) ceil($total / PRODUCTS_PER_PAGE));
$p = min(max(1, get_int('p', 1)), $pages);
$books = db_rows(
    'SELECT id, title, author, price, cover FROM products WHERE category_id = ' . (int) $category['id']
    . ' ORDER BY title, id LIMIT ' . (($p - 1) * PRODUCTS_PER_PAGE) . ', ' . PRODUCTS_PER_PAGE
);

echo page_top($category['name'], $viewer);
?>
<h1><?php echo h($category['name']); ?></h1>
<p class="lead"><?php echo h($category['blurb']); ?> <?php echo count_of($total, 'book', 'books'); ?>.</p>
<ul class="books">
<?php foreach ($books as $book) { echo book_card($book); } ?>
</ul>
<?php
echo pager('/category/' . $category['slug'], array(), $p, $pages);
echo page_bottom();
