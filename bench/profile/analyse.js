// Where the time of a CPU profile went: by function and by part of the program. Pure.

/**
 * @typedef {object} Profile
 * @property {ProfileNode[]} nodes
 * @property {number[]} [samples] node ids
 * @property {number[]} [timeDeltas] microseconds
 */

/**
 * @typedef {object} ProfileNode
 * @property {number} id
 * @property {{ functionName: string, url: string, lineNumber: number }} callFrame
 * @property {number[]} [children]
 */

/**
 * @typedef {object} Spent
 * @property {string} name
 * @property {string} place file and line
 * @property {string} part what the function belongs to
 * @property {number} self share of the busy time in the function itself
 * @property {number} total share of the busy time in it and in all it called
 */

const IDLE = '(idle)';

/**
 * Adds up a profile by function; shares are of the time that was not idle.
 *
 * @param {Profile} profile
 * @returns {Spent[]} most own time first
 */
export function byFunction(profile) {
  const self = selfTimes(profile);
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  /** @type {Map<string, Spent>} */
  const spent = new Map();
  let busy = 0;
  const [root] = profile.nodes;
  /**
   * @param {ProfileNode} node
   * @param {Set<string>} above the functions that are being run, so that recursion counts once
   */
  const visit = (node, above) => {
    const key = keyOf(node);
    const own = node.callFrame.functionName === IDLE ? 0 : (self.get(node.id) ?? 0);
    busy += own;
    const entry = spent.get(key) ?? newEntry(node);
    spent.set(key, entry);
    entry.self += own;
    const outermost = !above.has(key);
    if (outermost) above.add(key);
    let total = own;
    for (const id of node.children ?? []) {
      const child = nodes.get(id);
      if (child !== undefined) total += visit(child, above);
    }
    if (outermost) {
      above.delete(key);
      entry.total += total;
    }
    return total;
  };
  if (root !== undefined) visit(root, new Set());
  return [...spent.values()]
    .map((entry) => ({ ...entry, self: entry.self / busy, total: entry.total / busy }))
    .filter(({ total }) => total > 0)
    .sort((a, b) => b.self - a.self);
}

/**
 * Adds up functions by the part they belong to.
 *
 * @param {readonly Spent[]} functions
 * @returns {{ part: string, self: number }[]} most first
 */
export function byPart(functions) {
  /** @type {Map<string, number>} */
  const parts = new Map();
  for (const { part, self } of functions) parts.set(part, (parts.get(part) ?? 0) + self);
  return [...parts].map(([part, self]) => ({ part, self })).sort((a, b) => b.self - a.self);
}

/** @param {Profile} profile */
function selfTimes({ samples = [], timeDeltas = [] }) {
  /** @type {Map<number, number>} */
  const times = new Map();
  for (const [index, id] of samples.entries()) {
    times.set(id, (times.get(id) ?? 0) + (timeDeltas[index] ?? 0));
  }
  return times;
}

/** @param {ProfileNode} node */
function keyOf({ callFrame: { functionName, url, lineNumber } }) {
  return `${functionName} ${url}:${lineNumber}`;
}

/**
 * @param {ProfileNode} node
 * @returns {Spent}
 */
function newEntry({ callFrame: { functionName, url, lineNumber } }) {
  const place = url === '' ? '' : `${shortened(url)}:${lineNumber + 1}`;
  return { name: functionName || '(anonymous)', place, part: partOf(functionName, url), self: 0, total: 0 };
}

/** @param {string} url */
function shortened(url) {
  return url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(dist|bench)\//, '$1/');
}

/**
 * @param {string} name
 * @param {string} url
 */
function partOf(name, url) {
  const installed = /\/node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(url)?.[1];
  if (installed !== undefined) return installed;
  if (url.startsWith('node:'))
    return `node: ${
      url
        .slice(5)
        .replace(/^internal\//, '')
        .split('/')[0]
    }`;
  const own = /\/dist\/([^/]+)\//.exec(url)?.[1];
  if (own !== undefined) return `banyan: ${own}`;
  return url === '' ? name || '(native)' : 'other';
}
