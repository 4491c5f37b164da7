// Everything that is measured, in the order of the report.

import { startBanyan } from './subjects/banyan.js';
import { startCaddy } from './subjects/caddy.js';
import { startHaproxy } from './subjects/haproxy.js';
import { startNginxProxy } from './subjects/nginx.js';
import { startNodeServer } from './subjects/node-server.js';

/** @typedef {import('./place.js').Place} Place */
/** @typedef {import('./peers.js').PeerName} PeerName */
/** @typedef {Pick<import('../scripts/services/service.js').Service, 'port' | 'pid' | 'stop'>} Service */

/**
 * @typedef {object} Setting what a subject is started with
 * @property {Place} place
 * @property {number} upstream the port of the upstream
 * @property {Partial<Record<PeerName, import('./peers.js').Peer>>} peers
 * @property {Record<string, string>} [env] more environment for Node programs
 */

/**
 * @typedef {object} Subject
 * @property {string} name
 * @property {string} title
 * @property {'forward' | 'answer'} kind whether it forwards to the upstream or answers by itself
 * @property {string} path what is asked for
 * @property {PeerName} [peer] the program that it is made of
 * @property {string} [package] the npm package that it is made of
 * @property {boolean} [reference] for comparison only: left out of a quick run that does not name it
 * @property {boolean} [isVariant] another one with the table of 200 routes: left out of the further workloads
 * @property {(setting: Setting) => Promise<Service[]>} start the first one is asked; all are counted
 */

const FORWARDED = '/products/42';

/** @type {readonly Subject[]} */
export const subjects = [
  {
    name: 'http-proxy',
    title: 'http-proxy',
    package: 'http-proxy',
    ...forwarding(),
    start: node('http-proxy'),
  },
  {
    name: 'banyan',
    title: 'Banyan',
    ...forwarding(),
    start: async ({ place, upstream, env }) => [await startBanyan(place, upstream, env)],
  },
  {
    name: 'nginx',
    title: 'nginx',
    peer: 'nginx',
    ...forwarding(),
    start: nginx({ routes: false }),
  },
  {
    name: 'nginx-routes',
    reference: true,
    isVariant: true,
    title: 'nginx, 200 locations',
    peer: 'nginx',
    ...forwarding(),
    start: nginx({ routes: true }),
  },
  {
    name: 'haproxy',
    title: 'HAProxy',
    peer: 'haproxy',
    ...forwarding(),
    start: haproxy({ routes: false }),
  },
  {
    name: 'haproxy-routes',
    reference: true,
    isVariant: true,
    title: 'HAProxy, 200 routes in maps',
    peer: 'haproxy',
    ...forwarding(),
    start: haproxy({ routes: true }),
  },
  {
    name: 'caddy',
    title: 'Caddy',
    peer: 'caddy',
    ...forwarding(),
    start: caddy({ routes: false }),
  },
  {
    name: 'caddy-routes',
    isVariant: true,
    title: 'Caddy, 200 routes and metrics',
    peer: 'caddy',
    ...forwarding(),
    start: caddy({ routes: true }),
  },
  { name: 'httpxy', title: 'httpxy', package: 'httpxy', ...forwarding(), start: node('httpxy') },
  {
    name: 'fastify',
    title: '@fastify/http-proxy',
    package: '@fastify/http-proxy',
    ...forwarding(),
    start: node('fastify-http-proxy'),
  },
  {
    name: 'express-middleware',
    title: 'Express 5 + http-proxy-middleware',
    package: 'http-proxy-middleware',
    ...forwarding(),
    start: node('express-middleware'),
  },
  {
    name: 'floor',
    reference: true,
    title: 'undici behind node:http, nothing else',
    package: 'undici',
    ...forwarding(),
    start: node('floor'),
  },
  {
    name: 'nginx-express',
    title: 'nginx in front of Express 5',
    peer: 'nginx',
    package: 'express',
    ...answering('/page'),
    start: startNginxExpress,
  },
  {
    name: 'express',
    title: 'Express 5 alone',
    package: 'express',
    ...answering('/page'),
    start: node('express'),
  },
  {
    name: 'banyan-express',
    title: "Banyan, handler in Express's API",
    ...answering('/page'),
    start: async ({ place, upstream, env }) => [await startBanyan(place, upstream, env)],
  },
  {
    name: 'banyan-defined',
    reference: true,
    title: 'Banyan, handler by defineHandler',
    ...answering('/defined'),
    start: async ({ place, upstream, env }) => [await startBanyan(place, upstream, env)],
  },
  { name: 'node', reference: true, title: 'node:http alone', ...answering('/page'), start: node('node') },
];

function forwarding() {
  return /** @type {const} */ ({ kind: 'forward', path: FORWARDED });
}

/** @param {string} path */
function answering(path) {
  return /** @type {const} */ ({ kind: 'answer', path });
}

/**
 * @param {string} server
 * @returns {Subject['start']}
 */
function node(server) {
  return async ({ place, upstream, env }) => [await startNodeServer(place, server, upstream, env)];
}

/**
 * @param {{ routes: boolean }} options
 * @returns {Subject['start']}
 */
function nginx(options) {
  return async ({ place, upstream, peers }) => [
    await startNginxProxy(place, pathOf(peers, 'nginx'), upstream, options),
  ];
}

/**
 * @param {{ routes: boolean }} options
 * @returns {Subject['start']}
 */
function haproxy(options) {
  return async ({ place, upstream, peers }) => [
    await startHaproxy(place, pathOf(peers, 'haproxy'), upstream, options),
  ];
}

/**
 * @param {{ routes: boolean }} options
 * @returns {Subject['start']}
 */
function caddy(options) {
  return async ({ place, upstream, peers }) => [
    await startCaddy(place, pathOf(peers, 'caddy'), upstream, options),
  ];
}

/** @type {Subject['start']} */
async function startNginxExpress({ place, upstream, peers }) {
  const express = await startNodeServer(place, 'express', upstream);
  try {
    return [await startNginxProxy(place, pathOf(peers, 'nginx'), express.port, { routes: false }), express];
  } catch (error) {
    await express.stop();
    throw error;
  }
}

/**
 * @param {Setting['peers']} peers
 * @param {PeerName} name
 */
function pathOf(peers, name) {
  const peer = peers[name];
  if (peer === undefined) throw new Error(`${name} was not looked for`);
  return peer.path;
}
