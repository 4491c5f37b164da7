<?php
/**
 * Sessions. A visitor who only looks around gets none: pages resume the
 * session that a browser already has, and only login and the cart begin one.
 *
 *   $_SESSION['user']       array(id, name, email, role), when logged in
 *   $_SESSION['csrf_token'] 32 hex digits, made at login
 *   $_SESSION['cart']       array(product id => quantity)
 *   $_SESSION['last_seen']  time of the last login or change of the cart
 */

/** Whether the browser sent something that can be one of our session ids. */
function session_cookie_is_sane()
{
    return isset($_COOKIE[session_name()])
        && is_string($_COOKIE[session_name()])
        && preg_match('/^[A-Za-z0-9,-]{22,256}$/D', $_COOKIE[session_name()]);
}

/** Resumes the visitor's session, if there is one. */
function session_resume()
{
    if (session_status() !== PHP_SESSION_ACTIVE && session_cookie_is_sane()) {
        session_start();
    }
}

/** Resumes the visitor's session, or begins one. */
function session_begin()
{
    if (session_status() === PHP_SESSION_ACTIVE) {
        return;
    }
    if (!session_cookie_is_sane()) {
        unset($_COOKIE[session_name()]);
        session_id(session_create_id());
    }
    session_start();
}

/**
 * Who is looking at the page. Reads the session and closes it at once, so that
 * the visitor's other tabs need not wait for this one.
 */
function current_viewer()
{
    session_resume();
    if (session_status() === PHP_SESSION_ACTIVE) {
        session_write_close();
    }
    return array(
        'user' => isset($_SESSION['user']) ? $_SESSION['user'] : null,
        'csrf_token' => isset($_SESSION['csrf_token']) ? $_SESSION['csrf_token'] : '',
        'cart' => isset($_SESSION['cart']) ? $_SESSION['cart'] : array(),
        'cart_count' => isset($_SESSION['cart']) ? array_sum($_SESSION['cart']) : 0,
    );
}

/** Whether the form that was posted carries this session's token. */
function csrf_is_valid($viewer)
{
    return $viewer['csrf_token'] !== '' && hash_equals($viewer['csrf_token'], post_string('csrf_token'));
}
