// The requests that the load sends, as bytes. Pure.

/**
 * @typedef {object} Request
 * @property {'GET' | 'POST'} method
 * @property {string} path
 * @property {readonly (readonly [name: string, value: string])[]} fields besides Host
 * @property {number} bodyBytes
 */

/** What a browser sends with a page it asks for. */
export const BROWSER_FIELDS = /** @type {const} */ ([
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0'],
  ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'],
  ['Accept-Language', 'en-GB,en;q=0.7,de;q=0.3'],
  ['Accept-Encoding', 'gzip, deflate, br, zstd'],
  ['Referer', 'http://shop.example/index.php?page=search&q=fig'],
  ['Connection', 'keep-alive'],
  ['Cookie', 'PHPSESSID=3f0vq9l1sr6l5e0m2k8u7h4c1d; cart=17; consent=all; _seen=42,17,8; theme=light'],
  ['Upgrade-Insecure-Requests', '1'],
  ['Sec-Fetch-Dest', 'document'],
  ['Sec-Fetch-Mode', 'navigate'],
  ['Sec-Fetch-Site', 'same-origin'],
  ['Sec-Fetch-User', '?1'],
  ['Priority', 'u=0, i'],
]);

/**
 * Makes the bytes of a request.
 *
 * @param {Request} request
 * @param {number} port
 * @returns {Buffer}
 */
export function requestBytes({ method, path, fields, bodyBytes }, port) {
  const framing = bodyBytes > 0 ? [['Content-Length', String(bodyBytes)]] : [];
  const lines = [['Host', `127.0.0.1:${port}`], ...fields, ...framing].map(
    ([name, value]) => `${name}: ${value}`,
  );
  const head = `${method} ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head, 'latin1'), Buffer.alloc(bodyBytes, 'x')]);
}
