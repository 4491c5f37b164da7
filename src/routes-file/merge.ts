// Several files → one set of entries: shapes checked, names unique, each entry with the file it stands in.
import type { Problem } from '../routing/problem.ts';
import type { YamlSource } from './document.ts';
import type { RoutesSource } from './gather.ts';
import {
  type CohortEntry,
  type Defaults,
  includedFileSchema,
  type RouteEntry,
  type RoutesFile,
  routesFileSchema,
  type UpstreamEntry,
} from './schema.ts';
import { schemaProblems, withoutFaulty } from './schema-problems.ts';

/** Something with a name, the file it stands in, and what that file says of all its routes. */
export type Entry<Value> = {
  readonly name: string;
  readonly value: Value;
  readonly source: YamlSource;
  readonly defaults: Defaults;
};

export type TestEntry = {
  readonly value: NonNullable<RoutesFile['tests']>[number];
  readonly index: number;
  readonly source: YamlSource;
};

/** The sections of a file that hold entries by name. */
const SECTIONS = ['upstreams', 'cohorts', 'rollouts', 'routes'] as const;
export type Section = (typeof SECTIONS)[number];

const KIND: Readonly<Record<Section, string>> = {
  upstreams: 'upstream',
  cohorts: 'cohort',
  rollouts: 'rollout',
  routes: 'route',
};

/** What all files say together. */
export type Merged = {
  /** What concerns the whole table; undefined where the first file cannot be read. */
  readonly file: Pick<RoutesFile, 'paths' | 'respelled' | 'unmatched' | 'limits' | 'compression'>;
  readonly upstreams: readonly Entry<UpstreamEntry>[];
  readonly cohorts: readonly Entry<CohortEntry>[];
  readonly rollouts: readonly Entry<string>[];
  readonly routes: readonly Entry<RouteEntry>[];
  readonly tests: readonly TestEntry[];
  /** The names that stand in each section, those of faulty entries too. */
  readonly names: Readonly<Record<Section, ReadonlySet<string>>>;
};

/** Merges parsed files; what is wrong is added to `problems`, and what is faulty left out. */
export function mergeFiles(sources: readonly RoutesSource[], problems: Problem[]): Merged {
  const merger = new Merger(problems);
  for (const source of sources) merger.add(source);
  merger.checkRollouts();
  return merger.merged;
}

class Merger {
  readonly merged = {
    file: {} as Merged['file'],
    upstreams: [] as Entry<UpstreamEntry>[],
    cohorts: [] as Entry<CohortEntry>[],
    rollouts: [] as Entry<string>[],
    routes: [] as Entry<RouteEntry>[],
    tests: [] as TestEntry[],
    names: { upstreams: new Set(), cohorts: new Set(), rollouts: new Set(), routes: new Set() } as Record<
      Section,
      Set<string>
    >,
  };
  readonly #problems: Problem[];
  readonly #owners = new Map<string, YamlSource>();
  readonly #defaults = new Map<RoutesSource, Defaults>();

  constructor(problems: Problem[]) {
    this.#problems = problems;
  }

  add(source: RoutesSource): void {
    const { yaml, includedBy } = source;
    const file: RoutesFile = includedBy
      ? this.#parse(includedFileSchema, yaml)
      : this.#parse(routesFileSchema, yaml);
    if (!includedBy) this.merged.file = file;
    const defaults = mergeDefaults(includedBy && this.#defaults.get(includedBy), file.defaults);
    this.#defaults.set(source, defaults);
    const entries = <Value>(section: Section, values: Readonly<Record<string, Value>> | undefined) =>
      this.#entries(section, values, yaml, defaults);
    for (const section of SECTIONS) this.#addNames(section, yaml);
    this.merged.upstreams.push(...entries('upstreams', file.upstreams));
    this.merged.cohorts.push(...entries('cohorts', file.cohorts));
    this.merged.rollouts.push(...entries('rollouts', file.rollouts));
    this.merged.routes.push(...entries('routes', file.routes));
    for (const [index, value] of (file.tests ?? []).entries())
      this.merged.tests.push({ value, index, source: yaml });
  }

  /** A stages file, and who flips, name routes and rollouts alike. */
  checkRollouts(): void {
    for (const { name, source } of this.merged.rollouts) {
      const route = this.#owners.get(`routes ${name}`);
      if (!route) continue;
      const { file, line } = route.position(['routes'], name);
      this.#problems.push({
        code: 'duplicate-name',
        position: source.position(['rollouts'], name),
        message: `${name} is the name of a route as well, in ${file}:${line}`,
        cure: 'give one of them another name: a flip names routes and rollouts alike',
      });
    }
  }

  /** Parses a file; where it has faults, what is left without the faulty entries. */
  #parse(schema: typeof routesFileSchema | typeof includedFileSchema, yaml: YamlSource): RoutesFile {
    const parsed = schema.safeParse(yaml.values);
    if (parsed.success) return parsed.data;
    const { issues } = parsed.error;
    this.#problems.push(...schemaProblems(issues, yaml, schema));
    const rest = schema.safeParse(withoutFaulty(yaml.values, issues));
    return rest.success ? rest.data : { routes: {} };
  }

  /** Remembers the names in a section, and tells those that another file has already. */
  #addNames(section: Section, yaml: YamlSource): void {
    for (const name of yaml.tree([section]).children.keys()) {
      if (typeof name !== 'string' || !isMapping(yaml.values, section)) continue;
      this.merged.names[section].add(name);
      const owner = this.#owners.get(`${section} ${name}`);
      if (!owner) {
        this.#owners.set(`${section} ${name}`, yaml);
        continue;
      }
      const { file, line } = owner.position([section], name);
      this.#problems.push({
        code: 'duplicate-name',
        position: yaml.position([section], name),
        message: `there is ${KIND[section] === 'upstream' ? 'an' : 'a'} ${KIND[section]} ${name} already, in ${file}:${line}`,
        cure: 'give one of them another name, or remove it',
      });
    }
  }

  #entries<Value>(
    section: Section,
    values: Readonly<Record<string, Value>> | undefined,
    source: YamlSource,
    defaults: Defaults,
  ): readonly Entry<Value>[] {
    return Object.entries(values ?? {})
      .filter(([name]) => this.#owners.get(`${section} ${name}`) === source)
      .map(([name, value]) => ({ name, value, source, defaults }));
  }
}

/** The defaults of a file over those of the file that includes it. */
function mergeDefaults(outer: Defaults = {}, own: Defaults = {}): Defaults {
  return {
    ...outer,
    ...own,
    timeouts: { ...outer.timeouts, ...own.timeouts },
    limits: { ...outer.limits, ...own.limits },
  };
}

function isMapping(values: unknown, section: Section): boolean {
  if (typeof values !== 'object' || values === null || !(section in values)) return false;
  const value = (values as Readonly<Record<Section, unknown>>)[section];
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
