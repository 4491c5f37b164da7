// A request as the table sees it: what costs something is read when a route first asks for it.
import type { IncomingMessage } from 'node:http';
import { parsePhpCookies } from '../php/query.ts';
import { arrayKey, type PhpArray } from '../php/value.ts';
import { splitTarget } from '../routing/canonical-path.ts';
import type { MatchInput } from '../routing/table.ts';

/** Reads what matching needs from a request: its target in origin form, and the host it asked for. */
export function matchInput(
  req: Pick<IncomingMessage, 'method' | 'headers'>,
  target: string,
  host: string,
  body: PhpArray | undefined | null,
): MatchInput {
  const { path, query } = splitTarget(target);
  let cookies: PhpArray | undefined;
  return {
    method: req.method ?? '',
    host: host.replace(/:\d*$/, '').toLowerCase(),
    ...{ path, query, body },
    header: (name) => {
      const value = req.headers[name];
      return typeof value === 'object' ? value.join(', ') : value;
    },
    cookie: (name) => {
      cookies ??= parsePhpCookies(req.headers.cookie ?? '');
      return textOf(cookies.get(arrayKey(name)));
    },
  };
}

function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'string' ? value : undefined;
}
