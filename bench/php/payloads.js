// What PHP writes for a few values of the kind that applications keep in Memcache and in sessions.

import { execFileSync } from 'node:child_process';

/** PHP expressions. */
const VALUES = {
  'an integer': '42',
  'a row':
    '["id" => 7, "name" => "Ada Lovelace", "roles" => ["admin", "editor"], "rate" => 1.5, "active" => true, "left" => null]',
  '200 rows':
    'array_map(fn($i) => ["id" => $i, "name" => "widget $i", "price" => "9.99", "tags" => ["a", "b"]], range(1, 200))',
  '200 rows, not ASCII':
    'array_map(fn($i) => ["id" => $i, "name" => "Zoë € $i", "text" => str_repeat("déjà vu ", 10)], range(1, 200))',
  '200 objects': 'array_map(fn($i) => (object) ["id" => $i, "name" => "widget $i"], range(1, 200))',
  '2,000 integers': 'range(1, 2000)',
  '1,000 floats': 'array_map(fn($i) => $i / 7, range(1, 1000))',
  'a page of 100 KiB': 'str_repeat("The quick brown fox. ", 5000)',
};

const SESSION =
  '["Auth" => ["User" => ["id" => 7, "name" => "Ada Lovelace", "email" => "ada@example.com", "role" => "admin"]],' +
  ' "cart" => array_map(fn($i) => ["sku" => "B-$i", "qty" => 1 + $i % 3, "price" => 12.5], range(1, 20)), "_token" => md5("x"), "seen" => 1700000000]';

/**
 * @typedef {object} Payloads
 * @property {Record<string, { serialize: Buffer, igbinary: Buffer, msgpack: Buffer }>} values by what they are
 * @property {Record<string, Buffer>} sessions one and the same, by session.serialize_handler
 */

/**
 * Has PHP write all of them.
 *
 * @param {string} php the command, with the extensions igbinary and msgpack
 * @returns {Payloads}
 */
export function makePayloads(php) {
  const values = Object.entries(VALUES).map(([name, code]) => [name, write(php, `$v = ${code};`, WRITERS)]);
  return { values: Object.fromEntries(values), sessions: write(php, `$v = ${SESSION};`, HANDLERS) };
}

const WRITERS = {
  serialize: 'serialize($v)',
  igbinary: 'igbinary_serialize($v)',
  msgpack: 'msgpack_pack($v)',
};

const named = (/** @type {string} */ name) =>
  `implode("", array_map(fn($k, $x) => ${name} . serialize($x), array_keys($v), $v))`;

/** As the handlers write, which without references is name for name. */
const HANDLERS = {
  php: named('"$k|"'),
  php_binary: named('chr(strlen($k)) . $k'),
  php_serialize: 'serialize($v)',
  igbinary: 'igbinary_serialize($v)',
};

/**
 * @param {string} php
 * @param {string} code
 * @param {Record<string, string>} writers
 */
function write(php, code, writers) {
  const parts = Object.entries(writers).map(([name, call]) => `"${name}" => base64_encode(${call})`);
  const output = execFileSync(php, ['-r', `${code} echo json_encode([${parts.join(', ')}]);`]);
  const written = Object.entries(JSON.parse(output.toString()));
  return Object.fromEntries(written.map(([name, text]) => [name, Buffer.from(String(text), 'base64')]));
}
