// wrk's arguments and what it prints. Pure.

/** @typedef {import('./request.js').Request} Request */

/**
 * Builds wrk's arguments.
 *
 * @param {{ port: number, request: Request, seconds: number, connections: number, script: string | undefined }} task
 * @returns {string[]}
 */
export function wrkArguments({ port, request, seconds, connections, script }) {
  const fields = request.fields.flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const scripted = script === undefined ? [] : ['-s', script];
  const target = `http://127.0.0.1:${port}${request.path}`;
  return ['-t1', `-c${connections}`, `-d${seconds}s`, ...fields, ...scripted, target];
}

/**
 * Writes the script that makes wrk send a body.
 *
 * @param {Request} request
 * @returns {string}
 */
export function wrkScript({ method, bodyBytes }) {
  return `wrk.method = "${method}"\nwrk.body = string.rep("x", ${bodyBytes})\n`;
}

/**
 * Reads wrk's report.
 *
 * @param {string} text
 * @returns {{ requests: number, errors: number }}
 * @throws {Error} when it is not one
 */
export function parseWrk(text) {
  const requests = /^\s*(\d+) requests in /m.exec(text)?.[1];
  if (requests === undefined) throw new Error(`wrk gave no report: ${text.slice(-400)}`);
  const broken = /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text) ?? [];
  const refused = /Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? '0';
  const errors = [...broken.slice(1), refused].reduce((sum, one) => sum + Number(one), 0);
  return { requests: Number(requests), errors };
}
