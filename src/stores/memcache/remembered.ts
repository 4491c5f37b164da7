// The new side's own values, for the day PHP no longer fills its cache: JSON under `banyan:` in the same Memcache, and a copy in this
// process for a moment. PHP's keys are read here, never filled.
import { createHash } from 'node:crypto';
import { toPlain } from '../../php/path.ts';
import type { PhpValue } from '../../php/value.ts';
import { reasonOf } from '../../reason.ts';
import type { CacheProblem, CacheProblemCode, Filler } from './cache.ts';
import { jsonText } from './json-text.ts';
import type { Memcache } from './memcache.ts';
import { type Held, MemoryLayer } from './memory-layer.ts';
import { OneAtATime } from './one-at-a-time.ts';

/** What is to be remembered; times in milliseconds. */
export interface Wanted {
  readonly key: string;
  /** How long a value is fresh. */
  readonly ttl: number;
  /** How much longer it is given while it is loaded anew. */
  readonly stale: number;
  /** PHP's key for the same value, without its prefix, which is looked at first. */
  readonly php: string | undefined;
  readonly load: () => unknown;
  /** The caller's end: who waits for his load then loads himself. */
  readonly signal: AbortSignal;
}

/** A value, and who had filled it. */
export interface Found {
  readonly value: unknown;
  readonly filler: Filler;
}

/** What remembering needs. */
export interface RememberParts {
  readonly memcache: Memcache;
  /** Reads PHP's key; undefined on a miss and on any problem. */
  readonly readPhp: (key: string) => Promise<PhpValue | undefined>;
  readonly onProblem: (problem: CacheProblem) => void;
  /** The time of day, in milliseconds since 1970. */
  readonly clock: () => number;
}

/** How long a value is given from memory without another look at Memcache: so old is at most what another process has changed. */
const MEMORY_MS = 1_000;
const MEMORY = { entries: 1_000, characters: 8 * 1024 * 1024 };
/** After so long another caller may load what one is still loading in the background. */
const REFRESH_MS = 30_000;

/** The values of one process. */
export class Remembered {
  readonly #parts: RememberParts;
  readonly #memory = new MemoryLayer(MEMORY);
  readonly #lookups = new OneAtATime<{ readonly text: string; readonly filler: Filler }>();
  readonly #loads = new OneAtATime<string>();

  constructor(parts: RememberParts) {
    this.#parts = parts;
  }

