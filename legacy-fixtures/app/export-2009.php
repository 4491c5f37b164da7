<?php
/** Prices for a comparison site that closed in 2012: CSV in Latin-1. */

require __DIR__ . '/includes/bootstrap.php';

header('Content-Type: text/csv; charset=ISO-8859-1');
foreach (db_rows('SELECT p.ean, p.title, p.price, u.name FROM products p JOIN publishers u ON u.id = p.publisher_id ORDER BY p.id LIMIT 100') as $row) {
    echo iconv('UTF-8', 'ISO-8859-1//TRANSLIT', implode(';', $row)), "\r\n";
}
