// Tables of any size for measuring the matcher, and requests that meet their routes.

import { parsePhpQuery } from '../../dist/php/request/query.js';
import { splitTarget } from '../../dist/routing/canonical-path.js';
import { parsePattern } from '../../dist/routing/pattern.js';
import { buildTable } from '../../dist/routing/table.js';

/** @typedef {import('../../dist/routing/route.js').TableSpec} TableSpec */
/** @typedef {import('../../dist/routing/table.js').MatchInput} MatchInput */

/** What old applications dispatch on, in turns: a match, and the target of a request that meets it. */
const KINDS = [
  { match: 'GET /section-#/page.html', target: '/section-#/page.html' },
  { match: 'GET /api/v1/resource-#/:id<int>', target: '/api/v1/resource-#/42' },
  { match: 'GET /index.php?page=page-#', target: '/index.php?lang=de&page=page-#' },
  { match: 'GET /index.php?page=shop-#&id=:id<int>', target: '/index.php?page=shop-#&id=42' },
  { match: 'GET /keyword-#-p-:id<int>.html', target: '/keyword-#-p-42.html' },
  { match: 'ANY /folder-#/*', target: '/folder-#/some/file/below.php' },
  { match: 'GET /:lang<de|fr|it>/topic-#/:slug<slug>', target: '/fr/topic-#/a-good-read' },
  { match: 'POST /ajax.php', body: 'action-#', target: '/ajax.php' },
  { match: 'GET /old-#/:a/:b/:c', target: '/old-#/x/y/z' },
  { match: 'GET shop-#.example.com/cart', target: '/cart' },
];

const position = { file: 'routes.yaml', line: 1, column: 1 };

/**
 * Makes a table of so many routes; the routes of a smaller one are among those of a larger one.
 *
 * @param {number} size
 * @returns {TableSpec}
 */
export function specOf(size) {
  const routes = Array.from({ length: size }, (_, index) => routeOf(index));
  return /** @type {TableSpec} */ ({
    ...{ revision: 'bench', routes, upstreams: [], cohorts: [], rollouts: [], tests: [] },
    ...{ paths: { trailingSlash: 'strict', case: 'strict' }, respelled: 'refuse', unmatched: 'legacy' },
  });
}

/** @param {TableSpec} spec */
export function tableOf(spec) {
  const built = buildTable(spec);
  if (!built.ok) throw new Error(built.problems.map(({ message }) => message).join('\n'));
  return built.table;
}

/** @param {number} index */
function routeOf(index) {
  const kind = KINDS[index % KINDS.length];
  const read = parsePattern(kind.match.replace('#', String(index)), position);
  if (!read.ok) throw new Error(read.message);
  return {
    ...{ name: `route-${index}`, patterns: [read.pattern], when: [], respelled: 'refuse', position },
    body: kind.body === undefined ? [] : [{ name: ['action'], value: kind.body.replace('#', String(index)) }],
    stage: { word: index % 2 === 0 ? 'new' : 'legacy', percent: undefined, cohorts: [] },
  };
}

/**
 * Returns a request that meets the route of an index.
 *
 * @param {number} index
 * @returns {MatchInput}
 */
export function requestOf(index) {
  const kind = KINDS[index % KINDS.length];
  const number = String(index);
  const [method, place] = kind.match.split(' ');
  const host = place.startsWith('/') ? 'www.example.com' : place.slice(0, place.indexOf('/'));
  const body = kind.body === undefined ? null : parsePhpQuery(`action=${kind.body.replace('#', number)}`);
  return inputOf(
    method === 'ANY' ? 'GET' : method,
    host.replace('#', number),
    kind.target.replace('#', number),
    body,
  );
}

/**
 * @param {string} method
 * @param {string} host
 * @param {string} target
 * @param {MatchInput['body']} body
 * @returns {MatchInput}
 */
export function inputOf(method, host, target, body = null) {
  return { method, host, ...splitTarget(target), header: () => undefined, cookie: () => undefined, body };
}
