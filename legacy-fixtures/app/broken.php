<?php
/** Vouchers. Broken since Paul renamed the rates; nobody has complained yet. */

require __DIR__ . '/includes/bootstrap.php';

http_response_code(500);
$rates = array('standard' => 19, 'books' => 7);
$vat = $rates['reduced'];

echo page_top('Vouchers', current_viewer());
echo "<h1>Vouchers</h1>\n<p>Vouchers include " . (int) $vat . "% VAT.</p>\n";
echo page_bottom();
