<?php
/** GET /api/me: who is logged in. */

$viewer = current_viewer();
header('Cache-Control: private, no-store');

if ($viewer['user'] === null) {
    send_json(array('error' => 'Not logged in'), 401);
    return;
}
send_json(array('user' => $viewer['user'], 'cart_count' => $viewer['cart_count']));
