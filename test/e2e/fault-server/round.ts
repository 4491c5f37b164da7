// One round of one kind: the fault between good requests, on the same connections to the upstream and around it.
import type { Edge } from '../edge-process.ts';
import { type FaultServer, slugOf } from './fault-server.ts';
import { judge } from './judge.ts';
import type { Kind, Question, Sight } from './kind.ts';
import { RawVisitor } from './raw-visitor.ts';

export type Ground = { readonly edge: Edge; readonly server: FaultServer };

/** What was seen in all rounds, for the record. */
export type Tally = { readonly sights: Map<Sight, number>; good: number; readonly failed: Set<string> };

let requests = 0;

/** Makes a word that no other request of this process has. */
export function newNonce(): string {
  requests += 1;
  return `n${process.pid.toString(36)}x${requests.toString(36)}x${Math.random().toString(36).slice(2, 8)}`;
}

/** Plays the kind once. Rejects when a visitor sees what none may see. */
export async function playRound(kind: Kind, { edge, server }: Ground, tally: Tally): Promise<void> {
  const port = Number(new URL(edge.url).port);
  const slug = slugOf(kind);
  const good = () => (isNeverGood(kind) ? Promise.resolve() : askRightly(port, slug, tally));
  await good();
  const meanwhile = kind.alone ? [] : [good(), good()];
  await Promise.all([askForFault(kind, port, server, tally), ...meanwhile]);
  await Promise.all([good(), good()]);
}

function isNeverGood(kind: Kind): boolean {
  return kind.greets !== undefined || kind.listener !== undefined;
}

/** Asks for what the upstream does right, on a connection of its own; the answer must be right. */
export async function askRightly(
  port: number,
  slug: string,
  tally: Tally,
  question: Question = {},
): Promise<void> {
  const visitor = await RawVisitor.connect(port);
  try {
    await goodOn(visitor, slug, question);
    tally.good += 1;
  } finally {
    visitor.leave();
  }
}

async function goodOn(visitor: RawVisitor, slug: string, question: Question = {}): Promise<void> {
  const nonce = newNonce();
  const seen = await visitor.ask(`/${slug}/good/${nonce}`, nonce, question);
  const sight = judge(seen, nonce);
  if (sight !== 'whole') throw new Error(`a good request saw ${sight}`);
}

async function askForFault(kind: Kind, port: number, server: FaultServer, tally: Tally): Promise<void> {
  const nonce = newNonce();
  const slug = slugOf(kind);
  const visitor = await RawVisitor.connect(port);
  try {
    const seen = await visitor.ask(`/${slug}/fault/${nonce}`, nonce, kind.asks);
    const sight = judge(seen, nonce, kind);
    if (!kind.sees.includes(sight)) throw new Error(`saw ${sight}, expected ${kind.sees.join(' or ')}`);
    if (sight === 'whole')
      kind.holds?.({ fields: [...seen.fields, ...seen.trailers], nonce, reason: seen.reason });
    if (visitor.unread.length > 0) throw new Error(`more came after the answer: ${visitor.unread}`);
    tally.sights.set(sight, (tally.sights.get(sight) ?? 0) + 1);
    await server.played(nonce);
    if (kind.again) await askAgain(visitor, { ...kind, again: kind.again }, server, tally);
    else if (seen.keepsAlive && !isNeverGood(kind)) await followUp(visitor, slug, tally);
  } finally {
    visitor.leave();
  }
}

/** Asks again on the visitor's own connection, which the edge may have ended meanwhile. */
async function followUp(visitor: RawVisitor, slug: string, tally: Tally): Promise<void> {
  const nonce = newNonce();
  const seen = await visitor.ask(`/${slug}/good/${nonce}`, nonce);
  if (seen.ending === 'nothing') return;
  const sight = judge(seen, nonce);
  if (sight !== 'whole') throw new Error(`the next request on the visitor's connection saw ${sight}`);
  tally.good += 1;
}

/** Asks what the kind wants to be asked next. */
async function askAgain(
  visitor: RawVisitor,
  kind: Kind & { readonly again: NonNullable<Kind['again']> },
  server: FaultServer,
  tally: Tally,
): Promise<void> {
  const nonce = newNonce();
  const { asks, sees, times } = kind.again;
  const seen = await visitor.ask(`/${slugOf(kind)}/again/${nonce}`, nonce, asks);
  const right = asks.method === 'HEAD' ? { body: () => '' } : {};
  const sight = judge(seen, nonce, { ...kind, right });
  if (!sees.includes(sight)) throw new Error(`the next request saw ${sight}, expected ${sees.join(' or ')}`);
  const came = server.timesAsked(nonce);
  if (came !== times) throw new Error(`the next request came ${came} times, not ${times}`);
  tally.sights.set(sight, (tally.sights.get(sight) ?? 0) + 1);
}
