// The connections to all upstreams of a worker. They outlive tables.
import type { Upstream } from '../../routing/route.ts';
import type { Snapshot } from '../snapshot.ts';
import { createForwarder } from './forward.ts';
import type { Forwarder } from './forwarder.ts';

/** The upstreams' connections; an upstream that stays as it is keeps them over a reload. */
export class Forwarders {
  readonly #forwarders = new Map<string, Forwarder>();
  readonly #ofSnapshot = new WeakMap<Snapshot, Map<string, Forwarder>>();

  get(snapshot: Snapshot, name: string): Forwarder {
    const known = this.#ofSnapshot.get(snapshot) ?? this.#resolve(snapshot);
    const forwarder = known.get(name);
    if (!forwarder) throw new Error(`upstream ${name} is not in the table`);
    return forwarder;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#forwarders.values()].map((forwarder) => forwarder.close()));
  }

  #resolve(snapshot: Snapshot): Map<string, Forwarder> {
    const { upstreams } = snapshot.table;
    const known = new Map(upstreams.map((upstream) => [upstream.name, this.#share(upstream)] as const));
    this.#ofSnapshot.set(snapshot, known);
    // An upstream that is no more has its connections closed as they fall idle; requests on their way have it still.
    const current = new Set(upstreams.map(identity));
    for (const key of this.#forwarders.keys()) if (!current.has(key)) this.#forwarders.delete(key);
    return known;
  }

  #share(upstream: Upstream): Forwarder {
    const key = identity(upstream);
    const forwarder = this.#forwarders.get(key) ?? createForwarder(upstream);
    this.#forwarders.set(key, forwarder);
    return forwarder;
  }
}

/** What makes an upstream the same as before: anything but its name. */
function identity({ name: _name, ...rest }: Upstream): string {
  return JSON.stringify(rest);
}
