<?php
/** What every page has above and below. */

function load_categories()
{
    return db_rows('SELECT slug, name FROM categories ORDER BY position');
}

/** Everything from the doctype to the beginning of the page's own content. */
function page_top($title, $viewer, $search = '')
{
    $shop = h(SHOP_NAME);
    $title = h($title);
    $search = h($search);

    $links = '';
    foreach (load_categories() as $category) {
        $links .= '<li><a href="/category/' . h($category['slug']) . '">' . h($category['name']) . "</a></li>\n";
    }

    if ($viewer['user'] !== null) {
        $account = '<span class="hello">Hello, <a href="/account">' . h($viewer['user']['name']) . '</a></span>'
            . ' <a href="/logout">Log out</a>';
    } else {
        $account = '<a href="/login">Log in</a>';
    }

    return <<<HTML
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>$title - $shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/style.css?v=14">
<link rel="alternate" type="application/rss+xml" title="New books" href="/feed.php">
</head>
<body>
<header class="top">
<a class="logo" href="/"><img src="/static/logo.png" width="40" height="40" alt=""> $shop</a>
<form class="search" action="/index.php" method="get">
<input type="hidden" name="page" value="search">
<input type="text" name="q" value="$search" placeholder="Title or author">
<button type="submit">Search</button>
</form>
<div class="visitor">$account <a class="cart" href="/cart">Cart (<span id="cart-count">{$viewer['cart_count']}</span>)</a></div>
</header>
<nav>
<ul>
<li><a href="/">Home</a></li>
$links</ul>
</nav>
<main>

HTML;
}

/** Everything after the page's own content. */
function page_bottom()
{
    $shop = h(SHOP_NAME);

    return <<<HTML
</main>
<footer>
<p>$shop, Kastanienallee 7, Berlin &middot; <a href="/info.php/shipping/germany">Shipping</a> &middot; <a href="/pages/about">About us</a> &middot; <a href="/feed.php">New books (RSS)</a></p>
</footer>
<script src="/static/site.js?v=3"></script>
</body>
</html>

HTML;
}

/** One book in a list. */
function book_card($book)
{
    $id = (int) $book['id'];
    $title = h($book['title']);
    $author = h($book['author']);
    $cover = h($book['cover']);
    $price = price($book['price']);

    return <<<HTML
<li class="book">
<a href="/products/$id"><span class="cover"><img src="/static/$cover" alt=""><b>$title</b></span>
<strong>$title</strong></a>
<em>$author</em>
<span class="price">$price</span>
</li>

HTML;
}

/** Links to the other pages of a list. $query is what their addresses have in common. */
function pager($path, $query, $page, $pages)
{
    if ($pages < 2) {
        return '';
    }
    $html = '<p class="pager">';
    for ($p = 1; $p <= $pages; $p++) {
        if ($p !== 1 && $p !== $pages && abs($p - $page) > 2) {
            if (abs($p - $page) === 3) {
                $html .= ' &hellip;';
            }
            continue;
        }
        if ($p === $page) {
            $html .= ' <b>' . $p . '</b>';
        } else {
            $href = $path . '?' . http_build_query($query + array('p' => $p));
            $html .= ' <a href="' . h($href) . '">' . $p . '</a>';
        }
    }
    return $html . "</p>\n";
}

/** A page that says one thing, such as what went wrong. $message is HTML. */
function message_page($status, $title, $message, $viewer)
{
    http_response_code($status);
    echo page_top($title, $viewer);
    echo '<h1>' . h($title) . "</h1>\n<p>" . $message . "</p>\n";
    echo page_bottom();
}

function not_found_page($viewer)
{
    message_page(404, 'Page not found', 'We looked on every shelf. <a href="/">Back to the shop</a>', $viewer);
}
