// What an edit does to routes: added, removed, called otherwise, taken through stages, given other addresses.
import { describeNewSide } from '../../admin/routes.ts';
import type { Pattern, Route, TableSpec } from '../../routing/route.ts';
import { formatStage } from '../../routing/stage.ts';
import type { Answers } from './answers.ts';
import type { Change } from './changes.ts';
import { code, list, plainText, type Sentence, say } from './sentence.ts';
import { changedSettings, routeSettings } from './settings.ts';

type Both = { readonly before: Answers; readonly after: Answers };
type Side = { readonly spec: TableSpec; readonly route: Route };

/** Says what changes of the routes, in the order of the new file; what has gone comes last. */
export function routeChanges(before: TableSpec, after: TableSpec, answers: Both): readonly Change[] {
  const old = new Map(before.routes.map((route) => [route.name, route]));
  const kept = new Set(after.routes.map(({ name }) => name));
  const gone = before.routes.filter(({ name }) => !kept.has(name));
  const renamed = renamings(
    gone,
    after.routes.filter(({ name }) => !old.has(name)),
    before,
    after,
  );
  const changes = after.routes.flatMap((route) => {
    const was = old.get(route.name) ?? renamed.get(route);
    const sentences = was
      ? [
          ...(was.name === route.name
            ? []
            : [say`was called ${code(was.name)}; metrics, buckets and evidence begin anew`]),
          ...changed({ spec: before, route: was }, { spec: after, route }, answers),
        ]
      : [added(route, answers)];
    return sentences.map((sentence) => of(route, sentence));
  });
  const lost = new Set(renamed.values());
  return [
    ...changes,
    ...gone.filter((route) => !lost.has(route)).map((route) => of(route, removed(route, answers))),
  ];
}

function of({ name }: Route, sentence: Sentence): Change {
  return { kind: 'route', name, sentence };
}

/** A route that has gone and one that is new, and which are the same but for their names. */
function renamings(
  gone: readonly Route[],
  fresh: readonly Route[],
  before: TableSpec,
  after: TableSpec,
): ReadonlyMap<Route, Route> {
  const byMeaning = new Map(gone.map((route) => [meaningOf(route, before), route]));
  return new Map(
    fresh.flatMap((route) => {
      const was = byMeaning.get(meaningOf(route, after));
      return was ? [[route, was] as const] : [];
    }),
  );
}

function meaningOf(route: Route, spec: TableSpec): string {
  const patterns = route.patterns.map(addressOf).toSorted();
  return JSON.stringify([patterns, describeNewSide(route.newSide), [...routeSettings(route, spec)]]);
}

function changed(before: Side, after: Side, answers: Both): readonly Sentence[] {
  const [was, is] = [before.route, after.route];
  return [
    ...stageChange(was, is),
    ...addressChanges(was, is, answers),
    ...changedSettings(newSideSettings(was), newSideSettings(is)),
    ...changedSettings(routeSettings(was, before.spec), routeSettings(is, after.spec)),
  ];
}

/** The stage of a rollout is told once, of the rollout. */
function stageChange(was: Route, is: Route): readonly Sentence[] {
  const [from, to] = [formatStage(was.stage), formatStage(is.stage)];
  const stage = from === to ? [] : [say`${code(from)} → ${code(to)}`];
  if (was.rollout === is.rollout) return is.rollout === undefined ? stage : [];
  const left = was.rollout === undefined ? [] : [say`leaves the rollout ${code(was.rollout)}`];
  const joined = is.rollout === undefined ? [] : [say`joins the rollout ${code(is.rollout)}`];
  return [...left, ...joined, ...stage];
}

function addressChanges(was: Route, is: Route, { before, after }: Both): readonly Sentence[] {
  const more = without(is.patterns, was.patterns).map((pattern) => {
    const request = after.requestOf(is, pattern);
    const until =
      request && before.routeOf(request) !== was.name ? say` (until now ${before.say(request)})` : [];
    return say`now also ${code(pattern.text)}${until}`;
  });
  const less = without(was.patterns, is.patterns).map((pattern) => {
    const request = before.requestOf(was, pattern);
    const now = request && after.routeOf(request) !== is.name ? say` (now ${after.say(request)})` : [];
    return say`no longer ${code(pattern.text)}${now}`;
  });
  return [...more, ...less];
}

function added(route: Route, { before, after }: Both): Sentence {
  const addresses = list(route.patterns.map(({ text }) => code(text)));
  const newSide = describeNewSide(route.newSide);
  const side = newSide === null ? [] : say`, ${code(newSide)}`;
  const until = whoAnswers(route, after, before);
  const stage = code(formatStage(route.stage));
  return say`new: ${addresses}${side}, at stage ${stage}${until.length === 0 ? [] : say`; until now ${list(until)}`}`;
}

function removed(route: Route, { before, after }: Both): Sentence {
  const now = whoAnswers(route, before, after);
  return now.length === 0 ? say`removed` : say`removed; its requests go to ${list(now)}`;
}

/** Says who answers a route's requests in another table, each once. */
function whoAnswers(route: Route, own: Answers, other: Answers): readonly Sentence[] {
  const told = route.patterns.flatMap((pattern) => {
    const request = own.requestOf(route, pattern);
    return request ? [other.say(request)] : [];
  });
  return [...new Map(told.map((sentence) => [plainText(sentence), sentence])).values()];
}

function newSideSettings({ newSide }: Route): ReadonlyMap<string, string> {
  return new Map([['new side', describeNewSide(newSide) ?? 'none']]);
}

function without(patterns: readonly Pattern[], others: readonly Pattern[]): readonly Pattern[] {
  const known = new Set(others.map(addressOf));
  return patterns.filter((pattern) => !known.has(addressOf(pattern)));
}

/** What a match means, however it is written. */
function addressOf({ methods, host, segments, conditions }: Pattern): string {
  return JSON.stringify([methods, host, segments, conditions]);
}
