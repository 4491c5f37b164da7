<?php
// The other side of php.ts: reads described values from stdin, one a line, and writes one answer a line.

function describe($value, $depth = 0) {
    if ($depth > 40) return ['deep'];
    if (is_null($value)) return ['n'];
    if (is_bool($value)) return ['b', $value];
    if (is_int($value)) return ['i', (string) $value];
    if (is_float($value)) {
        // JavaScript has one kind of number: whole floats cannot be told from integers.
        $whole = $value == floor($value) && abs($value) <= 9007199254740991;
        return $whole ? ['i', sprintf('%.0F', $value + 0)] : ['d', bin2hex(pack('E', is_nan($value) ? NAN : $value))];
    }
    if (is_string($value)) return ['s', base64_encode($value)];
    $members = [];
    foreach ((array) $value as $k => $v) {
        if (is_object($value) && $k === '__PHP_Incomplete_Class_Name') continue;
        $members[] = [describe_key($k), describe($v, $depth + 1)];
    }
    return [is_object($value) ? 'o' : 'a', $members];
}

function build($d) {
    switch ($d[0]) {
        case 'n': return null;
        case 'b': return $d[1];
        case 'i': return (int) $d[1];
        case 'd': return unpack('E', hex2bin($d[1]))[1];
        case 's': return base64_decode($d[1]);
    }
    $array = [];
    foreach ($d[1] as [$k, $v]) $array[build($k)] = build($v);
    return $d[0] === 'o' ? (object) $array : $array;
}

function answer(callable $code) {
    while (($line = fgets(STDIN)) !== false) {
        echo $code(build(json_decode($line, true, 4096))), "\n";
    }
}

function described($value) {
    return json_encode(describe($value), JSON_UNESCAPED_SLASHES);
}

// Our Maps hold integer keys beyond 2^53 as text.
function describe_key($key) {
    return describe(is_int($key) && abs($key) > 9007199254740991 ? (string) $key : $key);
}
