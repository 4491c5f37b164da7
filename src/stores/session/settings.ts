// SESSION_URL: where PHP keeps its sessions, and how. A wrong one stops the start, with the cure.
import { SESSION_FORMATS, type SessionFormat } from '../../php/formats/session-format.ts';
import { suggestion } from '../../suggest.ts';
import { UrlOptions } from '../url-options.ts';
import { type Preset, type PresetName, presetNames, presets } from './presets.ts';

/** The kinds of places, as presets distinguish them. */
export type PlaceKind = 'memcached' | 'memcache' | 'redis' | 'files' | 'mysql';

const SCHEMES = {
  memcached: 'memcached',
  memcache: 'memcache',
  redis: 'redis',
  rediss: 'redis',
  file: 'files',
  mysql: 'mysql',
} as const;

type Scheme = keyof typeof SCHEMES;

/** A SESSION_URL, taken apart. */
export type SessionSettings = {
  readonly url: string;
  readonly scheme: Scheme;
  readonly place: PlaceKind;
  /** What stands between the scheme and the path. */
  readonly authority: string;
  readonly path: string;
  readonly options: UrlOptions;
  readonly known: readonly string[];
  readonly preset: Preset;
  readonly presetName: PresetName;
  readonly serializer: SessionFormat | 'json' | undefined;
  readonly prefix: string;
  readonly timeoutMs: number;
  /** How long PHP keeps a session that nobody uses, in seconds. */
  readonly lifetime: number;
  readonly touch: boolean;
  /** The secrets of SESSION_KEY: the present one, then those before. */
  readonly keys: readonly string[];
};

const COMMON = ['preset', 'name', 'prefix', 'serializer', 'touch', 'lifetime', 'timeout', 'user'];

/** The options of places; those of memcached and memcache are known to their own URLs' reader. */
const OF_PLACES: Readonly<Record<PlaceKind, readonly string[]>> = {
  memcached: ['ring'],
  memcache: [],
  redis: [],
  files: ['depth'],
  mysql: ['table', 'idColumn', 'dataColumn', 'expiresColumn', 'activityColumn', 'charset', 'connections'],
};

const SERIALIZERS = [...SESSION_FORMATS, 'json'] as const;

/** Takes a SESSION_URL apart. Throws at start-up if it is wrong; no message holds a password or a key. */
export function readSessionUrl(url: string, keys: string | undefined): SessionSettings {
  const parts = /^([a-z]+):\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/.exec(url);
  const options = new UrlOptions('SESSION_URL', parts?.[4] ?? '');
  if (!parts) throw options.mistake('it is no address: write memcached://host:port, redis://host:port, ...');
  const scheme = schemeOf(parts[1] ?? '', options);
  const place = SCHEMES[scheme];
  const presetName = options.word('preset', presetNames) ?? 'php';
  const preset = presets[presetName];
  const known = [...COMMON, ...OF_PLACES[place], ...preset.options];
  // Their reader, which knows more of them, refuses the others.
  if (place !== 'memcached' && place !== 'memcache') options.refuseOthersThan(known);
  refusePlace(preset, presetName, place, options);
  return {
    ...{ url, scheme, place, options, known, preset, presetName },
    authority: parts[2] ?? '',
    path: decodeURIComponent(parts[3] ?? ''),
    serializer: options.word('serializer', SERIALIZERS),
    prefix: options.text('prefix') ?? prefixOf(preset, presetName, place, options),
    timeoutMs: options.duration('timeout') ?? (place === 'mysql' ? 1000 : 150),
    lifetime: Math.max(1, Math.round((options.duration('lifetime') ?? preset.lifetime * 1000) / 1000)),
    touch: options.switch('touch') ?? true,
    keys: keysOf(keys, preset, presetName, options),
  };
}

function schemeOf(text: string, options: UrlOptions): Scheme {
  const schemes = Object.keys(SCHEMES) as Scheme[];
  const scheme = schemes.find((one) => one === text);
  if (scheme !== undefined) return scheme;
  throw options.mistake(`there are no sessions at ${text}://: ${suggestion(text, schemes)}`);
}

function refusePlace(preset: Preset, name: PresetName, place: PlaceKind, options: UrlOptions): void {
  if (preset.places.includes(place)) return;
  throw options.mistake(`preset=${name} is for sessions in ${preset.places.join(', ')}, not in ${place}`);
}

function prefixOf(preset: Preset, name: PresetName, place: PlaceKind, options: UrlOptions): string {
  const prefix = preset.prefix(place, options);
  if (prefix !== undefined) return prefix;
  throw options.mistake(
    `preset=${name} in ${place} needs prefix=...: what the application puts before each session's id`,
  );
}

function keysOf(
  text: string | undefined,
  preset: Preset,
  name: PresetName,
  options: UrlOptions,
): readonly string[] {
  if (preset.keys === 'none' || (preset.keys === 'optional' && !text)) return [];
  if (!text)
    throw options.mistake(`preset=${name} needs the secret of the application: set SESSION_KEY to it`);
  return preset.keys === 'list' ? text.split(',').map((key) => key.trim()) : [text];
}
