// Runs errands and says how every single one ended. Only who behaves as a browser tries anything a second time.
import http from 'node:http';
import { answerBody, type Errand, requestBody, targetOf } from './errand.ts';

const DEADLINE_MS = 30_000;

/**
 * How an errand ended. `reused`: the answer came on a connection that had been kept. `stale`: such a connection
 * broke before a byte of the answer.
 */
export type End =
  | { readonly kind: 'right'; readonly reused: boolean }
  | { readonly kind: 'wrong'; readonly what: string }
  | { readonly kind: 'failed'; readonly what: string; readonly stale: boolean };

/** Runs one errand over a connection of `agent` and holds the answer against the right one. */
export function perform(url: string, agent: http.Agent | false, errand: Errand): Promise<End> {
  const { method, nonce, bodyBytes } = errand;
  const body = method === 'POST' ? requestBody(nonce, bodyBytes) : undefined;
  const headers = body ? { 'Content-Type': 'text/plain', 'Content-Length': body.length } : {};
  return new Promise((resolve) => {
    const request = http.request(url + targetOf(errand), { method, agent, headers });
    let begun = false;
    const end = (how: End) => {
      clearTimeout(timer);
      resolve(how);
    };
    const fail = (what: string) => end({ kind: 'failed', what, stale: request.reusedSocket && !begun });
    const timer = setTimeout(() => {
      fail('no end within 30 s');
      request.destroy();
    }, DEADLINE_MS);
    request.on('error', (error: Error & { code?: string }) => fail(error.code ?? error.message));
    request.on('response', (response) => {
      begun = true;
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', (error: Error & { code?: string }) => fail(error.code ?? error.message));
      response.on('end', () => {
        const what = trouble(errand, response, Buffer.concat(pieces));
        end(what ? { kind: 'wrong', what } : { kind: 'right', reused: request.reusedSocket });
      });
    });
    request.end(body);
  });
}

/**
 * Runs one errand as Chromium and Firefox do: where a connection that they had kept is closed just as they use it,
 * they ask once more on a new one, whatever the method.
 */
export async function performAsBrowser(
  url: string,
  agent: http.Agent,
  errand: Errand,
): Promise<{ readonly end: End; readonly resent: boolean }> {
  const end = await perform(url, agent, errand);
  if (end.kind !== 'failed' || !end.stale) return { end, resent: false };
  return { end: await perform(url, false, errand), resent: true };
}

/** Words what is wrong with an answer. */
function trouble(
  { nonce, bodyBytes, answerBytes }: Errand,
  { statusCode, headers }: http.IncomingMessage,
  body: Buffer,
): string | undefined {
  if (statusCode !== 200) return `status ${statusCode}`;
  if (headers['x-body'] !== `${bodyBytes}`) return 'its body came otherwise';
  if (!body.equals(answerBody(nonce, answerBytes))) return `another answer: ${body.length} bytes`;
  return undefined;
}

/** Counts ends. */
export class Tally {
  right = 0;
  /** What was not right, as `GET n1: ECONNRESET`. */
  readonly others: { readonly errand: Errand; readonly what: string }[] = [];

  add(errand: Errand, end: End): void {
    if (end.kind === 'right') this.right += 1;
    else this.others.push({ errand, what: end.what });
  }

  /** All that ended, however. */
  get count(): number {
    return this.right + this.others.length;
  }

  /** What was not right, in words, for messages. */
  told(method?: Errand['method']): readonly string[] {
    return this.others
      .filter(({ errand }) => method === undefined || errand.method === method)
      .map(({ errand, what }) => `${errand.method} ${errand.nonce}: ${what}`);
  }
}

/** Does work number 0 to `count` - 1, `width` at a time. */
export async function inParallel(
  count: number,
  width: number,
  work: (number: number, lane: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async (_: unknown, index: number) => {
    while (next < count) {
      const number = next;
      next += 1;
      await work(number, index);
    }
  };
  await Promise.all(Array.from({ length: width }, lane));
}

/** Makes connections as a browser keeps them: up to six, kept for the next request. */
export function browserAgent(): http.Agent {
  return new http.Agent({ keepAlive: true, maxSockets: 6 });
}
