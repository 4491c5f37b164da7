// Which part of src knows which library: another one can take its place there, and nothing else has to change.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SRC = fileURLToPath(new URL('../src/', import.meta.url));

const sources = readdirSync(SRC, { recursive: true })
  .map(String)
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(`${SRC}${file}`, 'utf8') }));

test.each([
  ['undici', 'edge/upstream/'],
  ['http-proxy', 'edge/upstream/tunnel.ts'],
  ['express', 'native/'],
  ['@fastify/busboy', 'native/'],
  ['memjs', 'stores/memcache/'],
  ['mysql2', 'stores/'],
  ['@redis/client', 'stores/session/places/'],
  ['prom-client', 'observe/metrics.ts'],
  ['pino', 'observe/log.ts'],
  ['yaml', 'routes-file/'],
  ['commander', 'cli/'],
])('%s is known to src/%s alone', (name, place) => {
  const imports = new RegExp(`(?:from|import\\()\\s*'${name.replace('/', '\\/')}(?:/[^']*)?'`);
  const knowing = sources.filter(({ text }) => imports.test(text)).map(({ file }) => file);
  expect(knowing).not.toEqual([]);
  expect(knowing.filter((file) => !file.startsWith(place))).toEqual([]);
});
