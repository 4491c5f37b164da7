<?php
/** GET /api/products?category=&page=&limit= */

function api_fail($message)
{
    send_json(array('error' => $message), 400);
    exit;
}

/** A number from 1 to $max in the query string; $default if it is not there. */
function api_number($name, $default, $max)
{
    if (!isset($_GET[$name])) {
        return $default;
    }
    $value = get_string($name);
    if (!ctype_digit($value) || strlen($value) > 6 || (int) $value < 1 || (int) $value > $max) {
        api_fail("$name must be a number from 1 to $max");
    }
    return (int) $value;
}

$page = api_number('page', 1, 100000);
$limit = api_number('limit', 20, 100);
$where = '';

if (isset($_GET['category'])) {
    $slug = get_string('category');
    $category_id = preg_match('/^[a-z0-9-]+$/D', $slug) ? db_value('SELECT id FROM categories WHERE slug = ' . q($slug)) : null;
    if ($category_id === null) {
        api_fail('category is not known');
    }
    $where = ' WHERE p.category_id = ' . (int) $category_id;
}

$products = db_rows(
    'SELECT p.id, p.legacy_id, p.ean, p.title, p.subtitle, p.author, c.slug AS category, u.name AS publisher, p.price,
            p.old_price, p.pages, p.is_available, p.stock, p.published_on, p.created_at,
            CONCAT(\'/static/\', p.cover) AS cover_url
       FROM products p
       JOIN categories c ON c.id = p.category_id
       LEFT JOIN publishers u ON u.id = p.publisher_id' . $where . '
      ORDER BY p.id
      LIMIT ' . (($page - 1) * $limit) . ', ' . $limit
);

header('Cache-Control: public, max-age=60');
send_json(array(
    'page' => $page,
    'limit' => $limit,
    'total' => db_value('SELECT COUNT(*) FROM products p' . $where),
    'products' => $products,
));
