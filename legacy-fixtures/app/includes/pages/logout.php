<?php
session_resume();
if (session_status() === PHP_SESSION_ACTIVE) {
    $_SESSION = array();
    session_destroy();
    setcookie(session_name(), '', 1, '/');
}
redirect('/');
