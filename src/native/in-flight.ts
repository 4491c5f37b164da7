// How many requests each route's handler has at a time. Counted by the route's name, which outlives a table.

/** A place among those that a route may take at a time; to be given back once. */
export type Place = { taken: number };

export class InFlight {
  readonly #places = new Map<string, Place>();

  /** Takes a place; undefined where all `limit` are taken. */
  enter(route: string, limit: number): Place | undefined {
    let place = this.#places.get(route);
    if (!place) {
      place = { taken: 0 };
      this.#places.set(route, place);
    }
    if (place.taken >= limit) return undefined;
    place.taken += 1;
    return place;
  }
}

/** Gives a place back. */
export function leave(place: Place): void {
  place.taken -= 1;
}
