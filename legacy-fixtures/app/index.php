<?php
/** Front controller: /products/7 and index.php?page=product&id=7 are the same page. */

require __DIR__ . '/includes/bootstrap.php';

$pages = array(
    'home', 'product', 'review', 'category', 'search', 'cart', 'cart-add', 'cart-remove',
    'checkout', 'login', 'logout', 'account', 'about', 'admin-orders',
);

$routes = array(
    '~^/products/(?<id>[0-9]+)$~D' => 'product',
    '~^/products/(?<id>[0-9]+)/review$~D' => 'review',
    '~^/category/(?<slug>[a-z0-9-]+)$~D' => 'category',
    '~^/cart$~D' => 'cart',
    '~^/cart/add$~D' => 'cart-add',
    '~^/cart/remove$~D' => 'cart-remove',
    '~^/checkout$~D' => 'checkout',
    '~^/login$~D' => 'login',
    '~^/logout$~D' => 'logout',
    '~^/account$~D' => 'account',
    '~^/pages/about$~D' => 'about',
    '~^/admin/orders$~D' => 'admin-orders',
    '~^/api/products$~D' => 'api-products',
    '~^/api/me$~D' => 'api-me',
);

$uri = explode('?', $_SERVER['REQUEST_URI'], 2);
$path = rawurldecode($uri[0]);
$page = null;

if ($path === '/' || $path === '/index.php') {
    $page = isset($_GET['page']) ? $_GET['page'] : 'home';
    if (!in_array($page, $pages, true)) {
        $page = null;
    }
} elseif (substr($uri[0], -1) === '/') {
    $clean = '/' . trim($uri[0], '/');
    redirect(isset($uri[1]) ? $clean . '?' . $uri[1] : $clean, 301);
} else {
    foreach ($routes as $pattern => $name) {
        if (preg_match($pattern, $path, $found)) {
            $_GET = $found + $_GET;
            $page = $name;
            break;
        }
    }
}

if ($page !== null) {
    require __DIR__ . '/includes/pages/' . $page . '.php';
} elseif (strncmp($path, '/api/', 5) === 0) {
    send_json(array('error' => 'No such endpoint'), 404);
} else {
    not_found_page(current_viewer());
}
