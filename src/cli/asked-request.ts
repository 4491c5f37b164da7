// A request that somebody asks about, as the table would see it.
import { RequestInput } from '../edge/visitor/match-input.ts';
import { parsePhpBody } from '../php/request/query.ts';
import type { MatchInput } from '../routing/table.ts';

/** A request in words; names of fields are in lower case. */
export type AskedRequest = {
  readonly method: string;
  /** Empty where the request names none. */
  readonly host: string;
  /** Path and query, as they are sent. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined where the request has none. */
  readonly body: string | undefined;
};

const FORM = 'application/x-www-form-urlencoded';

/** Returns what the table matches. A body is a urlencoded form, unless Content-Type says otherwise. */
export function inputOf({ method, host, target, headers, body }: AskedRequest): MatchInput {
  const type = (headers['content-type'] ?? FORM).split(';')[0]?.trim().toLowerCase();
  const form = body === undefined || type !== FORM ? null : parsePhpBody(Buffer.from(body, 'utf8'));
  const input = new RequestInput({ method, headers }, target, host || (headers.host ?? ''));
  input.body = form;
  return input;
}
