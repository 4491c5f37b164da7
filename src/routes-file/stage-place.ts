// Where the stage of a route is written: in the route, in its rollout, or in the file of stages.
import type { Stage, TableSpec } from '../routing/route.ts';

/** A stage that is written once, and the routes that have it. */
export type StagePlace = {
  /** The route's name, or that of its rollout. */
  readonly name: string;
  readonly kind: 'route' | 'rollout';
  readonly file: string;
  readonly path: readonly string[];
  readonly stage: Stage;
  readonly routes: readonly string[];
};

/** A stage that is written anew stands after these, which say what the route is and who answers it. */
export const ROUTE_KEYS_BEFORE_STAGE = [
  'match',
  'also',
  'body',
  'when',
  'handler',
  'upstream',
  'redirect',
] as const;

/**
 * Finds where the stage of a route or rollout is written. With a file of stages it is written there,
 * whether it stands there yet or not. Undefined where nothing has that name.
 */
export function findStagePlace(
  { routes, rollouts }: TableSpec,
  name: string,
  stagesFile: string | undefined,
): StagePlace | undefined {
  const route = routes.find((candidate) => candidate.name === name);
  const group = route ? route.rollout : name;
  const rollout = rollouts.find((candidate) => candidate.name === group);
  if (rollout) {
    const { name, stage, position } = rollout;
    const members = routes.filter((member) => member.rollout === name).map((member) => member.name);
    const own = { file: position.file, path: ['rollouts', name] };
    return { name, kind: 'rollout', stage, routes: members, ...(inStagesFile(stagesFile, name) ?? own) };
  }
  if (!route) return undefined;
  const own = { file: route.position.file, path: ['routes', name, 'stage'] };
  const place = inStagesFile(stagesFile, name) ?? own;
  return { name, kind: 'route', stage: route.stage, routes: [name], ...place };
}

function inStagesFile(file: string | undefined, name: string) {
  return file === undefined ? undefined : { file, path: [name] };
}
