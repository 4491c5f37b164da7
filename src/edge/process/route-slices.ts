// A table's routes on their way to a worker: in slices, for one that serves must not stop for the time it takes to
// read them all, and small, for tens of thousands of patterns are kept twice while a table replaces another. Patterns
// travel as they were written and are parsed again; what many routes say alike arrives as one object.
import { serialize } from 'node:v8';
import { type KnownParts, noKnownParts, parsePattern } from '../../routing/pattern.ts';
import type { Pattern, Position, Route } from '../../routing/route.ts';

/** How many patterns are read at a time: a millisecond or two. */
const PATTERNS_IN_A_SLICE = 200;

/** What most routes have in common with others. */
type Manner = Omit<Route, 'name' | 'patterns' | 'body' | 'when' | 'newSide' | 'position'>;

type Place = readonly [file: number, line: number, column: number];

type SlicedRoute = Pick<Route, 'name' | 'body' | 'when' | 'newSide'> & {
  readonly manner: number;
  readonly patterns: readonly (readonly [text: string, place: Place])[];
  readonly place: Place;
};

/** Some routes; what they have in common is named by its place in a list. */
export type RouteSlice = {
  readonly files: readonly string[];
  readonly manners: readonly Manner[];
  readonly routes: readonly SlicedRoute[];
};

/** Cuts routes into slices, in order; one without routes if there are none. */
export function* sliceRoutes(routes: readonly Route[]): Generator<RouteSlice> {
  let some: Route[] = [];
  let patterns = 0;
  for (const route of routes) {
    some.push(route);
    patterns += route.patterns.length;
    if (patterns < PATTERNS_IN_A_SLICE) continue;
    yield sliceOf(some);
    some = [];
    patterns = 0;
  }
  if (some.length > 0 || routes.length === 0) yield sliceOf(some);
}

function sliceOf(routes: readonly Route[]): RouteSlice {
  const files = new Numbered<string>((file) => file);
  // Not as JSON, to which a value that is undefined and one that is not there are the same.
  const manners = new Numbered<Manner>((manner) => serialize(manner).toString('latin1'));
  const placeOf = ({ file, line, column }: Position): Place => [files.numberOf(file), line, column];
  const sliced = routes.map(
    ({ name, patterns, body, when, newSide, position, ...manner }): SlicedRoute => ({
      ...{ name, body, when, newSide, manner: manners.numberOf(manner), place: placeOf(position) },
      patterns: patterns.map(({ text, position }) => [text, placeOf(position)]),
    }),
  );
  return { files: files.values, manners: manners.values, routes: sliced };
}

/** Values that are alike have one number. */
class Numbered<Value> {
  readonly values: Value[] = [];
  readonly #keyOf: (value: Value) => string;
  readonly #numbers = new Map<string, number>();

  constructor(keyOf: (value: Value) => string) {
    this.#keyOf = keyOf;
  }

  numberOf(value: Value): number {
    const key = this.#keyOf(value);
    const number = this.#numbers.get(key) ?? this.values.push(value) - 1;
    this.#numbers.set(key, number);
    return number;
  }
}

/** Returns the routes of a slice. */
export function routesOf({ files, manners, routes }: RouteSlice): readonly Route[] {
  const known = noKnownParts();
  const positionOf = ([file, line, column]: Place): Position => ({ file: files[file] ?? '', line, column });
  return routes.map((route) => {
    const manner = manners[route.manner];
    if (!manner) throw new Error(`${route.name} came without what it has in common with others`);
    const patterns = route.patterns.map(([text, place]) => patternOf(text, positionOf(place), known));
    return routeOf(route, manner, patterns, positionOf(route.place));
  });
}

const NONE: readonly never[] = [];

/** Written out one by one: V8 gives an object that is put together from others half as much memory again. */
function routeOf(
  { name, newSide, body, when }: SlicedRoute,
  manner: Manner,
  patterns: readonly Pattern[],
  position: Position,
): Route {
  return {
    name,
    patterns,
    body: body.length === 0 ? NONE : body,
    when: when.length === 0 ? NONE : when,
    stage: manner.stage,
    rollout: manner.rollout,
    newSide,
    fallback: manner.fallback,
    lock: manner.lock,
    respelled: manner.respelled,
    timeouts: manner.timeouts,
    limits: manner.limits,
    methodOverride: manner.methodOverride,
    position,
  };
}

function patternOf(text: string, position: Position, known: KnownParts): Pattern {
  const read = parsePattern(text, position, known);
  if (!read.ok) throw new Error(`"${text}" could be read before: ${read.message}`);
  return read.pattern;
}
