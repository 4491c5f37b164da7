// A server of its own process that gives and takes large bodies: GET /?mib=64, or PUT / with numbered blocks.
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';

import { BlockChecker, numberedBlocks } from './numbered-blocks.js';

const MIB = 1024 * 1024;

const server = createServer({ requestTimeout: 0, keepAliveTimeout: 0 }, (req, res) => {
  if (req.method === 'PUT') return take(req, res);
  const mib = Number(new URL(req.url ?? '/', 'http://bulk').searchParams.get('mib'));
  res.writeHead(200, { 'Content-Length': mib * MIB });
  // Whoever leaves early is no error here.
  pipeline(Readable.from(numberedBlocks(mib)), res, () => {});
});
server.listen(Number(process.env.PORT), '127.0.0.1');

/**
 * @param {import('node:http').IncomingMessage} req
 * @param {import('node:http').ServerResponse} res
 */
function take(req, res) {
  const checker = new BlockChecker();
  req.on('data', (piece) => checker.take(piece));
  req.on('end', () => res.end(JSON.stringify({ bytes: checker.bytes, right: checker.right })));
}
