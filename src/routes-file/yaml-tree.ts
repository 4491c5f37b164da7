// The YAML parser's nodes → plain values, each with its place. What is dangerous in YAML is refused on the way.
import { isAlias, isMap, isPair, isScalar, isSeq, type Pair, type Node as YamlNode } from 'yaml';
import type { Problem } from '../routing/problem.ts';
import type { Position } from '../routing/route.ts';

const MAX_DEPTH = 20;
const TRUE = /^(?:true|True|TRUE)$/;
const FALSE = /^(?:false|False|FALSE)$/;
const NULL = /^(?:|~|null|Null|NULL)$/;
/** Whole numbers that are written in one way only: `007`, `1.0` and `0x1F` stay the texts that they look like. */
const INTEGER = /^(?:0|-?[1-9]\d{0,14})$/;

/** What may have to be refused in a text; few texts have any of it. */
const LOOKALIKE = /[\u00a0\u2007\u202f\u200b“”„‘’«»]|\p{Cs}/u;

/** A value of the file and where it stands. */
export type Tree = {
  readonly value: unknown;
  readonly offset: number;
  /** Where the value's key stands; its own place for an item and for the whole file. */
  readonly keyOffset: number;
  /** It stands in `{ }` or `[ ]`, where commas and brackets end a value that is not quoted. */
  readonly isFlow: boolean;
  /** It is a mapping in `{ }` or a list in `[ ]` itself. */
  readonly hasBrackets: boolean;
  /** Nothing at all stands here: not even the word null. */
  readonly isBlank: boolean;
  readonly children: ReadonlyMap<string | number, Tree>;
};

export type TreeResult = {
  readonly tree: Tree;
  /** Aliases, anchors, tags and the like: the values are not what the file says. */
  readonly dangers: readonly Problem[];
  /** Lists and mappings that stand as keys: often no more than what a mistake of syntax looks like. */
  readonly oddKeys: readonly Problem[];
  /** Keys that stand twice; the first one counts. */
  readonly duplicates: readonly Problem[];
};

/** Reads the values of a document. Nothing is resolved but true, false, null and whole numbers. */
export function readTree(root: YamlNode | null, at: (offset: number) => Position): TreeResult {
  const reader = new TreeReader(at);
  const tree = reader.read(root, { keyOffset: 0, depth: 0, isFlow: false });
  const { dangers, oddKeys, duplicates } = reader;
  return { tree, dangers, oddKeys, duplicates };
}

type Place = { readonly keyOffset: number; readonly depth: number; readonly isFlow: boolean };

const NO_CHILDREN: ReadonlyMap<string | number, Tree> = new Map();

class TreeReader {
  readonly dangers: Problem[] = [];
  readonly oddKeys: Problem[] = [];
  readonly duplicates: Problem[] = [];
  readonly #at: (offset: number) => Position;
  #tooDeep = false;

  constructor(at: (offset: number) => Position) {
    this.#at = at;
  }

  read(node: YamlNode | null, { keyOffset, depth, isFlow }: Place): Tree {
    const offset = node?.range?.[0] ?? keyOffset;
    // Written out, not spread: a large file has a hundred thousand of these.
    const leaf = (value: unknown, isBlank = false): Tree => {
      return { value, offset, keyOffset, isFlow, hasBrackets: false, isBlank, children: NO_CHILDREN };
    };
    if (!node) return leaf(null, true);
    this.#refuseFeatures(node, offset);
    if (isScalar(node)) {
      this.#refuseLookalikes(node, offset);
      return leaf(plainValue(node), isBlank(node));
    }
    if (!(isMap(node) || isSeq(node))) return leaf(null);
    if (depth >= MAX_DEPTH) return leaf(this.#refuseDepth(offset));
    const hasBrackets = node.flow === true;
    const inside = { depth: depth + 1, isFlow: hasBrackets };
    const { value, children } = isMap(node)
      ? this.#readMap(node.items, inside)
      : this.#readList(node.items, inside);
    return { value, offset, keyOffset, isFlow, hasBrackets, isBlank: false, children };
  }

  #readMap(items: readonly Pair[], inside: Omit<Place, 'keyOffset'>): Pick<Tree, 'value' | 'children'> {
    const value: Record<string, unknown> = {};
    const children = new Map<string | number, Tree>();
    for (const pair of items) {
      const key = this.#readKey(pair.key);
      if (key === undefined) continue;
      const child = this.read(pair.value as YamlNode | null, { ...inside, keyOffset: key.offset });
      const first = children.get(key.text);
      if (first) {
        this.duplicates.push(this.#duplicate(key, first));
      } else {
        children.set(key.text, child);
        value[key.text] = child.value;
      }
    }
    return { value, children };
  }

  #readList(items: readonly unknown[], inside: Omit<Place, 'keyOffset'>): Pick<Tree, 'value' | 'children'> {
    const children = new Map<string | number, Tree>();
    for (const [index, item] of items.entries()) {
      // `[a: b]` is a mapping of one key.
      const single = isPair(item) ? this.#readMap([item], { ...inside, depth: inside.depth + 1 }) : undefined;
      const keyOffset = single ? ([...single.children.values()][0]?.keyOffset ?? 0) : 0;
      const offset = single ? keyOffset : ((item as YamlNode | null)?.range?.[0] ?? 0);
      const tree = single
        ? { isFlow: inside.isFlow, ...single, offset, keyOffset, hasBrackets: false, isBlank: false }
        : this.read(item as YamlNode | null, { ...inside, keyOffset: offset });
      children.set(index, tree);
    }
    return { value: [...children.values()].map(({ value }) => value), children };
  }

