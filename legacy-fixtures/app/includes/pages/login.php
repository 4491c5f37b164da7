<?php
/** GET /login shows the form, POST /login (email, password, next) logs in. */

/** Only addresses inside the shop: '/cart', not '//elsewhere.example' or a line break. */
function safe_next($next)
{
    return preg_match('~^/[^/\\\\\x00-\x20\x7f][^\\\\\x00-\x20\x7f]*$~D', $next) ? $next : '/account';
}

$error = '';
$email = '';
$next = safe_next(get_string('next'));

if ($_SERVER['REQUEST_METHOD'] === 'POST') {
    $next = safe_next(post_string('next'));
    $email = trim(to_utf8(post_string('email')));
    session_begin();
    $row = db_row('SELECT id, name, email, role, password_hash FROM users WHERE email = ' . q($email));
    if ($row && password_verify(post_string('password'), $row['password_hash'])) {
        session_regenerate_id(true);
        $_SESSION['user'] = array(
            'id' => (int) $row['id'],
            'name' => $row['name'],
            'email' => $row['email'],
            'role' => $row['role'],
        );
        $_SESSION['csrf_token'] = bin2hex(random_bytes(16));
        $_SESSION['last_seen'] = time();
        redirect($next);
    }
    $error = 'We do not know this e-mail address and password.';
}

$viewer = current_viewer();
echo page_top('Log in', $viewer);
?>
<h1>Log in</h1>
<?php if ($error !== '') { ?>
<ul class="errors"><li><?php echo h($error); ?></li></ul>
<?php } ?>
<form class="login" action="/login" method="post">
<input type="hidden" name="next" value="<?php echo h($next); ?>">
<p><label>E-mail<br><input type="text" name="email" value="<?php echo h($email); ?>"></label></p>
<p><label>Password<br><input type="password" name="password"></label></p>
<p><button type="submit">Log in</button></p>
</form>
<?php
echo page_bottom();
