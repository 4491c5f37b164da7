// Real PHP as the judge: many inputs go through one process, values cross as descriptions that lose nothing.
import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { arrayKey, bytesOf, type PhpKey, PhpObject, type PhpValue } from '../../../src/php/value.ts';

const DESCRIBE = fileURLToPath(new URL('./describe.php', import.meta.url));

/** Gives the name of the php command, 8.2 by preference; throws if there is none, because nothing is proved without it. */
export function findPhp(): string {
  for (const name of ['php8.2', 'php']) {
    if (spawnSync(name, ['-v']).status === 0) return name;
  }
  throw new Error('php is not in PATH: install the command line PHP 8.2 (Debian: php8.2-cli)');
}

/**
 * Runs PHP code once for each input and gives what it returned, in order. In the code `$in` is the input: a string for
 * bytes, otherwise what was described. Extensions that are not built in are loaded by name.
 */
export function askPhp(
  code: string,
  inputs: readonly PhpValue[],
  extensions: readonly string[] = [],
): string[] {
  const program = `require ${JSON.stringify(DESCRIBE)}; answer(function ($in) { ${code} });`;
  const lines = inputs.map((input) => JSON.stringify(describeValue(input))).join('\n');
  const options = { input: lines, maxBuffer: 1 << 30, env: { TZ: 'UTC' } };
  const load = extensions.flatMap((extension) => ['-d', `extension=${extension}`]);
  const output = execFileSync(findPhp(), ['-n', ...load, '-d', 'error_reporting=0', '-r', program], options);
  return output.toString('utf8').split('\n').slice(0, -1);
}

/** Describes a value so that neither JSON nor UTF-8 can change it: strings in base64, floats by their bits. */
export function describeValue(value: PhpValue): unknown {
  if (value === null) return ['n'];
  if (typeof value === 'boolean') return ['b', value];
  if (typeof value === 'bigint') return ['i', String(value)];
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? ['i', String(value)] : ['d', bitsOf(value)];
  if (typeof value === 'string' || value instanceof Uint8Array)
    return ['s', bytesOf(value).toString('base64')];
  if (value instanceof PhpObject) return ['o', members(asArray(value))];
  return ['a', members(value)];
}

function members(entries: Iterable<readonly [PhpKey, PhpValue]>): unknown[] {
  return Array.from(entries, ([key, value]) => [describeValue(key), describeValue(value)]);
}

/** An object's properties as PHP's `(array)` gives them: integers instead of names like "10". */
function asArray(object: PhpObject): [PhpKey, PhpValue][] {
  return Array.from(object.properties, ([name, value]) => [arrayKey(String(name)), value]);
}

function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
