<?php
/** Remembers how somebody likes the shop: many cookies at once. */

require __DIR__ . '/includes/bootstrap.php';

$later = 1893456000; // 1 January 2030

setcookie('theme', 'dark green', $later, '/');
setcookie('currency', 'EUR');
setcookie('list[view]', 'covers', $later, '/category');
setcookie('partner', 'a=1&b=ü;', array(
    'expires' => $later, 'path' => '/', 'secure' => true, 'httponly' => true, 'samesite' => 'Lax',
));
setcookie('old_theme', '', 1, '/');
header('Set-Cookie: raw=1; Path=/; HttpOnly', false);

echo page_top('Your preferences', current_viewer());
echo "<h1>Your preferences</h1>\n<p>Saved.</p>\n";
echo page_bottom();