  #readKey(key: unknown): { readonly text: string; readonly offset: number } | undefined {
    if (key === null) return { text: '', offset: 0 };
    const node = key as YamlNode;
    const offset = node.range?.[0] ?? 0;
    this.#refuseFeatures(node, offset);
    if (isAlias(node)) return undefined;
    if (!isScalar(node)) {
      const told = {
        message: 'a list or mapping stands as a key',
        cure: 'write a plain name before the colon',
      };
      this.oddKeys.push({ code: 'yaml-feature', position: this.#at(offset), ...told });
      return undefined;
    }
    this.#refuseLookalikes(node, offset);
    const text = node.type === 'PLAIN' ? (node.source ?? '') : String(node.value);
    if (text === '<<' || text === '__proto__') {
      this.#refuse(offset, `the key ${text} is not allowed`, 'leave it out');
      return undefined;
    }
    return { text, offset };
  }

  #refuseFeatures(node: YamlNode, offset: number): void {
    if (isAlias(node)) {
      const cure = `if it is a text, put it in quotes: "*${node.source}"; otherwise write the value out`;
      this.#refuse(offset, 'aliases are not allowed, and * begins one', cure);
    } else if (node.anchor) {
      const cure = `leave out &${node.anchor}; if it is part of a text, put the text in quotes`;
      this.#refuse(offset, 'anchors are not allowed, and & begins one', cure);
    }
    if (node.tag) {
      const cure = 'leave it out; if it is part of a text, put the text in quotes';
      this.#refuse(offset, `the tag ${node.tag} is not allowed`, cure);
    }
  }

  /** Quotes and blanks of a word processor, which YAML takes for letters; halves of characters, which it lets pass. */
  #refuseLookalikes(node: Scalar, offset: number): void {
    const text = String(node.value);
    if (!LOOKALIKE.test(text)) return;
    if (/\p{Cs}/u.test(text))
      this.#refuse(offset, 'half a character stands here, written as an escape', 'write the whole character');
    const blank = node.type === 'PLAIN' ? text.search(/[\u00a0\u2007\u202f\u200b]/) : -1;
    const quote = node.type === 'PLAIN' ? /^[“”„‘’«»]/.exec(text)?.[0] : undefined;
    if (blank >= 0) {
      const cure = 'write a blank; if it is meant, put the text in quotes';
      this.#tellQuotes(offset + blank, 'this blank is a no-break space, which is a letter to YAML', cure);
    } else if (quote) {
      this.#tellQuotes(offset, `${quote} is a letter to YAML, and no quote`, 'write " or \' instead');
    }
  }

  #tellQuotes(offset: number, message: string, cure: string): void {
    this.dangers.push({ code: 'needs-quotes', position: this.#at(offset), message, cure });
  }

  /** Tells it once: what is deeper still is left alone. */
  #refuseDepth(offset: number): null {
    if (!this.#tooDeep) this.#refuse(offset, `nested deeper than ${MAX_DEPTH}`, 'flatten the file');
    this.#tooDeep = true;
    return null;
  }

  #refuse(offset: number, message: string, cure: string): void {
    this.dangers.push({ code: 'yaml-feature', position: this.#at(offset), message, cure });
  }

  #duplicate(key: { readonly text: string; readonly offset: number }, first: Tree): Problem {
    return {
      code: 'duplicate-key',
      position: this.#at(key.offset),
      message: `the key ${JSON.stringify(key.text)} stands twice, in line ${this.#at(first.keyOffset).line} for the first time`,
      cure: 'keep one of them',
    };
  }
}

type Scalar = YamlNode & { readonly value: unknown; readonly type?: string | undefined };

function isBlank(node: Scalar & { readonly source?: string | undefined }): boolean {
  return node.type === 'PLAIN' && node.source === '';
}

function plainValue(node: Scalar): unknown {
  const text = String(node.value);
  if (node.type !== 'PLAIN') return text;
  if (NULL.test(text)) return null;
  if (TRUE.test(text)) return true;
  if (FALSE.test(text)) return false;
  return INTEGER.test(text) ? Number(text) : text;
}
