// The routes file of the benchmark: 200 routes of the kinds that a legacy application has. Pure.

const COUNT = 200;

/** The routes that requests of the benchmark meet. */
const MET = `  product-page:
    match: GET /products/:id<int>
    stage: legacy
  page:
    match: GET /page
    handler: page
    stage: new
  defined:
    match: GET /defined
    handler: defined
    stage: new
`;

/** @type {((number: number) => string)[]} */
const KINDS = [
  (number) => `GET /section-${number}/:slug<slug>`,
  (number) => `GET /index.php?page=page-${number}`,
  (number) => `POST /forms/form-${number}`,
  (number) => `ANY /area-${number}/*`,
  (number) => `GET /api/things-${number}/:id<int>/parts/:part`,
];

/**
 * Writes the file.
 *
 * @returns {string}
 */
export function routesFile() {
  const others = Array.from({ length: COUNT - 3 }, (_, number) => route(number));
  return `routes:\n${MET}${others.join('')}`;
}

/** @param {number} number */
function route(number) {
  const kind = KINDS[number % KINDS.length];
  return `  route-${number}:\n    match: ${kind?.(number)}\n    stage: legacy\n`;
}
