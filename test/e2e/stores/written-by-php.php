<?php
// Writes the keys that stand on standard input (hexadecimal, one a line) with values of every type, reads each of them again, and
// prints what PHP finds: a line for each key, which describe.php has made. $write and $read come from the test.

function value_of(int $n, string $key)
{
    $kinds = [
        fn () => "text $n of " . bin2hex($key),
        fn () => '',
        fn () => "Zo\u{eb} \u{20ac} \u{1f333} $n",
        fn () => random_bytes_of($n, 50),
        fn () => str_repeat("fig leaves $n ", 400),
        fn () => random_bytes_of($n, 3000),
        fn () => $n,
        fn () => -$n,
        fn () => PHP_INT_MAX - $n,
        fn () => $n / 7,
        fn () => -1.5e-9 * ($n + 1),
        fn () => $n * 1e30 + 0.5,
        fn () => true,
        fn () => false,
        fn () => null,
        fn () => [],
        fn () => ["a$n", "b", $n],
        fn () => ['id' => $n, 'title' => "Fig $n", 'price' => $n / 3, 'tags' => ['x', null, true], 'deep' => [['k' => [$n]]]],
        fn () => array_fill(0, 300, ['row' => $n, 'text' => 'the same again']),
        fn () => (object) ['id' => $n, 'inner' => (object) ['name' => "n$n"]],
        fn () => [-5 => 'minus', 7 => 'seven', 'k' => 'text', '08' => 'no number'],
    ];
    return $kinds[$n % count($kinds)]();
}

function random_bytes_of(int $seed, int $length): string
{
    mt_srand($seed);
    $bytes = '';
    while (strlen($bytes) < $length) $bytes .= chr(mt_rand(0, 255));
    return $bytes;
}

function write_all(callable $write, callable $read)
{
    $keys = array_map('hex2bin', explode("\n", trim(stream_get_contents(STDIN))));
    foreach ($keys as $n => $key) {
        if (!$write($key, value_of($n, $key), $n)) {
            fwrite(STDERR, "not written: $n, " . rawurlencode($key) . ", " . json_encode(value_of($n, $key)) . "\n");
            exit(1);
        }
    }
    foreach ($keys as $key) echo described($read($key)), "\n";
}
