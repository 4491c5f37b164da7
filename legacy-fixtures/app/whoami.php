<?php
/** What PHP sees of a request. */

$body = hash_init('sha1');
$size = 0;
$input = fopen('php://input', 'rb');
while (!feof($input)) {
    $piece = fread($input, 65536);
    $size += strlen($piece);
    hash_update($body, $piece);
}

$seen = array();
foreach (array('REMOTE_ADDR', 'HTTPS', 'HTTP_HOST', 'SERVER_NAME', 'SERVER_PORT', 'SERVER_PROTOCOL', 'REQUEST_METHOD', 'REQUEST_URI',
    'QUERY_STRING', 'SCRIPT_NAME', 'PATH_INFO', 'CONTENT_TYPE', 'CONTENT_LENGTH') as $name) {
    $seen[$name] = isset($_SERVER[$name]) ? $_SERVER[$name] : null;
}
$seen['headers'] = array();
foreach ($_SERVER as $name => $value) {
    if (strncmp($name, 'HTTP_', 5) === 0) {
        $seen['headers'][$name] = $value;
    }
}
ksort($seen['headers']);
$seen['get'] = $_GET;
$seen['post'] = $_POST;
$seen['cookie'] = $_COOKIE;
$seen['body'] = array('size' => $size, 'sha1' => hash_final($body));

header('Content-Type: application/json');
header('Cache-Control: no-store');
echo json_encode($seen, JSON_INVALID_UTF8_SUBSTITUTE | JSON_PRETTY_PRINT | JSON_UNESCAPED_SLASHES), "\n";
