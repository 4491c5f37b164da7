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
    const pairs = snapshot.table.upstreams.map((upstream) => [upstream.name, this.#share(upstream)] as const);
    const known = new Map(pairs);
    this.#ofSnapshot.set(snapshot, known);
    return known;
  }

  #share(upstream: Upstream): Forwarder {
    const { name, ...rest } = upstream;
    const key = JSON.stringify(rest);
    const forwarder = this.#forwarders.get(key) ?? createForwarder(upstream);
    this.#forwarders.set(key, forwarder);
    return forwarder;
  }
}
