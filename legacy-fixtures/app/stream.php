<?php
/** A long page that shows what it has so far: ?n=5&ms=100 */

require __DIR__ . '/includes/bootstrap.php';

$n = min(get_int('n', 5), 10000);
$ms = min(get_int('ms', 100), 60000);

set_time_limit(0);
stop_buffering();

echo "<!DOCTYPE html>\n<title>Stocktaking</title>\n<h1>Stocktaking</h1>\n<ol>\n";
flush();
for ($i = 1; $i <= $n; $i++) {
    usleep($ms * 1000);
    echo "<li>Shelf $i of $n counted</li>\n";
    flush();
}
echo "</ol>\n<p>Done.</p>\n";
