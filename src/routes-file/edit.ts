// Changes one scalar in the text of a YAML file and leaves every other byte as it is: comments, order,
// quoting, indentation, line ends. What cannot be changed that way is refused, never rewritten.
import { isDeepStrictEqual } from 'node:util';
import { type Document, isAlias, isMap, isScalar, type Scalar, visit, type YAMLMap } from 'yaml';
import { parseNodes } from './document.ts';
import { type EditPair, findPair, pairsOf, type TextEdit } from './edit-pair.ts';
import { insertPair } from './insert-pair.ts';
import { removePair } from './remove-pair.ts';

/** What is to be changed: the value of the key at the end of the path. */
export type ScalarChange = {
  readonly path: readonly string[];
  /** A value that needs no quotes; undefined takes the key out. */
  readonly value: string | undefined;
  /** The keys of the same mapping after which a new key is written; after the last one where none is there. */
  readonly after?: readonly string[];
  /** The line on which a new key is written instead, where keys stand on lines of their own; the first one is 1. */
  readonly line?: number | undefined;
};

/** A text with a change: what has changed in it, and the value that stood there. */
type Changed = { readonly text: string; readonly edit: TextEdit; readonly before: string | undefined };

type Refused = { readonly ok: false; readonly message: string; readonly cure: string };

/** A change that was held against what was asked, and the text with it, parsed. */
export type ScalarEdit = Changed & { readonly document: Document };

export type EditResult = ({ readonly ok: true } & ScalarEdit) | Refused;

/** Changes one scalar of a file. */
export function editScalar(text: string, change: ScalarChange): EditResult {
  const document = read(text);
  if (!document)
    return refused('the file is not YAML that can be edited', 'see what banyan check says of it');
  const changed = editText(text, document, change);
  if (!changed.ok) return changed;
  const after = read(changed.text);
  if (after && changesOnly(document, after, change)) return { ...changed, document: after };
  return refused(
    `${change.path.join('.')} is written in a way that cannot be edited`,
    'edit the file by hand',
  );
}

/** Returns the change that gives back the text before an edit, to the byte; undefined where none does. */
export function undoOf(
  before: string,
  { path, after }: ScalarChange,
  edited: ScalarEdit,
): ScalarChange | undefined {
  const back: ScalarChange = { path, value: edited.before, ...(after && { after }) };
  // A key that did not stand where new ones are written has to be told its line.
  const { offset, removed } = edited.edit;
  const eol = /^\r?\n/.exec(removed)?.[0].length ?? 0;
  const line = before.slice(0, offset + eol).split('\n').length;
  return [back, { ...back, line }].find((change) => {
    const undone = editText(edited.text, edited.document, change);
    return undone.ok && undone.text === before;
  });
}

function editText(
  text: string,
  document: Document,
  change: ScalarChange,
): ({ readonly ok: true } & Changed) | Refused {
  const map = findMapping(document, change.path);
  if (map === undefined) {
    const parent = change.path.slice(0, -1).join('.');
    return refused(`there is no ${parent || 'key in the file'}`, 'add it by hand');
  }
  const key = change.path.at(-1) ?? '';
  const pair = findPair(map, key);
  const before = pair && isScalar(pair.value) ? String(pair.value.value) : undefined;
  const edit = editOf(text, map, key, pair, change);
  if (typeof edit === 'string') return refused(edit, 'edit the file by hand');
  return { ok: true, text: applyEdit(text, edit), edit, before };
}

/** Applies an edit to the text that it was made for. */
export function applyEdit(text: string, { offset, removed, inserted }: TextEdit): string {
  return text.slice(0, offset) + inserted + text.slice(offset + removed.length);
}

function editOf(
  text: string,
  map: YAMLMap,
  key: string,
  pair: EditPair | undefined,
  { value, after = [], line }: ScalarChange,
): TextEdit | string {
  if (pair) return value === undefined ? removePair(text, map, pair) : replaceValue(text, key, pair, value);
  if (value === undefined) return { offset: 0, removed: '', inserted: '' };
  return insertPair(text, map, { key, value, after, line });
}

function replaceValue(text: string, key: string, pair: EditPair, value: string): TextEdit | string {
  const node = pair.value;
  if (node === null || (isScalar(node) && node.source === '')) {
    const offset = text.indexOf(':', pair.key.range[1]) + 1;
    return { offset, removed: '', inserted: ` ${value}` };
  }
  if (!isScalar(node) || !node.range) return `${key} is no word`;
  const [offset, end] = node.range;
  const removed = text.slice(offset, end);
  if (/[\r\n]/.test(removed)) return `${key} is written over several lines`;
  return { offset, removed, inserted: quotedLike(node, value) };
}

function quotedLike(node: Scalar, value: string): string {
  switch (node.type) {
    case 'QUOTE_DOUBLE':
      return `"${value}"`;
    case 'QUOTE_SINGLE':
      return `'${value}'`;
    default:
      return value;
  }
}

/** Finds the mapping that holds the last key of the path. */
function findMapping(document: Document, path: readonly string[]): YAMLMap | undefined {
  let node: unknown = document.contents;
  for (const step of path.slice(0, -1)) {
    node = isMap(node) ? pairsOf(node).find((pair) => pair.key.value === step)?.value : undefined;
  }
  return isMap(node) ? node : undefined;
}

function read(text: string): Document | undefined {
  const document = parseNodes(text);
  if (document.errors.length > 0) return undefined;
  let aliases = false;
  visit(document, {
    Node(_key, node) {
      aliases ||= isAlias(node);
    },
  });
  return aliases ? undefined : document;
}

/** Holds the result against what was asked: nothing but the one value may differ. */
function changesOnly(before: Document, after: Document, { path, value }: ScalarChange): boolean {
  const expected = before.toJS();
  let holder = expected;
  for (const step of path.slice(0, -1)) holder = holder?.[step];
  if (!holder) return false;
  const key = path.at(-1) ?? '';
  if (value === undefined) delete holder[key];
  else holder[key] = value;
  return isDeepStrictEqual(expected, after.toJS());
}

function refused(message: string, cure: string): Refused {
  return { ok: false, message, cure };
}
