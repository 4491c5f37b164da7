// The table of the benchmark: 200 routes of the kinds that a legacy application has, each written for everybody
// who can have a table. Pure.

const COUNT = 200;

/**
 * @typedef {object} Route
 * @property {string} name
 * @property {'GET' | 'POST' | 'ANY'} method
 * @property {string} path as Banyan writes it
 * @property {string} glob the path for those who know `*` only
 * @property {string} [page] what the parameter `page` of the query has to be
 * @property {string} [handler] in Banyan it is answered by this handler, and not by the upstream
 */

/** @type {((number: number) => Omit<Route, 'name'>)[]} */
const KINDS = [
  (number) => ({
    method: 'GET',
    path: `/section-${number}/:slug<slug>`,
    glob: `/section-${number}/*`,
  }),
  (number) => ({ method: 'GET', path: '/index.php', glob: '/index.php', page: `page-${number}` }),
  (number) => ({ method: 'POST', path: `/forms/form-${number}`, glob: `/forms/form-${number}` }),
  (number) => ({ method: 'ANY', path: `/area-${number}/*`, glob: `/area-${number}/*` }),
  (number) => ({
    method: 'GET',
    path: `/api/things-${number}/:id<int>/parts/:part`,
    glob: `/api/things-${number}/*/parts/*`,
  }),
];

/**
 * The routes that the benchmark asks for. They stand in the middle: who tries one after the other spends on them
 * what an average request costs.
 *
 * @type {readonly Route[]}
 */
const MET = [
  { name: 'product-page', method: 'GET', path: '/products/:id<int>', glob: '/products/*' },
  { name: 'page', method: 'GET', path: '/page', glob: '/page', handler: 'page' },
  { name: 'defined', method: 'GET', path: '/defined', glob: '/defined', handler: 'defined' },
];

/**
 * Lists the routes.
 *
 * @returns {Route[]}
 */
export function table() {
  const others = Array.from({ length: COUNT - MET.length }, (_, number) => other(number));
  const middle = Math.floor(others.length / 2);
  return [...others.slice(0, middle), ...MET, ...others.slice(middle)];
}

/**
 * Writes Banyan's routes file.
 *
 * @returns {string}
 */
export function routesFile() {
  return `routes:\n${table().map(banyanRoute).join('')}`;
}

/**
 * Writes nginx's locations. nginx looks paths up in a tree, and the pages in a hash table.
 *
 * @param {string} upstream the name of its upstream block
 * @returns {{ maps: string, locations: string }} for http { } and for server { }
 */
export function nginxTable(upstream) {
  const routes = table();
  const pages = routes.flatMap(({ page }) => (page === undefined ? [] : [`    ${page} ${upstream};`]));
  const paths = routes.flatMap(({ glob, page }) => (page === undefined ? [nginxLocation(glob)] : []));
  return {
    maps: `  map $arg_page $page_upstream {\n    default ${upstream};\n${pages.join('\n')}\n  }`,
    locations: [
      '    location = /index.php { proxy_pass http://$page_upstream; }',
      ...paths.map((location) => `    location ${location} { proxy_pass http://${upstream}; }`),
    ].join('\n'),
  };
}

/**
 * Writes HAProxy's maps: the longest beginning of a path, found in a tree, and the page.
 *
 * @param {string} backend
 * @returns {{ paths: string, pages: string }} the contents of two map files
 */
export function haproxyTable(backend) {
  const routes = table();
  const paths = routes.flatMap(({ glob, page }) => (page === undefined ? [beginning(glob)] : []));
  const pages = routes.flatMap(({ page }) => page ?? []);
  return {
    paths: paths.map((path) => `${path} ${backend}\n`).join(''),
    pages: pages.map((page) => `${page} ${backend}\n`).join(''),
  };
}

/**
 * Writes Caddy's matchers: one for all routes of a method, which is far cheaper for Caddy than one for each route.
 * Caddy tries the paths of a matcher in their order.
 *
 * @param {string} address of the upstream
 * @returns {string} a `route` block
 */
export function caddyTable(address) {
  const routes = table();
  const pages = routes.flatMap(({ page }) => (page === undefined ? [] : `page=${page}`));
  const matchers = [
    caddyMatcher('get', ['method GET', `path ${globs(routes, 'GET')}`]),
    caddyMatcher('post', ['method POST', `path ${globs(routes, 'POST')}`]),
    caddyMatcher('any', [`path ${globs(routes, 'ANY')}`]),
    caddyMatcher('page', ['method GET', 'path /index.php', `query ${pages.join(' ')}`]),
  ];
  const handlers = [...['get', 'post', 'any', 'page'].map((name) => `@${name} `), ''].map(
    (matcher) => `    reverse_proxy ${matcher}${address}\n`,
  );
  return `  route {\n${matchers.join('')}${handlers.join('')}  }`;
}

/** @param {number} number */
function other(number) {
  const kind = KINDS[number % KINDS.length];
  if (kind === undefined) throw new RangeError(`no kind of route for ${number}`);
  return { name: `route-${number}`, ...kind(number) };
}

/** @param {Route} route */
function banyanRoute({ name, method, path, page, handler }) {
  const target = page === undefined ? path : `${path}?page=${page}`;
  const end = handler === undefined ? '    stage: legacy\n' : `    handler: ${handler}\n    stage: new\n`;
  return `  ${name}:\n    match: ${method} ${target}\n${end}`;
}

/**
 * @param {string} name
 * @param {string[]} conditions
 */
function caddyMatcher(name, conditions) {
  return `    @${name} {\n${conditions.map((condition) => `      ${condition}\n`).join('')}    }\n`;
}

/**
 * @param {readonly Route[]} routes
 * @param {Route['method']} wanted
 */
function globs(routes, wanted) {
  return routes
    .filter(({ method, page }) => method === wanted && page === undefined)
    .map(({ glob }) => glob)
    .join(' ');
}

/** @param {string} glob */
function nginxLocation(glob) {
  return glob.includes('*') ? beginning(glob) : `= ${glob}`;
}

/** @param {string} glob */
function beginning(glob) {
  return glob.split('*', 1)[0] ?? glob;
}
