// A handler written with Express's API: the same function runs in Express 5 and in Banyan.

import { page } from '../servers/page.js';

const body = page();

/**
 * @param {import('express').Request} _req
 * @param {import('express').Response} res
 */
export default function answerPage(_req, res) {
  res.set('Cache-Control', 'no-store').type('html').send(body);
}
