// The shape of routes.yaml. Text that has a language of its own (matches, durations, stages) is read
// by the code that owns the language; this says which keys there are. schema-problems.ts tells what is wrong.
import { z } from 'zod';
import { parseDuration } from '../duration.ts';
import { parseSize } from '../size.ts';

export const STAGES = ['legacy', 'new', 'gone'] as const;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const HOST = /^[A-Za-z0-9.-]+(?::\d{1,5})?$/;

const name = z.string().regex(NAME);

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined)
  .transform((text) => parseDuration(text) ?? 0);

const size = z
  .string()
  .refine((text) => parseSize(text) !== undefined)
  .transform((text) => parseSize(text) ?? 0);

const count = z.int().min(1);

const routeTimeouts = z.strictObject({
  connect: duration.exactOptional().describe('How long connecting may take. Default 3s.'),
  headers: duration.exactOptional().describe('How long the answer may take to begin. Default 60s.'),
  idle: duration.exactOptional().describe('How long the answer may pause. Default 60s.'),
  total: duration.exactOptional().describe('How long the whole may take. Default any time.'),
});

const timeouts = routeTimeouts.transform(({ connect = 3_000, headers = 60_000, idle = 60_000, total }) => ({
  ...{ connect, headers, idle, total },
}));

const upstreamEntry = z.strictObject({
  url: z.string().describe('Where it is: http://host:port'),
  host: z
    .string()
    .regex(HOST)
    .default('preserve')
    .describe("The Host that it is sent: preserve for the visitor's, or a name."),
  rewrite: z
    .boolean()
    .default(false)
    .describe('Whether its own address in Location, Content-Location, Refresh and cookies becomes ours.'),
  timeouts: timeouts.prefault({}),
});

/** What holds for an upstream of which only the address is given. */
export const upstreamDefaults = upstreamEntry.omit({ url: true }).parse({});

const upstream = z.union([z.string(), upstreamEntry]);

const routeLimits = z.strictObject({
  body: size.exactOptional().describe('The largest request body. Default any size.'),
  inFlight: count
    .exactOptional()
    .describe('How many requests a worker gives to a handler at a time. Default 1000.'),
});

const limits = routeLimits
  .extend({
    url: size.exactOptional().describe('The longest request target. Default 16KiB.'),
    fields: count.exactOptional().describe('How many header fields a request may have. Default 100.'),
    connections: count.exactOptional().describe('How many connections a worker keeps. Default 10000.'),
  })
  .transform(({ body, inFlight = 1_000, url = 16 * 1024, fields = 100, connections = 10_000 }) => ({
    ...{ body, inFlight, url, fields, connections },
  }));

/** What any request may take where the file says nothing. */
export const limitDefaults = limits.parse({});

const redirect = z
  .string()
  .regex(/^(301|302|303|307|308) \S+$/)
  .describe('A status and where to; :parameters of the match may be used.');

const route = z.strictObject({
  match: z.string().describe('METHODS PATH[?QUERY], such as GET /products/:id<int>'),
  also: z.array(z.string()).default([]).describe("The same endpoint's other addresses."),
  handler: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(?:\/[A-Za-z0-9_-]+)*(?:#[A-Za-z_$][\w$]*)?$/)
    .optional()
    .describe('A file in the handlers folder.'),
  upstream: z.string().optional().describe('The upstream that answers on the new side.'),
  redirect: redirect.optional(),
  stage: z.enum(STAGES).default('legacy').describe('Who answers.'),
  fallback: z.enum(['legacy', 'none']).default('legacy').describe('What answers a GET whose handler failed.'),
  timeouts: routeTimeouts.default({}),
  limits: routeLimits.default({}),
  methodOverride: z
    .boolean()
    .default(false)
    .describe('Whether X-HTTP-Method-Override and its like reach the new side.'),
});

/** What routes.yaml may hold. */
export const routesFileSchema = z.strictObject({
  upstreams: z.record(name, upstream).default({}),
  unmatched: z.literal(['legacy', 404]).default('legacy'),
  limits: limits.prefault({}),
  compression: z.enum(['none', 'gzip']).default('none').describe("How handlers' answers are compressed."),
  routes: z.record(name, route),
});

export type RoutesFile = z.output<typeof routesFileSchema>;
export type RouteEntry = RoutesFile['routes'][string];

/** The keys each mapping knows, for "did you mean"; the path is that of the mapping. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(routesFileSchema.shape);
  if (path[0] === 'limits') return Object.keys(limits.in.shape);
  if (path.at(-1) === 'timeouts') return Object.keys(routeTimeouts.shape);
  if (path[0] === 'routes')
    return Object.keys(path.at(-1) === 'limits' && path.length === 3 ? routeLimits.shape : route.shape);
  return path[0] === 'upstreams' ? Object.keys(upstreamEntry.shape) : [];
}
