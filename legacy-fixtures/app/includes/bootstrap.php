<?php
/** Every script starts here. */

require_once __DIR__ . '/config.php';
require_once __DIR__ . '/functions.php';
require_once __DIR__ . '/db.php';
require_once __DIR__ . '/cache.php';
require_once __DIR__ . '/session.php';
require_once __DIR__ . '/layout.php';
require_once __DIR__ . '/catalogue.php';
require_once __DIR__ . '/cart.php';
