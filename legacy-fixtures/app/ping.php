<?php
/** For the monitor in the back office. */
http_response_code(204);
