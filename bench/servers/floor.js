// The least that a proxy on undici's dispatch behind node:http can be: no routes, no refusals, no metrics, no
// care for what goes wrong. What Banyan costs beyond this is what its own code costs.

import { createServer } from 'node:http';
import { Pool } from 'undici';

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade']);
const pool = new Pool(process.env.UPSTREAM ?? '', { pipelining: 1 });

const server = createServer((req, res) => {
  const { method = 'GET', url = '/', rawHeaders } = req;
  const hasBody = 'content-length' in req.headers || 'transfer-encoding' in req.headers;
  const headers = withoutHopByHop(rawHeaders);
  const body = hasBody ? req : null;
  pool.dispatch({ method: /** @type {'GET'} */ (method), path: url, headers, body }, answering(res));
});
server.listen(Number(process.env.PORT), '127.0.0.1');

/**
 * @param {import('node:http').ServerResponse} res
 * @returns {import('undici').Dispatcher.DispatchHandler}
 */
function answering(res) {
  return {
    onConnect: () => {},
    onHeaders: (status, raw, resume, reason) => {
      res.on('drain', resume);
      res.writeHead(status, reason, withoutHopByHop(raw.map((part) => part.toString('latin1'))));
      return true;
    },
    onData: (chunk) => res.write(chunk),
    onComplete: () => void res.end(),
    onError: () => void res.destroy(),
  };
}

/** @param {readonly string[]} raw */
function withoutHopByHop(raw) {
  /** @type {string[]} */
  const kept = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    if (!HOP_BY_HOP.has(name.toLowerCase())) kept.push(name, raw[at + 1] ?? '');
  }
  return kept;
}