  /**
   * Gives the value: from memory, from PHP's key, from our own, or loaded, by one caller at a time. Rejects as `load` does where
   * there is nothing older, and with a TypeError for what JSON cannot hold.
   */
  async get(wanted: Wanted): Promise<Found> {
    const now = this.#parts.clock();
    const held = this.#memory.get(wanted.key, now);
    if (held && now < held.checkAfter) {
      return { value: JSON.parse(held.text), filler: held.isPhps ? 'php' : 'memory' };
    }
    const { value, isOwn } = await this.#lookups.run(wanted.key, wanted.signal, (isCurrent) =>
      this.#find(wanted, isCurrent),
    );
    const filler = value.filler === 'load' && !isOwn ? 'memory' : value.filler;
    return { value: JSON.parse(value.text), filler };
  }

  /** Forgets a key in this process; what is being read or loaded is not kept. */
  forget(key: string): void {
    this.#memory.delete(key);
    this.#lookups.forget(key);
    this.#loads.forget(key);
  }

  async #find(wanted: Wanted, isCurrent: () => boolean): Promise<{ text: string; filler: Filler }> {
    const phps = await this.#phps(wanted, isCurrent);
    if (phps !== undefined) return { text: phps, filler: 'php' };
    const kept = await this.#kept(wanted.key);
    if (!kept) return { text: await this.#load(wanted, wanted.signal), filler: 'load' };
    const now = this.#parts.clock();
    const checkAfter = Math.min(now + MEMORY_MS, kept.held.usableUntil);
    if (isCurrent()) this.#memory.set(wanted.key, { ...kept.held, checkAfter });
    if (kept.held.freshUntil <= now) this.#refresh(wanted);
    return { text: kept.held.text, filler: kept.filler };
  }

  /** What PHP holds, as JSON. It is not kept longer than a moment: PHP deletes it as it likes. */
  async #phps({ key, php }: Wanted, isCurrent: () => boolean): Promise<string | undefined> {
    const value = php === undefined ? undefined : await this.#parts.readPhp(php);
    if (php === undefined || value === undefined) return undefined;
    try {
      const text = jsonText(toPlain(value));
      const until = this.#parts.clock() + MEMORY_MS;
      const held = { text, isPhps: true, checkAfter: until, freshUntil: until, usableUntil: until };
      if (isCurrent()) this.#memory.set(key, held);
      return text;
    } catch (error) {
      this.#report('unsupported', php, `PHP's value cannot be JSON: ${reasonOf(error)}`);
      return undefined;
    }
  }

  /** The newer one of what Memcache and this process hold; nothing where Memcache says that it was deleted. */
  async #kept(key: string): Promise<{ held: Held; filler: Filler } | undefined> {
    const read = await this.#parts.memcache.get(memcacheKey(key));
    if (!read.ok) this.#parts.onProblem({ ...read.error, key });
    if (read.ok && read.value === null) return undefined;
    const shared = read.ok && read.value !== null ? heldOf(read.value.value.toString()) : undefined;
    const own = this.#memory.get(key, this.#parts.clock());
    if (shared && shared.freshUntil >= (own?.freshUntil ?? 0)) return { held: shared, filler: 'banyan' };
    return own && { held: own, filler: 'memory' };
  }

  #refresh(wanted: Wanted): void {
    this.#load(wanted, AbortSignal.timeout(REFRESH_MS)).catch((error) =>
      this.#report('load-failed', wanted.key, `a stale value is given: ${reasonOf(error)}`),
    );
  }

  async #load(wanted: Wanted, signal: AbortSignal): Promise<string> {
    const { key, ttl, stale, load } = wanted;
    const { value } = await this.#loads.run(key, signal, async (isCurrent) => {
      const text = textToRemember(key, await load());
      if (isCurrent()) await this.#keep(key, text, ttl, stale);
      return text;
    });
    return value;
  }

  async #keep(key: string, text: string, ttl: number, stale: number): Promise<void> {
    const now = this.#parts.clock();
    const [freshUntil, usableUntil] = [now + ttl, now + ttl + stale];
    const checkAfter = Math.min(now + MEMORY_MS, freshUntil);
    this.#memory.set(key, { text, isPhps: false, checkAfter, freshUntil, usableUntil });
    const item = { flags: 0, value: Buffer.from(recordOf(text, freshUntil, usableUntil)) };
    const stored = await this.#parts.memcache.set(memcacheKey(key), item, Math.ceil((ttl + stale) / 1000));
    if (!stored.ok) this.#parts.onProblem({ ...stored.error, key });
  }

  #report(code: CacheProblemCode, key: string, message: string): void {
    this.#parts.onProblem({ code, key, message: `${key}: ${message}` });
  }
}

/** Gives the name of a remembered key in Memcache; what Memcache would not take goes by its hash. */
export function memcacheKey(key: string): string {
  const fits = /^[\x21-\x7e]{1,150}$/.test(key);
  return fits ? `banyan:${key}` : `banyan:sha256:${createHash('sha256').update(key).digest('hex')}`;
}

function textToRemember(key: string, value: unknown): string {
  try {
    return jsonText(value);
  } catch (error) {
    throw new TypeError(
      `cache.remember("${key}"): what is to be remembered must be JSON, but ${reasonOf(error)}`,
    );
  }
}

const RECORD = /^\{"fresh":(\d{1,16}),"usable":(\d{1,16}),"value":(.*)\}$/s;

function recordOf(text: string, freshUntil: number, usableUntil: number): string {
  return `{"fresh":${freshUntil},"usable":${usableUntil},"value":${text}}`;
}

/** Reads a record; undefined for what is none. */
function heldOf(record: string): Held | undefined {
  const [, fresh, usable, text] = RECORD.exec(record) ?? [];
  if (text === undefined || !isJson(text)) return undefined;
  return { text, isPhps: false, checkAfter: 0, freshUntil: Number(fresh), usableUntil: Number(usable) };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
