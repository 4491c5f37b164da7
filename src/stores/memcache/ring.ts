// Points on a ring of 32 bits: a key belongs to the server of the first point at or after its hash.

/** A server's place. */
export interface Point {
  readonly at: number;
  /** The server's index. */
  readonly server: number;
}

/** Finds a server's index by a hash. */
export type Ring = (hash: number) => number;

/** Creates a ring of points in any order; of two at one place the first server's counts. */
export function createRing(points: readonly Point[]): Ring {
  const sorted = points.toSorted((a, b) => a.at - b.at || a.server - b.server);
  return (hash) => {
    let [low, high] = [0, sorted.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle]?.at ?? 0) < hash) low = middle + 1;
      else high = middle;
    }
    return (sorted[low] ?? sorted[0])?.server ?? 0;
  };
}
