<?php
/**
 * The catalogue as one big file: ?mb=200. Always the same bytes: blocks of
 * 64 KiB, each beginning with its own number, so that a lost one is noticed.
 */

require __DIR__ . '/includes/bootstrap.php';

$megabytes = min(max(1, get_int('mb', 10)), 1024);
$block = str_repeat("The quick brown fox jumps over the lazy dog. 0123456789 abcdefg\n", 1024);

header('Content-Type: application/octet-stream');
header('Content-Disposition: attachment; filename="catalogue-' . $megabytes . 'mb.bin"');
header('Content-Length: ' . $megabytes * 1048576);

if ($_SERVER['REQUEST_METHOD'] === 'HEAD') {
    exit;
}
set_time_limit(0);
stop_buffering();
for ($i = 0; $i < $megabytes * 16; $i++) {
    echo sprintf("%015d\n", $i), substr($block, 16);
    flush();
}
