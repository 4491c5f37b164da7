// The handler in Express 5 itself, ETag off.

import express from 'express';
import handler from '../handlers/page.js';

const app = express();
app.disable('etag');
app.disable('x-powered-by');
app.get('/page', handler);
app.get('/', handler);
app.listen(Number(process.env.PORT), '127.0.0.1');
