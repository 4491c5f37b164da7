<?php
/** Memcached, with the extension's own defaults: PHP's serializer, fastlz above 2,000 bytes. */

function cache()
{
    static $memcached = null;
    if ($memcached === null) {
        list($host, $port) = explode(':', MEMCACHED_SERVER . ':11211');
        $memcached = new Memcached();
        $memcached->addServer($host, (int) $port);
    }
    return $memcached;
}

/** The value, or FALSE if it is not there (or Memcached is not). */
function cache_get($key)
{
    return cache()->get($key);
}

function cache_set($key, $value, $seconds = CACHE_SECONDS)
{
    return cache()->set($key, $value, $seconds);
}

function cache_delete($key)
{
    return cache()->delete($key);
}
