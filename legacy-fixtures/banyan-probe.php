<?php
/**
 * Tells `banyan doctor` how PHP sees things: sessions, Memcache, MySQL, time, and the visitor. PHP 5.4 to 8.
 *
 * `banyan doctor --write-probe FILE` writes a copy with a token that only its caller knows. The copy answers a POST
 * with that token, once, within an hour; to anything else it is not there (404). Remove it when doctor has asked.
 */

// The token's SHA-256, and when it expires (seconds since 1970). Nothing matches what stands here.
define('BANYAN_PROBE_TOKEN', 'none');
define('BANYAN_PROBE_EXPIRES', 0);

error_reporting(0);
ini_set('display_errors', '0');
$banyan_step = isset($_POST['step']) && $_POST['step'] === 'clean' ? 'clean' : 'look';
if (!banyan_probe_may($banyan_step)) {
    http_response_code(404);
    exit;
}

// What the application prints, or an exit in the middle of it, must not get in the way.
ob_start();
$banyan_report = array('probe' => 1, 'connect' => 'ended early');
register_shutdown_function('banyan_probe_answer');
$banyan_report += array(
    'server' => banyan_probe_server(),
    'time' => array('unix' => microtime(true)),
);
$mysql = null;
$memcached = null;
try {
    // The application's own connections, so that its habits are seen; leave out what there is not.
    // require __DIR__ . '/includes/bootstrap.php';
    // $mysql = db();           // a mysqli or a PDO
    // $memcached = cache();    // a Memcached or a Memcache
    // (end)
    $banyan_report['connect'] = 'ok';
} catch (Exception $banyan_error) {
    $banyan_report['connect'] = get_class($banyan_error) . ': ' . $banyan_error->getMessage();
} catch (Throwable $banyan_error) {
    $banyan_report['connect'] = get_class($banyan_error) . ': ' . $banyan_error->getMessage();
}
if ($banyan_step === 'clean') {
    $banyan_report['cleaned'] = banyan_probe_try(function () use ($memcached) {
        return banyan_probe_clean($memcached);
    });
    exit;
}
$banyan_report['php'] = banyan_probe_php();
$banyan_report['time'] += array('zone' => date_default_timezone_get(), 'offset' => (int) date('Z'));
$banyan_report['session'] = banyan_probe_try('banyan_probe_session');
$banyan_report['memcached'] = $memcached === null ? null : banyan_probe_try(function () use ($memcached) {
    return banyan_probe_memcached($memcached);
});
$banyan_report['mysql'] = $mysql === null ? null : banyan_probe_try(function () use ($mysql) {
    return banyan_probe_mysql($mysql);
});
exit;

/** Whether this request has the token, in time, for the first time. */
function banyan_probe_may($step)
{
    if (!isset($_POST['token']) || !is_string($_POST['token']) || time() >= BANYAN_PROBE_EXPIRES) {
        return false;
    }
    if (!banyan_probe_equals(BANYAN_PROBE_TOKEN, hash('sha256', $_POST['token']))) {
        return false;
    }
    // Who cannot note that the token is spent does not answer at all.
    $note = sys_get_temp_dir() . '/banyan-probe-' . substr(BANYAN_PROBE_TOKEN, 0, 32) . '-' . $step;
    $file = @fopen($note, 'x');
    return $file !== false && fclose($file);
}

/** In the same time whatever differs: hash_equals is not in PHP 5.5. */
function banyan_probe_equals($known, $given)
{
    $difference = strlen($known) ^ strlen($given);
    for ($i = 0; $i < strlen($given); $i++) {
        $difference |= ord($given[$i]) ^ ord($known[$i % strlen($known)]);
    }
    return $difference === 0;
}

/** What the work gives, or array('error' => why it failed). */
function banyan_probe_try($work)
{
    try {
        return call_user_func($work);
    } catch (Exception $e) {
        return array('error' => get_class($e) . ': ' . $e->getMessage());
    } catch (Throwable $e) {
        return array('error' => get_class($e) . ': ' . $e->getMessage());
    }
}

