// Which Node this needs. Imported before anything else, so it uses nothing that an old Node lacks.

export const OLDEST_NODE = 20;

/**
 * Says what is wrong with a version of Node, or undefined when it will do.
 *
 * @param {string} version such as 20.11.1
 */
export function nodeProblem(version) {
  if (Number.parseInt(version, 10) >= OLDEST_NODE) return undefined;
  return `Banyan needs Node ${OLDEST_NODE} or later; this is Node ${version}.`;
}

const problem = nodeProblem(process.versions.node);
if (problem !== undefined) {
  console.error(problem);
  process.exit(1);
}
