// The fault server: one TCP listener for each kind, which plays it to whoever asks for /KIND/fault/NONCE and answers
// /KIND/good/NONCE rightly on the same connections; /KIND/again/NONCE has the kind's `next`, and the right answer when
// it is asked again. It takes note of what no edge may do to an upstream.
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { type Asked, converse } from './connection.ts';
import { framingOfRequest } from './framing.ts';
import { listenWithoutAccepting } from './full-listener.ts';
import { answerOf, bodyOf, type Kind } from './kind.ts';

export type FaultServer = {
  /** The routes.yaml that leads /KIND/* to the listener of each kind. */
  readonly routes: string;
  /** What the edge has done that it may not do. */
  readonly violations: readonly string[];
  /** How often a request with this nonce has come. */
  timesAsked(nonce: string): number;
  /** Resolves when the fault has been played to the end, at once if it was not played. */
  played(nonce: string): Promise<unknown>;
  /** Connections that are open now. */
  connections(): number;
  close(): Promise<void>;
};

/** Methods that an upstream may be asked twice, where they carry no body. */
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Makes a word for addresses and route names of a kind's name. */
export function slugOf({ name }: Pick<Kind, 'name'>): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

/** Starts a listener for each kind. */
export async function startFaultServer(kinds: readonly Kind[]): Promise<FaultServer> {
  const notes = new Notes();
  const listeners = await Promise.all(kinds.map((kind) => listenFor(kind, notes)));
  const upstreams = kinds.map(
    (kind, index) =>
      `  ${slugOf(kind)}: { url: "http://127.0.0.1:${listeners[index]?.port}", timeouts: ${kind.timeouts ?? '{}'} }\n`,
  );
  const routes = kinds.map(routeOf);
  return {
    routes: `upstreams:\n${upstreams.join('')}routes:\n${routes.join('')}`,
    violations: notes.violations,
    timesAsked: (nonce) => notes.asked.get(nonce) ?? 0,
    played: (nonce) => notes.played.get(nonce) ?? Promise.resolve(),
    connections: () => notes.sockets.size,
    close: async () => {
      for (const socket of notes.sockets) socket.destroy();
      await Promise.all(listeners.map(({ close }) => close()));
    },
  };
}

/** Tunnels go by the timeouts of their route; everything else goes by those of the upstream as well. */
function routeOf(kind: Kind): string {
  const slug = slugOf(kind);
  const timeouts = kind.timeouts === undefined ? '' : `, timeouts: ${kind.timeouts}`;
  return `  ${slug}: { match: ANY /${slug}/*, upstream: ${slug}, stage: new${timeouts} }\n`;
}

/** What the listeners remember together. */
class Notes {
  readonly violations: string[] = [];
  readonly asked = new Map<string, number>();
  readonly played = new Map<string, Promise<unknown>>();
  readonly sockets = new Set<Socket>();

  /** Counts a request; one that may have had an effect must not come twice, and none thrice. Tells the count. */
  count({ nonce, method, path, head }: Asked): number {
    const times = (this.asked.get(nonce) ?? 0) + 1;
    this.asked.set(nonce, times);
    const mayRepeat = REPEATABLE.has(method) && framingOfRequest(head) === 'none';
    if (times > (mayRepeat ? 2 : 1)) this.violations.push(`${method} ${path} came ${times} times`);
    return times;
  }
}

type Listener = { readonly port: number; close(): Promise<unknown> };

async function listenFor(kind: Kind, notes: Notes): Promise<Listener> {
  if (kind.listener === 'full') return listenWithoutAccepting();
  const server = createServer({ allowHalfOpen: true }, (socket) => accept(socket, kind, notes));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  if (kind.listener === 'none') await closed(server);
  return { port, close: () => closed(server) };
}

function closed(server: Server): Promise<unknown> {
  return new Promise((resolve) => {
    server.close(resolve);
  });
}

function accept(socket: Socket, kind: Kind, notes: Notes): void {
  notes.sockets.add(socket);
  socket.on('close', () => notes.sockets.delete(socket));
  if (kind.greets) {
    socket.on('error', () => {});
    return kind.greets(socket);
  }
  let hasCarriedFault = false;
  const onRequest = (asked: Asked): void => {
    const times = notes.count(asked);
    if (hasCarriedFault && kind.spent) notes.violations.push(`${asked.path} came on a spent connection`);
    const isNext = asked.part === 'again' ? times === 1 : hasCarriedFault;
    if (asked.part === 'good' || asked.part === 'again')
      return void (isNext && kind.next ? kind.next : answerRightly)(asked);
    hasCarriedFault = true;
    notes.played.set(asked.nonce, Promise.resolve(kind.play(asked)));
  };
  converse(socket, onRequest, (what) => notes.violations.push(`${kind.name}: ${what}`));
}

/** Answers as upstreams should: when the request has come whole, with its nonce. */
async function answerRightly({ body, send, nonce, method }: Asked): Promise<void> {
  await body;
  await send(answerOf(nonce).slice(0, method === 'HEAD' ? -bodyOf(nonce).length : undefined));
}
