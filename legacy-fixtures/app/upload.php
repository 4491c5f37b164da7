<?php
/**
 * Takes a manuscript (field "file" of a form, or the whole body with ?raw=1),
 * tells its size and checksums, and throws it away.
 */

require __DIR__ . '/includes/bootstrap.php';

/** Reads a file in pieces, so that its size does not matter. */
function checksums($file)
{
    $sha1 = hash_init('sha1');
    $md5 = hash_init('md5');
    $size = 0;
    $handle = fopen($file, 'rb');
    while (!feof($handle)) {
        $piece = fread($handle, 65536);
        $size += strlen($piece);
        hash_update($sha1, $piece);
        hash_update($md5, $piece);
    }
    fclose($handle);
    return array('size' => $size, 'sha1' => hash_final($sha1), 'md5' => hash_final($md5));
}

if (get_string('raw') === '1') {
    send_json(array('name' => null) + checksums('php://input'));
    exit;
}

$file = isset($_FILES['file']) ? $_FILES['file'] : null;
if ($_SERVER['REQUEST_METHOD'] !== 'POST' || $file === null || is_array($file['error'])) {
    send_json(array('error' => 'Please send one file in the field "file"'), 400);
} elseif ($file['error'] !== UPLOAD_ERR_OK) {
    send_json(array('error' => 'The upload failed with code ' . $file['error']), 400);
} else {
    send_json(array('name' => $file['name']) + checksums($file['tmp_name']) + array('fields' => (object) $_POST));
}
