<?php
$viewer = current_viewer();
$id = get_int('id', 0);
$data = load_product($id);

if ($data === null) {
    not_found_page($viewer);
    return;
}

echo page_top($data['product']['title'], $viewer);
echo product_html($data, $viewer, get_string('reviewed') === '1');
echo page_bottom();
