<?php
/** Server-sent events: ?n=5&ms=200. A browser that reconnects goes on where it was. */

require __DIR__ . '/includes/bootstrap.php';

$n = min(get_int('n', 5), 10000);
$ms = min(get_int('ms', 200), 60000);
$last = isset($_SERVER['HTTP_LAST_EVENT_ID']) ? (int) $_SERVER['HTTP_LAST_EVENT_ID'] : 0;

header('Content-Type: text/event-stream');
header('Cache-Control: no-cache');

set_time_limit(0);
stop_buffering();

echo "retry: 1000\n\n";
flush();
for ($i = $last + 1; $i <= $n; $i++) {
    usleep($ms * 1000);
    echo "id: $i\nevent: sold\ndata: " . json_encode(array('number' => $i, 'product' => $i * 7)) . "\n\n";
    flush();
}
echo "event: closed\ndata: {}\n\n";
