// The programs that are measured beside Banyan or that make the load: found, installed from packages, or
// named as absent. They are never taken from images: their processor time must be ours to read.

import { hasApt, install, installCommand } from '../scripts/parts/apt.js';
import { candidates } from '../scripts/parts/find.js';
import { output } from '../scripts/parts/probe.js';

/** @typedef {'nginx' | 'haproxy' | 'caddy' | 'wrk'} PeerName */
/** @typedef {{ path: string, version: string }} Peer */

/** @type {Record<PeerName, { package: string, ask: string[], version: RegExp }>} */
const PEERS = {
  nginx: { package: 'nginx', ask: ['-v'], version: /nginx\/([\d.]+)/ },
  haproxy: { package: 'haproxy', ask: ['-v'], version: /[Vv]ersion ([\d.]+)/ },
  caddy: { package: 'caddy', ask: ['version'], version: /v?(\d+\.[\d.]+)/ },
  wrk: { package: 'wrk', ask: ['-v'], version: /wrk (?:debian\/)?([\d.]+)/ },
};

/**
 * Finds peers and, as root on Debian and Ubuntu, installs what is missing.
 *
 * @param {readonly PeerName[]} names
 * @param {(line: string) => void} log
 * @returns {Promise<{ found: Partial<Record<PeerName, Peer>>, absent: PeerName[] }>}
 */
export async function providePeers(names, log) {
  const first = await findPeers(names);
  if (first.absent.length === 0) return first;
  const packages = first.absent.map((name) => PEERS[name].package);
  if (!hasApt() || process.getuid?.() !== 0) {
    const advice = hasApt() ? `: ${installCommand(packages)}` : '';
    log(`Absent, so not measured: ${first.absent.join(', ')}${advice}`);
    return first;
  }
  log(
    `Missing: ${first.absent.join(', ')}. Installing ${packages.join(' ')} (no system service is started).`,
  );
  await install(packages);
  const second = await findPeers(names);
  if (second.absent.length > 0) log(`Absent, so not measured: ${second.absent.join(', ')}`);
  return second;
}

/** @param {readonly PeerName[]} names */
async function findPeers(names) {
  const pairs = await Promise.all(names.map(async (name) => [name, await findPeer(name)]));
  const found = Object.fromEntries(pairs.filter(([, peer]) => peer !== undefined));
  return { found, absent: names.filter((name) => !(name in found)) };
}

/**
 * @param {PeerName} name
 * @returns {Promise<Peer | undefined>}
 */
async function findPeer(name) {
  const [path] = candidates(new RegExp(`^${name}$`));
  if (path === undefined) return undefined;
  const { ask, version } = PEERS[name];
  const said = version.exec(await output(path, ask))?.[1];
  return said === undefined ? undefined : { path, version: said };
}
