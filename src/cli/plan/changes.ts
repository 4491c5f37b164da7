// What an edit of routes.yaml does, table against table: one sentence a change.
import type { TableSpec } from '../../routing/route.ts';
import { formatStage } from '../../routing/stage.ts';
import { Answers } from './answers.ts';
import { routeChanges } from './route-changes.ts';
import { code, list, type Sentence, say } from './sentence.ts';
import { changedSettings, cohortSettings, tableSettings, upstreamSettings } from './settings.ts';

/** One change: of what, and in which words. */
export type Change = {
  readonly kind: 'route' | 'rollout' | 'upstream' | 'cohort' | 'table';
  readonly name: string;
  readonly sentence: Sentence;
};

/** Says what changes between two tables: routes first, as they stand in the file, then what they rest on. */
export function changesBetween(before: TableSpec, after: TableSpec): readonly Change[] {
  const answers = { before: new Answers(before), after: new Answers(after) };
  const changes = [
    ...routeChanges(before, after, answers),
    ...rolloutChanges(before, after),
    ...named('upstream', before.upstreams, after.upstreams, upstreamSettings),
    ...named('cohort', before.cohorts, after.cohorts, cohortSettings),
    ...changedSettings(tableSettings(before), tableSettings(after)).map((sentence) => table(sentence)),
  ];
  if (changes.length > 0 || before.revision === after.revision) return changes;
  return [table(say`something changes that there are no words for here`)];
}

function table(sentence: Sentence): Change {
  return { kind: 'table', name: 'all routes', sentence };
}

function rolloutChanges(before: TableSpec, after: TableSpec): readonly Change[] {
  const stages = ({ rollouts }: TableSpec) =>
    rollouts.map(({ name, stage }) => ({ name, stage: formatStage(stage) }));
  const settings = ({ stage }: { readonly stage: string }) => new Map([['', stage]]);
  return named('rollout', stages(before), stages(after), settings).map((change) => {
    const members = after.routes.filter(({ rollout }) => rollout === change.name);
    if (members.length === 0) return change;
    return { ...change, sentence: say`${change.sentence} (${list(members.map(({ name }) => code(name)))})` };
  });
}

function named<Item extends { readonly name: string }>(
  kind: Change['kind'],
  before: readonly Item[],
  after: readonly Item[],
  settings: (item: Item) => ReadonlyMap<string, string>,
): readonly Change[] {
  const old = new Map(before.map((item) => [item.name, item]));
  const kept = new Set(after.map(({ name }) => name));
  const changed = after.flatMap((item): Change[] => {
    const was = old.get(item.name);
    const sentences = was
      ? changedSettings(settings(was), settings(item))
      : [
          say`new: ${list([...settings(item)].map(([key, value]) => code(key === '' ? value : `${key} ${value}`)))}`,
        ];
    return sentences.map((sentence) => ({ kind, name: item.name, sentence }));
  });
  const gone = before.filter(({ name }) => !kept.has(name));
  return [...changed, ...gone.map(({ name }): Change => ({ kind, name, sentence: say`removed` }))];
}
