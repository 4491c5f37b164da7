// How running a handler ended, as values.
import type { BodyResult } from './body.ts';

/** How running a handler ended. `busy`, `declined` and `refused` mean that nothing has been done. */
export type NativeEnd =
  | { readonly kind: 'answered' }
  | { readonly kind: 'client-gone' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'declined'; readonly code: 'session-unreadable'; readonly message: string }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      /** Of a body that is not taken: why, for the log and the metrics. */
      readonly message?: string;
    }
  | {
      readonly kind: 'failed';
      readonly code: FailureCode;
      readonly message: string;
      readonly error?: unknown;
    };

export type FailureCode = 'threw' | 'deadline' | 'no-answer' | 'uploads';

export const ANSWERED: NativeEnd = { kind: 'answered' };
export const CLIENT_GONE: NativeEnd = { kind: 'client-gone' };
export const BUSY: NativeEnd = { kind: 'busy' };
/** Express code called `next()`, and there is nothing behind it. */
export const NOTHING_THERE: NativeEnd = { kind: 'refused', status: 404, code: 'next' };

const MALFORMED = refusedBody(400, 'body-malformed', 'the body is not what its Content-Type says');
const UNSUPPORTED = refusedBody(
  415,
  'body-unsupported',
  'the body is compressed, or in another charset than UTF-8',
);

/** Makes the end of a request whose body was not taken. */
export function endWithoutBody(read: BodyResult & { readonly ok: false }): NativeEnd {
  switch (read.reason) {
    case 'too-large':
      return bodyTooLarge(read.message);
    case 'malformed':
      return MALFORMED;
    case 'unsupported':
      return UNSUPPORTED;
    case 'aborted':
      return CLIENT_GONE;
    case 'failed':
      return failure('uploads', read.error);
  }
}

/** Makes the end of a request whose body is beyond a limit; the message says which. */
export function bodyTooLarge(message: string): NativeEnd {
  return refusedBody(413, 'body-too-large', message);
}

function refusedBody(status: number, code: string, message: string): NativeEnd {
  return { kind: 'refused', status, code, message };
}

/** Makes the end of a request whose visitor nobody knows. */
export function sessionUnreadable(message: string): NativeEnd {
  return {
    kind: 'declined',
    code: 'session-unreadable',
    message: `the session could not be read: ${message}`,
  };
}

/** Makes the end of a handler that has sent nothing in time. */
export function deadlinePassed(timeoutMs: number): NativeEnd {
  return { kind: 'failed', code: 'deadline', message: `the handler gave no answer within ${timeoutMs} ms` };
}

/** Makes the end of a failure that is not the visitor's doing. */
export function failure(code: FailureCode, error: unknown): NativeEnd {
  return { kind: 'failed', code, message: errorMessage(error), error };
}

/**
 * Makes an end of what a handler threw. An error that says it is the client's (`status` 400 to 499, as
 * Express's parsers and http-errors have it) is no failure of the handler's.
 */
export function endOf(error: unknown): NativeEnd {
  const status = clientStatus(error);
  if (status !== undefined) return { kind: 'refused', status, code: 'client-error' };
  return failure('threw', error);
}

function clientStatus(error: unknown): number | undefined {
  try {
    if (!(error instanceof Error)) return undefined;
    const { status, statusCode } = error as { status?: unknown; statusCode?: unknown };
    const said = status ?? statusCode;
    return typeof said === 'number' && said >= 400 && said < 500 ? said : undefined;
  } catch {
    return undefined;
  }
}

/** What was thrown may be anything, and even throw when it is looked at. */
function errorMessage(error: unknown): string {
  try {
    return error instanceof Error ? String(error.message) : String(error);
  } catch {
    return 'something that cannot be shown';
  }
}
