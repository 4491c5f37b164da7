// Sessions: whether one that PHP has just written is found and read right, and what a real one looks like.
import { parseDuration } from '../../duration.ts';
import { toPlain } from '../../php/path.ts';
import { memcacheUrlOptions, parseMemcacheUrl } from '../../stores/memcache/url.ts';
import { createSessionStore, type SessionRead } from '../../stores/session/session.ts';
import { reasonOf, within } from './deadline.ts';
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
  readonly php: PhpSession | { readonly error: string } | undefined;
  /** The Cookie header of a real browser, for a sample. */
  readonly cookie: string | undefined;
};

/** Asks where SESSION_URL says. */
export async function lookAtSessions({ url, php, cookie }: SessionQuestion): Promise<Finding[]> {
  const wanted = php && !('error' in php) ? sessionUrlOf(php) : undefined;
  if (url === undefined)
    return [skipped('place', 'SESSION_URL is not set.', wanted && `For PHP's own: SESSION_URL=${wanted}`)];
  try {
    return [
      ...(await lookAtServers(url)),
      ...(await lookAtWritten(url, php)),
      ...(await lookAtSample(url, cookie)),
    ];
  } catch (error) {
    return [problem('place', `${maskedUrl(url)}: ${reasonOf(error)}`)];
  }
}

async function lookAtServers(url: string): Promise<Finding[]> {
  const settings = /^memcached?:/.test(url) ? parseMemcacheUrl(url.replace(/\?.*$/s, '')) : undefined;
  if (!settings?.ok) return [];
  return Promise.all(settings.value.servers.map((server) => lookAtServer('session', server))).then((found) =>
    found.map((finding) => ({ ...finding, area: 'session', name: 'place' })),
  );
}

async function lookAtWritten(url: string, php: SessionQuestion['php']): Promise<Finding[]> {
  if (!php) return [skipped('read', 'No session of PHP was read: no probe.')];
  if ('error' in php) return [problem('read', `PHP could not write a session: ${php.error}`)];
  const read = await readSession(url, `${php.name}=${php.id}`);
  const wanted = sessionUrlOf(php);
  const how = `PHP's handler is ${php.handler} (${php.ini['session.save_path'] ?? ''}), serializer ${php.ini['session.serialize_handler']}, cookie ${php.name}`;
  if (isAsWritten(read))
    return [ok('read', `A session that PHP wrote is found and read right. ${how}.`), ...lifetime(url, php)];
  const isSame =
    wanted !== undefined &&
    isAsWritten(await readSession(wanted, `${php.name}=${php.id}`).catch(() => undefined));
  const text = `A session that PHP wrote is ${outcome(read)}. ${how}.`;
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

async function readSession(url: string, cookie: string): Promise<SessionRead> {
  const store = createSessionStore(url);
  try {
    return await within(store.read(cookie));
  } finally {
    store.close();
  }
}

const WRITTEN = '{"text":"Zoë","number":7,"ratio":0.5,"yes":true,"none":null,"list":["a","b"]}';

function isAsWritten(read: SessionRead | undefined): boolean {
  const value = read?.kind === 'loaded' ? read.values.get('banyan_probe') : undefined;
  return value !== undefined && JSON.stringify(toPlain(value)) === WRITTEN;
}

/** Sessions that PHP lets live longer or shorter than the edge keeps them alive. */
function lifetime(url: string, php: PhpSession): Finding[] {
  const theirs = Number(php.ini['session.gc_maxlifetime'] ?? 1440);
  const ours = (parseDuration(memcacheUrlOptions(url).get('lifetime') ?? '24m') ?? 0) / 1000;
  if (ours === theirs) return [];
  const text = `session.gc_maxlifetime is ${theirs} s in PHP, ${ours} s in SESSION_URL.`;
  return [warning('lifetime', text, `Write in SESSION_URL: lifetime=${theirs}s`)];
}

async function lookAtSample(url: string, cookie: string | undefined): Promise<Finding[]> {
  if (cookie === undefined) return [skipped('sample', 'No real session was looked at: --cookie names one.')];
  const read = await readSession(url, cookie);
  if (read.kind !== 'loaded') return [problem('sample', `The session of --cookie is ${outcome(read)}.`)];
  const shape = sessionShape(read.values);
  return [ok('sample', ['The session of --cookie has, values left out:', ...shape].join('\n'))];
}
