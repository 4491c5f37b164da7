// Looks at everything: the probe first, for the rest is held beside what it says.
import type { Settings } from '../../environment.ts';
import type { ProbePlace } from './ask-probe.ts';
import type { Finding } from './finding.ts';
import { cleanUp, type LegacyFound, lookAtLegacy, lookThroughProbe } from './legacy.ts';
import { lookAtMemcache } from './memcache.ts';
import { lookAtMysql } from './mysql.ts';
import type { PhpSide } from './php-side.ts';
import { sorted } from './report.ts';
import { lookAtSessions } from './session.ts';
import { lookAtTime } from './time.ts';
import { lookAtVisitor } from './visitor.ts';

/** What doctor is asked to look at besides what the environment names. */
export type Question = {
  /** The probe's path, and the token that it answers to. */
  readonly probe?: string;
  readonly token?: string;
  /** The Cookie header of a real browser. */
  readonly cookie?: string;
};

/** Gives everything found, in the order of the report. Takes back what the probe wrote. Never rejects for what is down. */
export async function examine(settings: Settings, question: Question): Promise<readonly Finding[]> {
  const { probe, token = '', cookie } = question;
  const place = probe === undefined ? undefined : placeOf(settings, probe);
  const legacy = await (place ? lookThroughProbe(place, token) : lookAtLegacy(settings.legacyUrl));
  try {
    return sorted(await lookAtStores(settings, legacy, cookie, place));
  } finally {
    if (place && legacy.php) await cleanUp(place, token, sessionOf(legacy.php));
  }
}

async function lookAtStores(
  settings: Settings,
  { findings, php, skewMs }: LegacyFound,
  cookie: string | undefined,
  place: ProbePlace | undefined,
): Promise<Finding[]> {
  const phpMysql = php?.mysql && !('error' in php.mysql) ? php.mysql : undefined;
  const host = place?.host ?? place?.url.host ?? '';
  const [mysql, memcache, session] = await Promise.all([
    lookAtMysql(settings.mysqlUrl, phpMysql),
    lookAtMemcache(settings.memcacheUrl, memcacheSide(php)),
    lookAtSessions({
      url: settings.sessionUrl,
      key: settings.sessionKey,
      php: php?.session,
      cookie,
      host,
    }),
  ]);
  const time = lookAtTime({ phpMs: skewMs, mysqlMs: mysql.skewMs, php, mysql: phpMysql });
  const visitor = lookAtVisitor(php?.server, place?.throughEdge === true, host);
  return [...findings, ...mysql.findings, ...memcache, ...session, ...time, ...visitor];
}

function memcacheSide(php: PhpSide | undefined) {
  if (!php?.memcached) return undefined;
  return 'error' in php.memcached ? php.memcached : { found: php.memcached, machine: php.php?.machine ?? '' };
}

function sessionOf({ session }: PhpSide): string | undefined {
  return session && !('error' in session) ? session.id : undefined;
}

/** Through the edge where there is one, as one of its hosts. */
function placeOf({ edgeUrl, legacyUrl, hosts }: Settings, path: string): ProbePlace | undefined {
  const base = edgeUrl ?? legacyUrl;
  if (base === undefined) return undefined;
  const host = edgeUrl === undefined ? undefined : hosts.find((name) => !name.includes('*'));
  return { url: new URL(path, base), throughEdge: edgeUrl !== undefined, host };
}
