// All the files of a table, parsed: the routes file, what it includes, and the stages file.
import { posix } from 'node:path';
import type { Problem } from '../routing/problem.ts';
import type { Position } from '../routing/route.ts';
import { contentProblem, type FileContent } from './content.ts';
import { parseYaml, type YamlResult, type YamlSource } from './document.ts';

const MAX_BYTES = 5 * 1024 * 1024;
const MAX_FILES = 500;

/** One parsed file of routes, and the file that includes it. */
export type RoutesSource = { readonly yaml: YamlSource; readonly includedBy: RoutesSource | undefined };

export type Gathered = {
  /** Each before what it includes. Files that cannot be parsed are left out. */
  readonly sources: readonly RoutesSource[];
  /** Every text that was read, by the name of its file. */
  readonly texts: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
  /** A file cannot be read or parsed: what it declares is not known. */
  readonly isPartial: boolean;
};

/** Reads an included file by its name, which is a path as seen from where the first file's name is. */
export type ReadInclude = (file: string) => FileContent;

/** Parses a file and all that it includes. */
export function gather(text: string, file: string, readInclude: ReadInclude | undefined): Gathered {
  const gatherer = new Gatherer(readInclude);
  gatherer.add(text, file, undefined);
  const { sources, texts, problems, isPartial } = gatherer;
  return { sources, texts, problems, isPartial };
}

/** Parses one file: what is empty or too large is not YAML's business. */
export function parseFile(
  text: string,
  file: string,
  emptyCure = 'write routes: {} for a table without routes',
): YamlResult {
  const position = { file, line: 1, column: 1 };
  if (text.length > MAX_BYTES || Buffer.byteLength(text) > MAX_BYTES) {
    const cure = 'split it into files and name them under include:';
    const problem: Problem = {
      code: 'file-too-large',
      position,
      message: 'the file is larger than 5 MiB',
      cure,
    };
    return { ok: false, problems: [problem] };
  }
  const result = text.trim() === '' ? undefined : parseYaml(text, file);
  if (result && !(result.ok && result.source.values === null)) return result;
  // What a writer leaves for a moment; taken at its word it would undo every route.
  const message = text.trim() === '' ? 'the file is empty' : 'the file declares nothing';
  return { ok: false, problems: [{ code: 'file-empty', position, message, cure: emptyCure }] };
}

class Gatherer {
  readonly sources: RoutesSource[] = [];
  readonly texts = new Map<string, string>();
  readonly problems: Problem[] = [];
  isPartial = false;
  readonly #readInclude: ReadInclude | undefined;
  /** Where each file is included; the first one nowhere. */
  readonly #places = new Map<string, Position | undefined>();

  constructor(readInclude: ReadInclude | undefined) {
    this.#readInclude = readInclude;
  }

  add(text: string, file: string, includedBy: RoutesSource | undefined, place?: Position): void {
    this.#places.set(file, place);
    this.texts.set(file, text);
    const parsed = parseFile(text, file);
    if (!parsed.ok) {
      this.problems.push(...parsed.problems);
      this.isPartial = true;
      return;
    }
    const source = { yaml: parsed.source, includedBy };
    this.sources.push(source);
    this.problems.push(...parsed.source.duplicates);
    for (const [index, entry] of includesOf(parsed.source.values).entries()) {
      if (typeof entry === 'string' && entry !== '') this.#include(entry, source, index);
    }
  }

  #include(entry: string, by: RoutesSource, index: number): void {
    const position = by.yaml.position(['include', index]);
    const refuse = (code: Problem['code'], message: string, cure: string) =>
      this.problems.push({ code, position, message, cure });
    const file = posix.join(posix.dirname(by.yaml.file), entry);
    if (/[*?[\]{}]/.test(entry)) {
      refuse('invalid-value', `"${entry}" is a pattern, not the name of a file`, 'name each file');
    } else if (posix.isAbsolute(entry)) {
      refuse('invalid-value', `"${entry}" is an absolute path`, `write it as seen from ${by.yaml.file}`);
    } else if (this.#places.has(file)) {
      const twice = this.#told(file, by);
      refuse('include-twice', twice, 'include each file once, from one place');
    } else if (this.#places.size >= MAX_FILES) {
      refuse('invalid-value', `more than ${MAX_FILES} files are included`, 'put more routes into each');
    } else {
      this.#read(file, by, position);
    }
  }

  #told(file: string, by: RoutesSource): string {
    for (let source: RoutesSource | undefined = by; source; source = source.includedBy) {
      if (source.yaml.file !== file) continue;
      return source === by
        ? `${file} includes itself`
        : `${file} includes ${by.yaml.file}, which includes it`;
    }
    const first = this.#places.get(file);
    return `${file} is included already${first ? `, in ${first.file}:${first.line}` : ''}`;
  }

  #read(file: string, by: RoutesSource, position: Position): void {
    const content = this.#readInclude?.(file);
    if (content?.ok) {
      this.add(content.text, file, by, position);
      return;
    }
    this.#places.set(file, position);
    this.isPartial = true;
    if (content?.code === 'file-encoding') {
      this.problems.push(contentProblem(content, file));
      return;
    }
    const reason = content?.reason ?? 'files cannot be included here';
    const message = content?.missing ? `there is no file ${file}` : `${file} cannot be read: ${reason}`;
    const cure = `names are looked up as seen from ${by.yaml.file}`;
    this.problems.push({ code: 'file-unreadable', position, message, cure });
  }
}

function includesOf(values: unknown): readonly unknown[] {
  const include = typeof values === 'object' && values !== null && 'include' in values ? values.include : [];
  return Array.isArray(include) ? include : [];
}
