// Sessions: whether one that PHP has just written is found and read right, and what a real one looks like.
import { access, constants } from 'node:fs/promises';
import { toPlain } from '../../php/path.ts';
import { reasonOf } from '../../reason.ts';
import { parseMemcacheUrl } from '../../stores/memcache/url.ts';
import type { SessionRead } from '../../stores/session/session.ts';
import { readSessionUrl } from '../../stores/session/settings.ts';
import { createSessionStore, type SessionRequest } from '../../stores/session/store.ts';
import { within } from './deadline.ts';
import { about, type Finding } from './finding.ts';
import { maskedUrl } from './masked-url.ts';
import { lookAtServer } from './memcache.ts';
import type { PhpSession } from './php-side.ts';
import { sessionShape } from './session-shape.ts';
import { sessionUrlOf } from './session-url.ts';

const { ok, warning, problem, skipped } = about('session');

/** What to look at. */
export type SessionQuestion = {
  readonly url: string | undefined;
  /** SESSION_KEY. */
  readonly key: string | undefined;
  readonly php: PhpSession | { readonly error: string } | undefined;
  /** The Cookie header of a real browser, for a sample. */
  readonly cookie: string | undefined;
  /** The Host that browsers ask for. */
  readonly host: string;
};

/** Reads the session of a Cookie header. */
type Read = (url: string, cookie: string) => Promise<SessionRead>;

/** Asks where SESSION_URL says. */
export async function lookAtSessions({ url, key, php, cookie, host }: SessionQuestion): Promise<Finding[]> {
  const wanted = php && !('error' in php) ? sessionUrlOf(php) : undefined;
  if (url === undefined)
    return [skipped('place', 'SESSION_URL is not set.', wanted && `For PHP's own: SESSION_URL=${wanted}`)];
  const read = reader(key, host);
  try {
    return [
      ...(await lookAtPlace(url, key, read)),
      ...(await lookAtWritten(url, key, php, read)),
      ...(await lookAtSample(url, cookie, read)),
    ];
  } catch (error) {
    return [problem('place', `${maskedUrl(url)}: ${reasonOf(error)}`)];
  }
}

/** Every server of Memcache by itself; any other place by a session that nobody has. */
async function lookAtPlace(url: string, key: string | undefined, read: Read): Promise<Finding[]> {
  const memcache = /^memcached?:/.test(url) ? parseMemcacheUrl(url.replace(/\?.*$/s, '')) : undefined;
  if (memcache?.ok) {
    const found = await Promise.all(memcache.value.servers.map((server) => lookAtServer('place', server)));
    return found.map((finding) => ({ ...finding, area: 'session' }));
  }
  const { place, path, options } = readSessionUrl(url, key);
  const folder = place === 'files' ? await lookAtFolder(path) : undefined;
  if (folder) return [folder];
  const found = await read(url, `${options.text('name') ?? 'PHPSESSID'}=${'0'.repeat(32)}`);
  if (found.kind === 'absent') return [ok('place', `${maskedUrl(url)} answers.`)];
  if (found.kind === 'unreadable') return [problem('place', `${maskedUrl(url)}: ${found.reason}`)];
  return [];
}

/** A folder that cannot be read is told with its cure. */
async function lookAtFolder(path: string): Promise<Finding | undefined> {
  try {
    await access(path, constants.R_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    const cure = "Is this PHP's session.save_path, and may the edge's account read it?";
    return problem('place', reasonOf(error), cure);
  }
}

async function lookAtWritten(
  url: string,
  key: string | undefined,
  php: SessionQuestion['php'],
  read: Read,
): Promise<Finding[]> {
  if (!php) return [skipped('read', 'No session of PHP was read: no probe.')];
  if ('error' in php) return [problem('read', `PHP could not write a session: ${php.error}`)];
  const found = await read(url, `${php.name}=${php.id}`);
  const wanted = sessionUrlOf(php);
  const how = `PHP's handler is ${php.handler} (${php.ini['session.save_path'] ?? ''}), serializer ${php.ini['session.serialize_handler']}, cookie ${php.name}`;
  if (isAsWritten(found))
    return [
      ok('read', `A session that PHP wrote is found and read right. ${how}.`),
      ...lifetime(url, key, php),
    ];
  const isSame =
    wanted !== undefined && isAsWritten(await read(wanted, `${php.name}=${php.id}`).catch(() => undefined));
  const text = `A session that PHP wrote is ${outcome(found)}. ${how}.`;
  return [problem('read', text, cure(wanted, isSame))];
}

function outcome(read: SessionRead): string {
  switch (read.kind) {
    case 'none':
      return 'not looked for: the cookie has another name';
    case 'absent':
      return 'not found';
    case 'unreadable':
      return `not readable (${read.reason})`;
    case 'loaded':
      return 'read as something else than PHP wrote';
  }
}

function cure(wanted: string | undefined, isProven: boolean): string {
  if (wanted === undefined)
    return 'The application has a save handler of its own: see docs/php.md for the presets of frameworks';
  return `Write SESSION_URL=${wanted}${isProven ? ' (with it the session is read right)' : ''}`;
}

function reader(key: string | undefined, host: string): Read {
  return async (url, cookie) => {
    // Not renewed: doctor leaves things as they are.
    const quiet = url.replace(/([?&])touch=[^&]*&?/, '$1').replace(/[?&]$/, '');
    const store = createSessionStore(`${quiet}${quiet.includes('?') ? '&' : '?'}touch=off`, { key });
    const request: SessionRequest = { cookie, host, method: 'GET', userAgent: '', address: '127.0.0.1' };
    try {
      return await within(store.read(request));
    } finally {
      await within(Promise.resolve(store.close()), 1000).catch(() => {});
    }
  };
}

const WRITTEN = '{"text":"Zoë","number":7,"ratio":0.5,"yes":true,"none":null,"list":["a","b"]}';

function isAsWritten(read: SessionRead | undefined): boolean {
  const value = read?.kind === 'loaded' ? read.values.get('banyan_probe') : undefined;
  return value !== undefined && JSON.stringify(toPlain(value)) === WRITTEN;
}

/** Sessions that PHP lets live longer or shorter than the edge keeps them alive. */
function lifetime(url: string, key: string | undefined, php: PhpSession): Finding[] {
  const theirs = Number(php.ini['session.gc_maxlifetime'] ?? 1440);
  const ours = readSessionUrl(url, key).lifetime;
  if (ours === theirs) return [];
  const text = `session.gc_maxlifetime is ${theirs} s in PHP, ${ours} s in SESSION_URL.`;
  return [warning('lifetime', text, `Write in SESSION_URL: lifetime=${theirs}s`)];
}

async function lookAtSample(url: string, cookie: string | undefined, read: Read): Promise<Finding[]> {
  if (cookie === undefined) return [skipped('sample', 'No real session was looked at: --cookie names one.')];
  const found = await read(url, cookie);
  if (found.kind !== 'loaded') return [problem('sample', `The session of --cookie is ${outcome(found)}.`)];
  const shape = sessionShape(found.values);
  return [ok('sample', ['The session of --cookie has, values left out:', ...shape].join('\n'))];
}
