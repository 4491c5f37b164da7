// Environments for child processes, built from a short list of names: what the caller's environment says
// about databases, caches or an edge (MYSQL_URL, ...) must never reach the demo or the tests.

const PASSED_ON = [
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TERM',
  'TMPDIR',
  'CI',
  'NO_COLOR',
  'FORCE_COLOR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
];

const SYSTEM_PATH = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];

/**
 * Builds a child's environment: the few harmless names above, a PATH that includes the system's
 * administration programs, and what `extra` says.
 *
 * @param {Record<string, string>} [extra]
 * @param {NodeJS.ProcessEnv} [from]
 * @returns {Record<string, string>}
 */
export function childEnvironment(extra = {}, from = process.env) {
  /** @type {Record<string, string>} */
  const environment = { PATH: searchPath(from).join(':') };
  for (const name of PASSED_ON) {
    const value = from[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...extra };
}

/**
 * Lists the directories in which programs are looked for, in order, each once.
 *
 * @param {NodeJS.ProcessEnv} [from]
 */
export function searchPath(from = process.env) {
  const own = (from.PATH ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...own, ...SYSTEM_PATH])];
}
