<?php
/** MySQL by mysqli. Rows are text rows: every column is a string or NULL. */

/** The one connection of this request, opened when it is first needed. */
function db()
{
    static $link = null;
    if ($link === null) {
        try {
            $link = @mysqli_connect(DB_HOST, DB_USER, DB_PASSWORD, DB_NAME, DB_PORT);
            mysqli_set_charset($link, 'utf8mb4');
        } catch (mysqli_sql_exception $e) {
            error_log('database: ' . $e->getMessage());
            header('Retry-After: 30', true, 503);
            exit('<h1>We are closed for a moment</h1><p>Please try again shortly.</p>');
        }
    }
    return $link;
}

/** Quotes a string for SQL. */
function q($string)
{
    return "'" . mysqli_real_escape_string(db(), $string) . "'";
}

/** Quotes a string for the middle of a LIKE pattern, so that % and _ mean themselves. */
function q_like($string)
{
    return q('%' . addcslashes($string, '%_\\') . '%');
}

function db_rows($sql)
{
    return mysqli_fetch_all(mysqli_query(db(), $sql), MYSQLI_ASSOC);
}

/** The first row, or NULL. */
function db_row($sql)
{
    return mysqli_fetch_assoc(mysqli_query(db(), $sql));
}

/** The first column of the first row, or NULL. */
function db_value($sql)
{
    $row = mysqli_fetch_row(mysqli_query(db(), $sql));
    return $row ? $row[0] : null;
}

function db_exec($sql)
{
    mysqli_query(db(), $sql);
    return mysqli_affected_rows(db());
}
