// The tables of the report, as rows of cells; for a terminal and for Markdown. Pure.

/** @typedef {import('../summary.js').Result} Result */
/** @typedef {{ head: string[], rows: string[][] }} Table */

const MIB = 1 << 20;

/**
 * Builds the main table of one kind of subjects.
 *
 * @param {readonly Result[]} results
 * @returns {Table}
 */
export function mainTable(results) {
  const forwards = results[0]?.kind === 'forward';
  const bases = forwards ? ['http-proxy', 'nginx', 'caddy'] : ['express', 'nginx-express'];
  const named = forwards ? ['× http-proxy', '× nginx', '× Caddy'] : ['× Express', '× nginx + Express'];
  return {
    head: ['', 'CPU µs/request', ...named, 'requests/s', 'p50 ms', 'p99 ms', 'p99 × http-proxy', 'peak MiB'],
    rows: results.map((result) => [
      title(result),
      number(result.medians.cpu, 1),
      ...bases.map((base) => number(result.ratios[base], 2)),
      number(result.medians.rps, 0) + (isLoadBound(result) ? '+' : ''),
      number(result.medians.p50, 2),
      number(result.medians.p99, 2),
      number(result.ratios.p99, 2),
      number(scaled(result.medians.peak, MIB), 0),
    ]),
  };
}

/**
 * Builds the table of the further workloads.
 *
 * @param {readonly Result[]} results
 * @returns {Table}
 */
export function furtherTable(results) {
  return {
    head: [
      '',
      "a browser's GET: µs",
      'POST 16 KiB: µs',
      'POST/s',
      '1 MiB download: µs',
      'MiB/s',
      'WebSocket message: µs',
      'messages/s',
      '1,000 idle: MiB',
      'KiB each',
    ],
    rows: results.filter(hasFurther).map((result) => {
      const { medians } = result;
      return [
        title(result),
        number(medians.browserCpu, 1),
        number(medians.postCpu, 1),
        number(medians.postRps, 0),
        number(medians.downloadCpu, 0),
        number(medians.downloadRps, 0),
        tunnel(result, number(medians.tunnelCpu, 1)),
        tunnel(result, number(medians.tunnelRps, 0)),
        number(scaled(medians.idle, MIB), 0),
        number(scaled(medians.idleEach, 1024), 1),
      ];
    }),
  };
}

/**
 * Builds the table of what was demanded.
 *
 * @param {readonly import('../summary.js').Demand[]} demands
 * @returns {Table}
 */
export function demandTable(demands) {
  return {
    head: ['what was demanded of Banyan', 'at most', 'measured', ''],
    rows: demands.map(({ figure, limit, measured }) => [
      figure,
      String(limit),
      number(measured, 2),
      measured === undefined ? 'not measured' : measured <= limit ? 'met' : 'not met',
    ]),
  };
}

/**
 * Renders a table for a terminal.
 *
 * @param {Table} table
 */
export function asText({ head, rows }) {
  const widths = head.map((cell, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0), cell.length),
  );
  const line = (/** @type {string[]} */ row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  return [head, ...rows].map(line).join('\n');
}

/**
 * Renders a table as Markdown.
 *
 * @param {Table} table
 */
export function asMarkdown({ head, rows }) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  const rule = `|${head.map((_, column) => (column === 0 ? '---|' : '---:|')).join('')}`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

/**
 * Says whether the load's core was full before the subject's: then it could have done more.
 *
 * @param {Result} result
 */
export function isLoadBound({ medians }) {
  return (medians.busy ?? 1) + (medians.foreign ?? 0) < 0.9;
}

/**
 * Says whether a subject did the further workloads.
 *
 * @param {Result} result
 */
export function hasFurther({ medians }) {
  return medians.postCpu !== undefined;
}

/** @param {Result} result */
function title({ title: text, version }) {
  return version === '' ? text : `${text} ${version}`;
}

/**
 * @param {Result} result
 * @param {string} text
 */
function tunnel({ notes }, text) {
  return notes.some((note) => note.startsWith('no WebSockets')) ? 'none' : text;
}

/**
 * @param {number | undefined} value
 * @param {number} unit
 */
function scaled(value, unit) {
  return value === undefined ? undefined : value / unit;
}

/**
 * @param {number | undefined} value
 * @param {number} digits
 */
function number(value, digits) {
  if (value === undefined || Number.isNaN(value)) return '–';
  return value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits });
}
