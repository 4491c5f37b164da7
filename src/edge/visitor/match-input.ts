// A request as the table sees it: what costs something is read when a route first asks for it.
import type { IncomingMessage } from 'node:http';
import { parsePhpCookies } from '../../php/request/query.ts';
import { arrayKey, type PhpArray } from '../../php/value.ts';
import { splitTarget } from '../../routing/canonical-path.ts';
import type { MatchInput } from '../../routing/table.ts';
import { withoutPort } from './host.ts';

/** What matching needs from a request: its target in origin form, and the host it asked for. */
export class RequestInput implements MatchInput {
  readonly method: string;
  readonly path: string;
  readonly query: string | undefined;
  /** What a form has; see MatchInput. */
  body: PhpArray | undefined | null;
  readonly #req: Pick<IncomingMessage, 'headers'>;
  readonly #host: string;
  #cookies: PhpArray | undefined;

  constructor(req: Pick<IncomingMessage, 'method' | 'headers'>, target: string, host: string) {
    const { path, query } = splitTarget(target);
    this.method = req.method ?? '';
    this.path = path;
    this.query = query;
    this.#req = req;
    this.#host = host;
  }

  get host(): string {
    return withoutPort(this.#host).toLowerCase();
  }

  header(name: string): string | undefined {
    const value = this.#req.headers[name];
    return typeof value === 'object' ? value.join(', ') : value;
  }

  cookie(name: string): string | undefined {
    this.#cookies ??= parsePhpCookies(this.#req.headers.cookie ?? '');
    return textOf(this.#cookies.get(arrayKey(name)));
  }
}

function textOf(value: unknown): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
  return typeof value === 'string' ? value : undefined;
}
