<?php
echo page_top('About us', current_viewer());
?>
<h1>About us</h1>
<p>We opened in 2008 with four shelves and a kettle. There are more shelves now; the kettle is the same.</p>
<p>Paul reads the crime novels, Ines reads everything else, and the dog keeps the poetry warm.</p>
<?php
echo page_bottom();
