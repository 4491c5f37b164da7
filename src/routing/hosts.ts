// The trees of a table by host: exact names, then all below a name (the longest first), then any host.
import type { Entry } from './entry.ts';
import type { HostPattern } from './route.ts';
import { Node } from './trie.ts';

/** No name in the DNS is longer (RFC 1035 §2.3.4). */
const LONGEST_NAME = 253;

/** One tree for each host that a pattern names, and one for all others. */
export class Hosts {
  readonly #exact = new Map<string, Node>();
  readonly #below = new Map<string, Node>();
  readonly #any = new Node();
  readonly #anyAlone: readonly Node[] = [this.#any];

  /** Returns the tree in which an entry belongs. */
  rootFor({ pattern: { host } }: Entry): Node {
    if (host === undefined) return this.#any;
    const [roots, name] = host.kind === 'exact' ? [this.#exact, host.name] : [this.#below, host.suffix];
    const existing = roots.get(name);
    if (existing) return existing;
    const root = new Node();
    roots.set(name, root);
    return root;
  }

  /** Returns the trees for a host, the most specific first. */
  rootsOf(host: string): readonly Node[] {
    if (this.#exact.size === 0 && this.#below.size === 0) return this.#anyAlone;
    const roots: Node[] = [];
    const exact = this.#exact.get(host);
    if (exact) roots.push(exact);
    if (this.#below.size > 0 && host.length <= LONGEST_NAME) {
      for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1)) {
        const below = dot === 0 ? undefined : this.#below.get(host.slice(dot));
        if (below) roots.push(below);
      }
    }
    roots.push(this.#any);
    return roots;
  }

  /** Returns all trees, each with its host. */
  all(): readonly { readonly host: HostPattern | undefined; readonly root: Node }[] {
    return [
      ...[...this.#exact].map(([name, root]) => ({ host: { kind: 'exact' as const, name }, root })),
      ...[...this.#below].map(([suffix, root]) => ({ host: { kind: 'below' as const, suffix }, root })),
      { host: undefined, root: this.#any },
    ];
  }
}
