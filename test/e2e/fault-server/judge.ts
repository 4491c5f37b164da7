// Holds what a visitor saw against what the kind of fault lets them see.
import { bodyOf, type Kind, type Sight } from './kind.ts';
import type { Seen } from './raw-visitor.ts';

/** Tells which sight it was. Throws for what no visitor may see, whatever the upstream did. */
export function judge(seen: Seen, nonce: string, kind?: Kind): Sight {
  const wrong = (what: string) => new Error(`${what}: ${describe(seen)}`);
  if (seen.ending === 'hung') throw wrong('the visitor was left hanging');
  if (seen.ending === 'wrong') throw wrong('the visitor was sent what is no answer');
  // A head that had not left yet when its body broke off: no visitor takes that for an answer.
  if (seen.ending === 'nothing') return 'cut';
  const told = seen.header('x-nonce');
  if (told !== undefined && told !== nonce)
    throw wrong(`the answer belongs to ${told}, and was given to ${nonce}`);
  if (seen.interim.some(({ line }) => !/^HTTP\/1\.1 10[23] /.test(line)))
    throw wrong('an odd interim answer');
  if (told === undefined) return seen.ending === 'whole' ? edgePage(seen, wrong) : 'cut';
  if (seen.status !== (kind?.right?.status ?? 200)) throw wrong('the status is not the right one');
  if (seen.ending === 'cut' && kind?.garbled) return 'cut';
  return body(seen, kind?.right?.body?.(nonce), nonce, wrong);
}

function edgePage(seen: Seen, wrong: (what: string) => Error): Sight {
  const requestId = seen.header('x-request-id');
  if (seen.status !== 502 && seen.status !== 504) throw wrong('an answer without a nonce');
  if (!requestId) throw wrong('an error page without X-Request-Id');
  if (seen.header('cache-control') !== 'no-store') throw wrong('an error page that may be kept');
  const text = seen.body.toString();
  // There is no body where HEAD was asked.
  if (text !== '' && !text.includes(requestId)) throw wrong('an error page without its request id');
  return seen.status;
}

function body(
  seen: Seen,
  expected: string | undefined,
  nonce: string,
  wrong: (what: string) => Error,
): Sight {
  const text = seen.body.toString('latin1');
  if (seen.ending === 'cut') {
    const whole = expected ?? bodyOf(nonce, text.length + nonce.length);
    if (!whole.startsWith(text)) throw wrong('what came of the body is not the beginning of the right one');
    return 'cut';
  }
  // A size that is not told is the usual one.
  if (text !== (expected ?? bodyOf(nonce))) throw wrong('an answer that looks whole and is not');
  return 'whole';
}

/** Words what was seen, for a failing test. */
export function describe(seen: Seen): string {
  const fields = seen.fields.map(([name, value]) => `${name}: ${value.slice(0, 80)}`).slice(0, 20);
  const start = seen.body.toString('latin1', 0, 120);
  return JSON.stringify({
    ...{ ending: seen.ending, status: seen.status, fields },
    ...{ size: seen.body.length, start, more: seen.more.slice(0, 200) },
  });
}
