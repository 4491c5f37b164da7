<?php
/** What the shop's scripts ask for: POST, with the field "action" saying what. */

require __DIR__ . '/includes/bootstrap.php';

header('Content-Type: application/json; charset=utf-8');

switch (post_string('action')) {
    case 'cartCount':
        $viewer = current_viewer();
        echo json_encode(array('count' => $viewer['cart_count']));
        break;

    case 'cartAdd':
        session_begin();
        $ok = cart_add(post_string('product_id'), post_string('qty'));
        $viewer = current_viewer();
        echo json_encode(array('ok' => $ok, 'count' => $viewer['cart_count']));
        break;

    case 'cartRemove':
        session_resume();
        cart_remove(post_string('product_id'));
        $viewer = current_viewer();
        echo json_encode(array('ok' => true, 'count' => $viewer['cart_count']));
        break;

    case 'suggest':
        $q = trim(to_utf8(post_string('q')));
        $titles = array();
        if (mb_strlen($q, 'UTF-8') >= 2) {
            foreach (db_rows('SELECT id, title FROM products WHERE title LIKE ' . q_like($q) . ' ORDER BY title, id LIMIT 8') as $row) {
                $titles[] = array('id' => $row['id'], 'title' => $row['title']);
            }
        }
        echo json_encode($titles);
        break;

    default:
        http_response_code(400);
        echo json_encode(array('error' => 'Unknown action'));
}
