// Where parts are missing and packages cannot be had, a Docker engine can run them from the images that
// docker-compose.yml names.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { childEnvironment } from '../environment.js';
import { catalogue } from './catalogue.js';
import { output } from './probe.js';

/**
 * Says whether a Docker engine answers whose containers can share this machine's loopback: on Linux, that is.
 *
 * @returns {Promise<boolean>}
 */
export async function dockerServes() {
  if (process.platform !== 'linux') return false;
  const version = await output('docker', ['info', '--format', 'engine={{.ServerVersion}}']);
  return /^engine=\d/m.test(version);
}

/**
 * Takes a part from its image: builds or pulls it now, so that starting it later is quick.
 *
 * @param {string} name
 * @param {string} root the checkout
 * @returns {Promise<import('./find.js').FoundPart | undefined>} undefined when there is no image or it cannot be had
 */
export async function partFromImage(name, root) {
  const docker = catalogue[name]?.docker;
  if (docker === undefined) return undefined;
  const { image, build } = docker;
  const args = build
    ? ['build', '--quiet', '--tag', image, '--file', join(root, build.file), join(root, build.context)]
    : ['pull', '--quiet', image];
  return (await succeeds(args)) ? { name, tools: docker.tools, image: docker.image } : undefined;
}

/**
 * @param {string[]} args
 * @returns {Promise<boolean>}
 */
function succeeds(args) {
  const child = spawn('docker', args, { stdio: ['ignore', 2, 2], env: childEnvironment() });
  return new Promise((resolve) => {
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}