/** Sends the report, whatever has become of the application by now. */
function banyan_probe_answer()
{
    global $banyan_report;
    while (ob_get_level() > 0 && @ob_end_clean()) {
        continue;
    }
    if (!headers_sent()) {
        http_response_code(200);
        header('Content-Type: application/json');
        header('Cache-Control: no-store');
    }
    echo json_encode(banyan_probe_text($banyan_report));
}

/** Makes every text UTF-8, so that it can be JSON. */
function banyan_probe_text($value)
{
    if (is_array($value)) {
        return array_map('banyan_probe_text', $value);
    }
    return is_string($value) && !preg_match('//u', $value) ? 'bytes:' . bin2hex($value) : $value;
}

/** Hides passwords in paths and addresses. */
function banyan_probe_masked($text)
{
    $text = preg_replace('~://[^/@?\s]*@~', '://***@', (string) $text);
    return preg_replace('~((?:auth|pass|password)(?:(?:\[|%5B)\w*(?:\]|%5D))?)=[^&,\s]*~i', '$1=***', $text);
}

function banyan_probe_server()
{
    $seen = array();
    foreach (array('REMOTE_ADDR', 'HTTPS', 'SERVER_PORT', 'SERVER_NAME', 'REQUEST_SCHEME', 'HTTP_HOST', 'HTTP_X_FORWARDED_FOR',
        'HTTP_X_FORWARDED_HOST', 'HTTP_X_FORWARDED_PROTO') as $name) {
        $seen[$name] = isset($_SERVER[$name]) ? (string) $_SERVER[$name] : null;
    }
    return $seen;
}

function banyan_probe_php()
{
    $extensions = array();
    foreach (array('memcached', 'memcache', 'igbinary', 'msgpack', 'redis', 'mysqli', 'pdo_mysql', 'mbstring') as $name) {
        if (extension_loaded($name)) {
            $extensions[$name] = (string) phpversion($name);
        }
    }
    return array('version' => PHP_VERSION, 'sapi' => PHP_SAPI, 'machine' => php_uname('m'), 'extensions' => $extensions);
}

/** Writes a session of its own, as the application would, and says how. */
function banyan_probe_session()
{
    $ini = array();
    foreach (array('session.save_path', 'session.serialize_handler', 'session.gc_maxlifetime', 'memcached.sess_prefix',
        'memcached.sess_consistent_hash', 'memcached.sess_consistent_hash_type', 'memcached.sess_binary_protocol', 'memcache.session_redundancy',
        'memcache.hash_strategy', 'memcache.hash_function', 'redis.session.compression') as $name) {
        $value = ini_get($name);
        if ($value !== false) {
            $ini[$name] = banyan_probe_masked($value);
        }
    }
    if (session_status() !== PHP_SESSION_ACTIVE) {
        ini_set('session.use_cookies', '0');
        session_start();
    }
    $_SESSION['banyan_probe'] = array('text' => "Zo\xc3\xab", 'number' => 7, 'ratio' => 0.5, 'yes' => true, 'none' => null, 'list' => array('a', 'b'));
    $found = array('handler' => session_module_name(), 'name' => session_name(), 'id' => session_id(), 'ini' => $ini);
    session_write_close();
    return $found;
}

