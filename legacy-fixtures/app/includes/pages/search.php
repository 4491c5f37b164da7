<?php
/** index.php?page=search&q=...&sort=...&p=... */

function search_sorts()
{
    return array(
        'title' => array('Title', 'title, id'),
        'price' => array('Cheapest first', 'price, title, id'),
        'price_desc' => array('Dearest first', 'price DESC, title, id'),
        'newest' => array('Newest first', 'published_on DESC, id DESC'),
    );
}

/** One page of the books whose title or author contains $q; none for an empty $q. */
function search_books($q, $sort, $p)
{
    if ($q === '') {
        return array('total' => 0, 'page' => 1, 'pages' => 1, 'books' => array());
    }
    $sorts = search_sorts();
    $where = ' FROM products WHERE title LIKE ' . q_like($q) . ' OR author LIKE ' . q_like($q);
    $total = (int) db_value('SELECT COUNT(*)' . $where);
    $pages = max(1, (int) ceil($total / RESULTS_PER_PAGE));
    $page = min(max(1, $p), $pages);
    $books = db_rows(
        'SELECT id, title, author, price, cover' . $where . ' ORDER BY ' . $sorts[$sort][1]
        . ' LIMIT ' . (($page - 1) * RESULTS_PER_PAGE) . ', ' . RESULTS_PER_PAGE
    );
    return array('total' => $total, 'page' => $page, 'pages' => $pages, 'books' => $books);
}

/** The search page between header and footer. */
function search_html($q, $sort, $result)
{
    if ($q === '') {
        return "<h1>Search</h1>\n<p>Which book are you looking for? Type a part of its title or the author's name.</p>\n";
    }

    $html = '<h1>Search for &ldquo;' . h($q) . "&rdquo;</h1>\n"
        . '<p class="lead">' . count_of($result['total'], 'book', 'books') . " found</p>\n";
    if ($result['total'] === 0) {
        return $html . "<p>Nothing found. Perhaps a shorter word?</p>\n";
    }

    $html .= '<p class="sorts">Sort by:';
    foreach (search_sorts() as $name => $choice) {
        if ($name === $sort) {
            $html .= ' <b>' . $choice[0] . '</b>';
        } else {
            $href = '/index.php?' . http_build_query(array('page' => 'search', 'q' => $q, 'sort' => $name));
            $html .= ' <a href="' . h($href) . '">' . $choice[0] . '</a>';
        }
    }
    $html .= "</p>\n" . '<ul class="books">' . "\n";
    foreach ($result['books'] as $book) {
        $html .= book_card($book);
    }
    $html .= "</ul>\n";
    return $html . pager('/index.php', array('page' => 'search', 'q' => $q, 'sort' => $sort), $result['page'], $result['pages']);
}

$viewer = current_viewer();
$q = trim(to_utf8(get_string('q')));
$sort = array_key_exists(get_string('sort'), search_sorts()) ? get_string('sort') : 'title';
$result = search_books($q, $sort, get_int('p', 1));

echo page_top('Search', $viewer, $q);
echo search_html($q, $sort, $result);
echo page_bottom();
