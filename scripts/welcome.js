// What `npm start` prints once everything runs: where to look, who to be, what to try.

/**
 * @param {{ port: number, adminPort: number, environment: string }} places `environment` is the file of the edge's settings
 */
export function welcome({ port, adminPort, environment }) {
  const shop = `http://localhost:${port}`;
  return `
  The bookshop, behind the edge     ${shop}/
  Metrics                           http://localhost:${adminPort}/metrics
  Routes                            http://localhost:${adminPort}/api/routes

  In another terminal, first        . ${environment}

  Log in as                         reader@example.com, password secret (admin@example.com, counter)

  Three things to try:

  1. Open ${shop}/products/7, then change one word in routes.yaml: the stage of
     product-page, from legacy to new. Reload the page: the other side answers.
  2. Change a word in src/handlers/products/show.ts and reload the page (at stage new).
  3. Break routes.yaml, say by a wrong indent. The line and column of the mistake appear
     here, and the shop goes on with the last good table.

  Ctrl-C stops everything.

`;
}
