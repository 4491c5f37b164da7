// What a handler says of itself, and what holds where it says nothing.
import { DURATION_CURE, parseDuration } from '../duration.ts';
import { HANDLER_TIMEOUT_MS } from '../routing/route.ts';

/** What a multipart body may have; sizes in bytes. */
export type UploadOptions = {
  /** The whole body; a larger one is answered 413. PHP's post_max_size. Default 8 MiB. */
  readonly total?: number;
  /** One file; of a larger one the handler gets `too-large` in its place. PHP's upload_max_filesize. Default 2 MiB. */
  readonly fileSize?: number;
  /** How many files; more are answered 413. PHP's max_file_uploads. Default 20. */
  readonly files?: number;
};

/** What a handler says of itself. */
export type HandlerOptions = {
  /** How long the handler may take, such as `2s`. Default 30s. */
  readonly timeout?: string;
  /**
   * Whether the PHP session is read before the handler starts. Default true. A session that cannot
   * be read sends the request to legacy; a handler that says false is not concerned.
   */
  readonly session?: boolean;
  /** Whether a GET or HEAD writes. True gives it a database that can, and takes away its fallback. */
  readonly writes?: boolean;
  /** The largest urlencoded or JSON body that is read, in bytes. Default 1 MiB. */
  readonly bodyLimit?: number;
  /** What a multipart body may have. The defaults are PHP's. */
  readonly uploads?: UploadOptions;
  /** PHP's cache keys that this handler may delete; one `*` at the end stands for any rest. */
  readonly invalidates?: readonly string[];
};

/** Options with every default filled in; durations in milliseconds. */
export type ResolvedOptions = {
  readonly timeoutMs: number;
  readonly session: boolean;
  readonly writes: boolean;
  readonly bodyLimit: number;
  readonly uploads: Required<UploadOptions>;
  readonly invalidates: readonly string[];
};

const MIB = 1024 * 1024;
const UPLOADS: Required<UploadOptions> = { total: 8 * MIB, fileSize: 2 * MIB, files: 20 };

const OPTION_TYPES: Readonly<Record<keyof HandlerOptions, string>> = {
  timeout: 'string',
  session: 'boolean',
  writes: 'boolean',
  bodyLimit: 'number',
  uploads: 'object',
  invalidates: 'object',
};

/** Handlers are also written in JavaScript, where nobody else notices `write: true`. */
function refuseStrangeOptions(options: HandlerOptions): void {
  for (const [name, value] of Object.entries(options)) {
    const type = OPTION_TYPES[name as keyof HandlerOptions];
    const known = Object.keys(OPTION_TYPES).join(', ');
    if (!type) throw new TypeError(`defineHandler: there is no option "${name}"; there are ${known}`);
    if (value !== undefined && typeof value !== type) {
      throw new TypeError(`defineHandler: ${name} must be ${OBJECTS[name] ?? `a ${type}`}`);
    }
  }
}

const OBJECTS: Readonly<Record<string, string>> = {
  invalidates: 'a list of keys',
  uploads: 'like { total, fileSize, files }',
};

/** Fills in the defaults. Throws a TypeError for what is no option, or not of its type. */
export function resolveOptions(options: HandlerOptions): ResolvedOptions {
  refuseStrangeOptions(options);
  return {
    timeoutMs: options.timeout === undefined ? HANDLER_TIMEOUT_MS : readTimeout(options.timeout),
    session: options.session ?? true,
    writes: options.writes ?? false,
    bodyLimit: options.bodyLimit ?? MIB,
    uploads: readUploads(options.uploads ?? {}),
    invalidates: options.invalidates ?? [],
  };
}

function readTimeout(text: string): number {
  const timeout = parseDuration(text);
  if (timeout) return timeout;
  throw new TypeError(`defineHandler: timeout "${text}" cannot be read; ${DURATION_CURE}`);
}

function readUploads(uploads: UploadOptions): Required<UploadOptions> {
  for (const [name, value] of Object.entries(uploads)) {
    if (!(name in UPLOADS)) {
      const known = Object.keys(UPLOADS).join(', ');
      throw new TypeError(`defineHandler: there is no "${name}" in uploads; there are ${known}`);
    }
    if (!Number.isSafeInteger(value) || value < 0)
      throw new TypeError(`defineHandler: uploads.${name} must be a whole number`);
  }
  return { ...UPLOADS, ...uploads };
}
