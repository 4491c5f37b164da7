<?php
// How frameworks hash passwords, written after phpass 0.5, Drupal 9's PhpassHashedPassword and WordPress 6.8's wp_hash_password.

if (!function_exists('framework_hash')) {
    function framework_hash(string $password, string $kind): string {
        if ($kind === 'wp') {
            $digest = base64_encode(hash_hmac('sha384', trim($password), 'wp-sha384', true));
            return '$wp' . password_hash($digest, PASSWORD_BCRYPT, ['cost' => 4]);
        }
        $salt = substr(strtr(base64_encode(random_bytes(6)), '+', '.'), 0, 8);
        if ($kind === 'U$S') return 'U' . portable_hash(md5($password), '$S$5' . $salt, 'sha512', 55);
        return portable_hash($password, "\$$kind\$5$salt", $kind === 'S' ? 'sha512' : 'md5', $kind === 'S' ? 55 : 34);
    }

    function portable_hash(string $password, string $setting, string $algorithm, int $length): string {
        $alphabet = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
        $count = 1 << strpos($alphabet, $setting[3]);
        $hash = hash($algorithm, substr($setting, 4, 8) . $password, true);
        do {
            $hash = hash($algorithm, $hash . $password, true);
        } while (--$count);
        $bits = '';
        foreach (str_split($hash) as $byte) $bits = sprintf('%08b', ord($byte)) . $bits;
        $text = '';
        for ($left = $bits; $left !== ''; $left = substr($left, 0, -6)) $text .= $alphabet[bindec(substr($left, -6))];
        return substr($setting . $text, 0, $length);
    }
}
