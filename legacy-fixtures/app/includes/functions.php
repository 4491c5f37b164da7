<?php
/** Odds and ends. */

/** Escapes text for HTML. */
function h($text)
{
    return htmlspecialchars((string) $text, ENT_QUOTES | ENT_SUBSTITUTE, 'UTF-8');
}

/** A parameter of the query string, or '' if it is missing or an array. */
function get_string($name)
{
    return isset($_GET[$name]) && is_string($_GET[$name]) ? $_GET[$name] : '';
}

/** A field of a posted form, or '' if it is missing or an array. */
function post_string($name)
{
    return isset($_POST[$name]) && is_string($_POST[$name]) ? $_POST[$name] : '';
}

/** A parameter made of digits only, as an integer; $default for anything else. */
function get_int($name, $default)
{
    $value = get_string($name);
    return ctype_digit($value) ? (int) $value : $default;
}

/** Text that browsers and links from before 2010 sent as Latin-1 becomes UTF-8. */
function to_utf8($text)
{
    return preg_match('//u', $text) ? $text : iconv('ISO-8859-1', 'UTF-8', $text);
}

function price($amount)
{
    return '&euro;&nbsp;' . number_format((float) $amount, 2, '.', ',');
}

/** '2011-05-01 10:00:00' -> '1 May 2011'; no date at all for NULL and for zero dates. */
function long_date($date)
{
    if ($date === null || strncmp($date, '0000-00-00', 10) === 0) {
        return '';
    }
    return date('j F Y', strtotime($date));
}

/** '1 book', '1,234 books'. */
function count_of($number, $one, $many)
{
    return number_format($number) . ' ' . ($number == 1 ? $one : $many);
}

/** The address of this shop as the browser knows it, without a slash at the end. */
function base_url()
{
    $https = (isset($_SERVER['HTTP_X_FORWARDED_PROTO']) && $_SERVER['HTTP_X_FORWARDED_PROTO'] === 'https')
        || (isset($_SERVER['HTTPS']) && $_SERVER['HTTPS'] === 'on');
    return ($https ? 'https' : 'http') . '://' . $_SERVER['HTTP_HOST'];
}

function redirect($location, $status = 302)
{
    header('Location: ' . $location, true, $status);
    exit;
}

/** Sends somebody who is not logged in to the login page, which brings them back to $next. */
function require_login($viewer, $next)
{
    if ($viewer['user'] === null) {
        redirect('/login?next=' . urlencode($next));
    }
}

/** Answers with JSON. No charset: the old Flash widget cannot read one. */
function send_json($data, $status = 200)
{
    header('Content-Type: application/json', true, $status);
    echo json_encode($data);
}

/** Lets everything written from now on go to the browser at once. */
function stop_buffering()
{
    while (ob_get_level() > 0) {
        ob_end_flush();
    }
    ob_implicit_flush(true);
}
