// Asks real PHP what a framework makes of its input.
import { fileURLToPath } from 'node:url';
import type { RequestFacts } from '../../../src/php/frameworks/dialect.ts';
import type { PhpValue } from '../../../src/php/value.ts';
import { askPhp } from '../oracle/php.ts';

const FRAMEWORKS = fileURLToPath(new URL('../oracle/frameworks.php', import.meta.url));

/** Runs code with the functions of frameworks.php once for each input; gives the bytes that it returned. */
export function askFramework(code: string, inputs: readonly PhpValue[]): Buffer[] {
  const program = `require_once ${JSON.stringify(FRAMEWORKS)}; return base64_encode((function ($in) { ${code} })($in));`;
  return askPhp(program, inputs).map((line) => Buffer.from(line, 'base64'));
}

/** Asks once, without input. */
export function tellFramework(code: string): Buffer {
  return askFramework(code, [null])[0] ?? Buffer.alloc(0);
}

/** What a request says of itself, as far as it matters. */
export function facts(more: Partial<RequestFacts> = {}): RequestFacts {
  return {
    host: 'example.com',
    method: 'GET',
    userAgent: 'Firefox',
    address: '192.0.2.7',
    now: 1_000_000,
    ...more,
  };
}
