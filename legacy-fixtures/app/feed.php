<?php
/** RSS: the newest books, of one category with ?category=slug. */

require __DIR__ . '/includes/bootstrap.php';

$where = '';
if (get_string('category') !== '') {
    $where = ' WHERE c.slug = ' . q(to_utf8(get_string('category')));
}
$books = db_rows(
    'SELECT p.id, p.title, p.author, p.price, p.created_at, c.name AS category
       FROM products p JOIN categories c ON c.id = p.category_id' . $where . '
      ORDER BY p.created_at DESC, p.id DESC LIMIT 20'
);
$base = base_url();

header('Content-Type: application/rss+xml; charset=UTF-8');
echo '<?xml version="1.0" encoding="UTF-8"?>' . "\n";
?>
<rss version="2.0">
<channel>
<title><?php echo h(SHOP_NAME); ?></title>
<link><?php echo h($base); ?>/</link>
<description>New books</description>
<?php foreach ($books as $book) { ?>
<item>
<title><?php echo h($book['title']); ?></title>
<link><?php echo h($base . '/products/' . $book['id']); ?></link>
<guid><?php echo h($base . '/products/' . $book['id']); ?></guid>
<category><?php echo h($book['category']); ?></category>
<pubDate><?php echo date('r', strtotime($book['created_at'])); ?></pubDate>
<description><?php echo h($book['author'] . ', EUR ' . $book['price']); ?></description>
</item>
<?php } ?>
</channel>
</rss>
