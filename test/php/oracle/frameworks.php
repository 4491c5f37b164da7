<?php
// What frameworks do to cookies and sessions, in PHP, step by step as their sources do it: the other side of src/php/frameworks.

namespace Symfony\Component\Security\Http\Authenticator\Token {
    /** As Symfony 5.3 and later serialize the token of a user who has logged in. */
    class PostAuthenticationToken
    {
        public function __construct(private string $firewall, private object $user, private array $roles)
        {
        }

        public function __serialize(): array
        {
            return [$this->firewall, [$this->user, true, null, [], $this->roles]];
        }
    }
}

namespace App\Entity {
    /** A user of Doctrine: private columns. */
    class User
    {
        public function __construct(private int $id, private string $email)
        {
        }
    }
}

namespace App\Model\Entity {
    /** An entity of CakePHP 4 and 5. */
    class User
    {
        protected $_fields = [];

        public function __construct(array $fields)
        {
            $this->_fields = $fields;
        }
    }
}

namespace {
    /** Laravel: Encrypter::encrypt, encryptString where $serialized is false. */
    function laravelEncrypt(string $value, string $key, string $cipher = 'aes-256-cbc', bool $serialized = false): string
    {
        $iv = random_bytes(openssl_cipher_iv_length($cipher));
        $isGcm = str_ends_with($cipher, 'gcm');
        $text = $serialized ? serialize($value) : $value;
        $tag = '';
        $sealed = $isGcm
            ? openssl_encrypt($text, $cipher, $key, 0, $iv, $tag)
            : openssl_encrypt($text, $cipher, $key, 0, $iv);
        $iv = base64_encode($iv);
        $tag = base64_encode($tag);
        $mac = $isGcm ? '' : hash_hmac('sha256', $iv . $sealed, $key);
        return base64_encode(json_encode(['iv' => $iv, 'value' => $sealed, 'mac' => $mac, 'tag' => $tag], JSON_UNESCAPED_SLASHES));
    }

    /** Laravel: EncryptCookies with CookieValuePrefix::create before the value. */
    function laravelCookie(string $name, string $value, string $key, string $cipher = 'aes-256-cbc'): string
    {
        return laravelEncrypt(hash_hmac('sha1', $name . 'v2', $key) . '|' . $value, $key, $cipher);
    }

    /** WordPress: wp_generate_auth_cookie for the scheme logged_in; $salt is LOGGED_IN_KEY . LOGGED_IN_SALT. */
    function wordPressCookie(string $user, string $password, int $expiration, string $token, string $salt): string
    {
        $old = str_starts_with($password, '$P$') || str_starts_with($password, '$2y$');
        $fragment = $old ? substr($password, 8, 4) : substr($password, -4);
        $key = hash_hmac('md5', "$user|$fragment|$expiration|$token", $salt);
        return "$user|$expiration|$token|" . hash_hmac('sha256', "$user|$expiration|$token", $key);
    }

    /** Drupal: Crypt::hashBase64. */
    function drupalHash(string $text): string
    {
        return str_replace(['+', '/', '='], ['-', '_', ''], base64_encode(hash('sha256', $text, true)));
    }

    /** The serialize handler `php`. */
    function session(array $values): string
    {
        return implode('', array_map(fn($name) => "$name|" . serialize($values[$name]), array_keys($values)));
    }
}