/** Writes keys for a minute, and says how and where. */
function banyan_probe_memcached($memcached)
{
    $keys = array();
    $isNew = $memcached instanceof Memcached;
    for ($i = 0; $i < 20; $i++) {
        $key = 'banyan_probe_' . substr(hash('sha256', $_POST['token'] . $i), 0, 12);
        $value = array('number' => $i, 'text' => "Zo\xc3\xab", 'list' => array(1.5, true, null));
        $wrote = $isNew ? $memcached->set($key, $value, 60) : $memcached->set($key, $value, 0, 60);
        $server = $isNew ? $memcached->getServerByKey($key) : null;
        $keys[] = array('key' => $key, 'wrote' => $wrote, 'server' => $server ? $server['host'] . ':' . $server['port'] : null);
    }
    $report = array('class' => get_class($memcached), 'extension' => $isNew ? 'memcached' : 'memcache', 'keys' => $keys);
    if (!$isNew) {
        $servers = @$memcached->getExtendedStats();
        return $report + array(
            'servers' => is_array($servers) ? array_keys($servers) : array(),
            'strategy' => (string) ini_get('memcache.hash_strategy'),
            'hash' => (string) ini_get('memcache.hash_function'),
        );
    }
    $servers = array();
    foreach ($memcached->getServerList() as $server) {
        $weight = isset($server['weight']) ? (int) $server['weight'] : 0;
        $servers[] = $server['host'] . ':' . $server['port'] . ($weight > 1 ? ':' . $weight : '');
    }
    return $report + array(
        'servers' => $servers,
        'prefix' => (string) $memcached->getOption(Memcached::OPT_PREFIX_KEY),
        'serializer' => (int) $memcached->getOption(Memcached::OPT_SERIALIZER),
        'distribution' => (int) $memcached->getOption(Memcached::OPT_DISTRIBUTION),
        'ketama' => (bool) $memcached->getOption(Memcached::OPT_LIBKETAMA_COMPATIBLE),
        'hash' => (int) $memcached->getOption(Memcached::OPT_HASH),
    );
}

/** The session of the application's connection, and how it counts rows. */
function banyan_probe_mysql($mysql)
{
    $variables = array();
    $sql = "SHOW SESSION VARIABLES WHERE Variable_name IN ('sql_mode', 'time_zone', 'system_time_zone', 'character_set_client',
        'character_set_connection', 'character_set_results', 'collation_connection', 'tx_isolation', 'transaction_isolation', 'autocommit',
        'group_concat_max_len', 'sql_big_selects', 'div_precision_increment', 'sql_select_limit', 'foreign_key_checks', 'lc_time_names',
        'default_week_format', 'hostname', 'port', 'server_id')";
    foreach (banyan_probe_rows($mysql, $sql) as $row) {
        $variables[$row[0]] = $row[1];
    }
    $now = banyan_probe_rows($mysql, 'SELECT NOW(), DATABASE()');
    return array(
        'api' => $mysql instanceof PDO ? 'PDO' : 'mysqli',
        'variables' => $variables,
        'database' => $now[0][1],
        'now' => $now[0][0],
        'local' => date('Y-m-d H:i:s'),
        'unchanged' => banyan_probe_try(function () use ($mysql) {
            return banyan_probe_unchanged($mysql);
        }),
    );
}

/** How many rows an UPDATE to the value already there counts: 0, or 1 with CLIENT_FOUND_ROWS. */
function banyan_probe_unchanged($mysql)
{
    $mysql->query('CREATE TEMPORARY TABLE banyan_probe (a INT)');
    $mysql->query('INSERT INTO banyan_probe VALUES (1)');
    $updated = $mysql->query('UPDATE banyan_probe SET a = 1');
    $count = $mysql instanceof PDO ? $updated->rowCount() : $mysql->affected_rows;
    $mysql->query('DROP TEMPORARY TABLE banyan_probe');
    return (int) $count;
}

function banyan_probe_rows($mysql, $sql)
{
    $rows = array();
    $result = $mysql->query($sql);
    while ($row = $mysql instanceof PDO ? $result->fetch(PDO::FETCH_NUM) : $result->fetch_row()) {
        $rows[] = $row;
    }
    return $rows;
}

/** Takes back what `look` has written. */
function banyan_probe_clean($memcached)
{
    for ($i = 0; $memcached !== null && $i < 20; $i++) {
        $memcached->delete('banyan_probe_' . substr(hash('sha256', $_POST['token'] . $i), 0, 12));
    }
    if (!isset($_POST['session']) || !is_string($_POST['session']) || !preg_match('/^[A-Za-z0-9,-]{22,256}$/D', $_POST['session'])) {
        return true;
    }
    if (session_status() === PHP_SESSION_ACTIVE) {
        session_write_close();
    }
    ini_set('session.use_cookies', '0');
    session_id($_POST['session']);
    session_start();
    if (!isset($_SESSION['banyan_probe'])) {
        session_write_close();
        return false;
    }
    return session_destroy();
}
