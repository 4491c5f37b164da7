<?php
/**
 * Where things are. Everything comes from the environment, so that the same
 * code runs on the old server, in the office and in Frank's virtual machine.
 */

function env_or($name, $default)
{
    $value = getenv($name);
    return ($value === false || $value === '') ? $default : $value;
}

define('DB_HOST', env_or('BOOKSHOP_DB_HOST', '127.0.0.1'));
define('DB_PORT', (int) env_or('BOOKSHOP_DB_PORT', '3306'));
define('DB_NAME', env_or('BOOKSHOP_DB_NAME', 'bookshop'));
define('DB_USER', env_or('BOOKSHOP_DB_USER', 'bookshop'));
define('DB_PASSWORD', env_or('BOOKSHOP_DB_PASSWORD', ''));
define('MEMCACHED_SERVER', env_or('BOOKSHOP_MEMCACHED', '127.0.0.1:11211'));

define('SHOP_NAME', 'Fig & Page');
define('PRODUCTS_PER_PAGE', 24);
define('RESULTS_PER_PAGE', 20);
define('CACHE_SECONDS', 300);
