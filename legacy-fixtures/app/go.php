<?php
/** Short links for the newsletter: ?to=cart, ?to=home&absolute=1, ?to=home&permanent=1 */

require __DIR__ . '/includes/bootstrap.php';

$places = array(
    'home' => '/',
    'cart' => '/cart',
    'login' => '/login',
    'crime' => '/category/crime?p=2',
    'seven' => '/products/7#reviews',
    'feed' => 'feed.php',
);

if (!isset($places[get_string('to')])) {
    not_found_page(current_viewer());
    exit;
}
$location = $places[get_string('to')];
if (get_string('absolute') === '1') {
    $location = base_url() . '/' . ltrim($location, '/');
}
redirect($location, get_string('permanent') === '1' ? 301 : 302);
