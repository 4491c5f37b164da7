<?php
/** A page that is never the same twice: a nonce and the time of day. */

require __DIR__ . '/includes/bootstrap.php';

$nonce = base64_encode(random_bytes(16));
header("Content-Security-Policy: script-src 'self' 'nonce-$nonce'");

echo page_top('Opening hours', current_viewer());
?>
<h1>Opening hours</h1>
<p>Monday to Saturday, 10 to 19. It is <time id="now"><?php echo date('Y-m-d H:i:s'); ?></time> in Berlin.</p>
<script nonce="<?php echo h($nonce); ?>">document.getElementById('now').title = 'Berlin';</script>
<?php
echo page_bottom();
