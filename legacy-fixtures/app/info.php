<?php
/** Pages addressed by PATH_INFO: /info.php/shipping/germany */

require __DIR__ . '/includes/bootstrap.php';

$shipping = array(
    'germany' => array('Germany', 'Two days, free from &euro;&nbsp;30.'),
    'austria' => array('Austria', 'Three days, &euro;&nbsp;4.90.'),
    'switzerland' => array('Switzerland', 'Five days, &euro;&nbsp;9.80. Customs may ask for more.'),
    'france' => array('France', 'Four days, &euro;&nbsp;6.50.'),
);

$viewer = current_viewer();
$parts = explode('/', trim(isset($_SERVER['PATH_INFO']) ? $_SERVER['PATH_INFO'] : '', '/'));
$topic = $parts[0];
$country = isset($parts[1]) ? $parts[1] : '';

if ($topic === 'shipping' && isset($shipping[$country])) {
    echo page_top('Shipping to ' . $shipping[$country][0], $viewer);
    echo '<h1>Shipping to ' . $shipping[$country][0] . "</h1>\n<p>" . $shipping[$country][1] . "</p>\n";
    echo page_bottom();
} elseif ($topic === '' || $topic === 'shipping') {
    echo page_top('Shipping', $viewer);
    echo "<h1>Shipping</h1>\n<ul>\n";
    foreach ($shipping as $name => $row) {
        echo '<li><a href="/info.php/shipping/' . $name . '">' . $row[0] . "</a></li>\n";
    }
    echo "</ul>\n";
    echo page_bottom();
} else {
    not_found_page($viewer);
}
