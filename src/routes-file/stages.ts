// The stage of each route: its own, its rollout's, or what the stages file says of either.
import type { Problem } from '../routing/problem.ts';
import type { Position, Rollout, Stage } from '../routing/route.ts';
import { parseStage } from '../routing/stage.ts';
import { suggestion } from '../suggest.ts';
import type { YamlSource } from './document.ts';
import type { Entry, Merged } from './merge.ts';
import type { RouteEntry } from './schema.ts';

const LEGACY: Stage = { word: 'legacy', percent: undefined, cohorts: [] };

/** A stage and where it is written. */
type Placed = { readonly stage: Stage; readonly position: Position };

export type StageReader = {
  readonly rollouts: readonly Rollout[];
  /** Returns a route's stage; what is wrong with it is told. */
  ofRoute(entry: Entry<RouteEntry>): Placed;
};

/** Reads the stages of rollouts, and those of the stages file, before any route is read. */
export function readStages(
  merged: Merged,
  overrides: YamlSource | undefined,
  isPartial: boolean,
  problems: Problem[],
): StageReader {
  const read = (text: string, position: Position): Stage => {
    const result = parseStage(text);
    if (!result.ok) {
      problems.push({ code: 'invalid-value', position, message: result.message, cure: result.cure });
      return LEGACY;
    }
    if (!isPartial) checkCohorts(result.stage, position, merged.names.cohorts, problems);
    return result.stage;
  };
  const overridden = readOverrides(merged, overrides, isPartial, problems, read);
  const rollouts = merged.rollouts.map(({ name, value, source }) => {
    const written = source.position(['rollouts', name]);
    const own = { stage: read(value, written), position: written };
    const { stage, position } = overridden.get(name) ?? own;
    return { name, stage, position };
  });
  return {
    rollouts,
    ofRoute: (entry) => stageOfRoute(entry, { merged, rollouts, overridden, isPartial, problems, read }),
  };
}

function checkCohorts(
  stage: Stage,
  position: Position,
  declared: ReadonlySet<string>,
  problems: Problem[],
): void {
  for (const cohort of stage.cohorts) {
    if (declared.has(cohort)) continue;
    const cure = declared.size > 0 ? suggestion(cohort, [...declared]) : 'declare it under cohorts:';
    problems.push({ code: 'unknown-cohort', position, message: `there is no cohort "${cohort}"`, cure });
  }
}

type Reading = {
  readonly merged: Merged;
  readonly rollouts: readonly Rollout[];
  readonly overridden: ReadonlyMap<string, Placed>;
  readonly isPartial: boolean;
  readonly problems: Problem[];
  read(text: string, position: Position): Stage;
};

function stageOfRoute(entry: Entry<RouteEntry>, reading: Reading): Placed {
  const { name, value, source } = entry;
  const { problems, overridden } = reading;
  const route = ['routes', name];
  if (value.rollout !== undefined) {
    if (value.stage !== undefined) {
      problems.push({
        code: 'stage-and-rollout',
        position: source.position(route, 'stage'),
        message: `${name} has a stage of its own and the rollout ${value.rollout}`,
        cure: 'keep one: a route has the stage of its rollout',
      });
    }
    return stageOfRollout(value.rollout, source.position([...route, 'rollout']), reading);
  }
  const position =
    value.stage === undefined ? source.position(['routes'], name) : source.position([...route, 'stage']);
  const own = { stage: value.stage === undefined ? LEGACY : reading.read(value.stage, position), position };
  return overridden.get(name) ?? own;
}

function stageOfRollout(
  name: string,
  position: Position,
  { merged, rollouts, isPartial, problems }: Reading,
): Placed {
  const rollout = rollouts.find((known) => known.name === name);
  if (rollout) return rollout;
  if (!merged.names.rollouts.has(name) && !isPartial) {
    const names = [...merged.names.rollouts];
    const cure = names.length > 0 ? suggestion(name, names) : `declare it: rollouts: { ${name}: legacy }`;
    problems.push({ code: 'unknown-rollout', position, message: `there is no rollout "${name}"`, cure });
  }
  return { stage: LEGACY, position };
}

/** Reads the stages file: every name in it is a rollout, or a route that is in none. */
function readOverrides(
  merged: Merged,
  source: YamlSource | undefined,
  isPartial: boolean,
  problems: Problem[],
  read: Reading['read'],
): ReadonlyMap<string, Placed> {
  const stages = (source?.values ?? {}) as Readonly<Record<string, string>>;
  const routes = new Map(merged.routes.map((route) => [route.name, route.value]));
  const overrides = new Map<string, Placed>();
  for (const [name, text] of Object.entries(stages)) {
    if (!source || typeof text !== 'string') continue;
    const position = source.position([name]);
    overrides.set(name, { stage: read(text, position), position });
    const told = (code: Problem['code'], message: string, cure: string) =>
      problems.push({ code, position: source.position([], name), message, cure });
    const rollout = routes.get(name)?.rollout;
    if (rollout !== undefined) {
      told('stage-and-rollout', `${name} has the stage of its rollout ${rollout}`, `set ${rollout} instead`);
    } else if (!merged.names.routes.has(name) && !merged.names.rollouts.has(name) && !isPartial) {
      const cure = suggestion(name, [...merged.names.routes, ...merged.names.rollouts]);
      const message = `there is no route or rollout "${name}"`;
      told('unknown-route', message, cure.startsWith('did you mean') ? cure : 'leave it out, or declare it');
    }
  }
  return overrides;
}
