<?php
// A legacy application that logs in, says who is logged in, and counts in the session.
ini_set('session.serialize_handler', 'php');
switch (parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH)) {
    case '/login':
        session_start();
        $_SESSION['Auth'] = ['User' => ['id' => 7]];
        break;
    case '/count':
        session_start();
        $_SESSION['n'] = ($_SESSION['n'] ?? 0) + 1;
        break;
    case '/me':
        session_start(['read_and_close' => true]);
        break;
}
header('Content-Type: application/json');
echo json_encode(['user' => $_SESSION['Auth']['User']['id'] ?? null, 'n' => $_SESSION['n'] ?? null]);
