// A visitor that shows what came over the wire: raw header fields, when pieces arrived, and no retries.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { Readable } from 'node:stream';
import { waitUntil } from './edge-process.ts';

const DEADLINE_MS = 30_000;

export type Answer = {
  readonly status: number;
  readonly reason: string;
  /** Name, value, name, value, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly text: string;
  /** The first value of a field. */
  header(name: string): string | undefined;
  /** All values of a field, in order. */
  all(name: string): readonly string[];
};

export type Question = {
  readonly method?: string;
  /** Fields in the order to send; an array of values sends a field several times. */
  readonly headers?: Record<string, string | readonly string[]>;
  readonly body?: string | Buffer | Readable;
  /** A connection pool; without one, each request opens a connection and closes it. */
  readonly agent?: http.Agent;
  readonly deadlineMs?: number;
  /** Sent as it stands in place of the URL's path. */
  readonly target?: string;
};

/** Sends one request and reads the whole answer. Rejects when the connection breaks or the deadline passes. */
export async function ask(url: string, question: Question = {}): Promise<Answer> {
  const response = await open(url, question);
  const pieces: Buffer[] = [];
  for await (const piece of response) pieces.push(piece as Buffer);
  if (!response.complete) throw new Error(`the answer of ${url} was cut short`);
  return answerOf(response, Buffer.concat(pieces));
}

/** Sends one request and resolves with the answer's head; the body is the caller's to read. */
export async function open(url: string, question: Question = {}): Promise<http.IncomingMessage> {
  const { method = 'GET', headers = {}, body, agent, target, deadlineMs = DEADLINE_MS } = question;
  const request = http.request(url, {
    ...(target === undefined ? {} : { path: target }),
    method,
    headers: headers as http.OutgoingHttpHeaders,
    agent: agent ?? false,
    signal: AbortSignal.timeout(deadlineMs),
  });
  const answered = once(request, 'response') as Promise<[http.IncomingMessage]>;
  if (body === undefined || typeof body === 'string' || Buffer.isBuffer(body)) request.end(body);
  else body.pipe(request);
  const [response] = await answered;
  return response;
}

/** Reads the body of an answer that came from `open`. */
export async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response) text += piece;
  return text;
}

/** Waits until new connections are refused; those that come before may be answered. */
export async function refused(url: string): Promise<void> {
  await waitUntil(async () => {
    const answer = await ask(url).catch((error: NodeJS.ErrnoException) => error);
    return 'code' in answer && answer.code === 'ECONNREFUSED';
  });
}

/** Reads the four values of `X-Banyan`. */
export function explained(answer: Answer): { side: string; route: string; reason: string; revision: string } {
  const text = answer.header('x-banyan') ?? '';
  const value = (key: string) => new RegExp(`${key}=([^;]*)`).exec(text)?.[1] ?? '';
  return {
    side: value('side'),
    route: value('route'),
    reason: value('reason'),
    revision: value('revision'),
  };
}

/** Lists the workers of an edge: the processes that its primary has forked. */
export function workersOf(primary: number): readonly number[] {
  const text = readFileSync(`/proc/${primary}/task/${primary}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function answerOf(response: http.IncomingMessage, body: Buffer): Answer {
  const { rawHeaders } = response;
  const all = (name: string) =>
    rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return {
    status: response.statusCode ?? 0,
    reason: response.statusMessage ?? '',
    rawHeaders,
    body,
    get text() {
      return body.toString('utf8');
    },
    header: (name) => all(name)[0],
    all,
  };
}
