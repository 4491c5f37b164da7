// The shape of routes.yaml. Text that has a language of its own (matches, durations, stages) is read
// by the code that owns the language; this says which keys there are. schema-problems.ts tells what is wrong.
import { z } from 'zod';
import { parseDuration } from '../duration.ts';

export const STAGES = ['legacy', 'new', 'gone'] as const;

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

const name = z.string().regex(NAME);

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined)
  .transform((text) => parseDuration(text) ?? 0);

const timeouts = z.strictObject({
  connect: duration.default(3_000).describe('How long connecting may take.'),
  headers: duration.default(60_000).describe('How long the first byte of an answer may take.'),
  idle: duration.default(60_000).describe('How long an answer may pause.'),
});

/** The timeouts of an upstream that says nothing about them, in milliseconds. */
export const timeoutDefaults = timeouts.parse({});

const upstream = z.union([
  z.string(),
  z.strictObject({
    url: z.string().describe('Where it is: http://host:port'),
    timeouts: timeouts.prefault({}),
  }),
]);

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
});

/** What routes.yaml may hold. */
export const routesFileSchema = z.strictObject({
  upstreams: z.record(name, upstream).default({}),
  unmatched: z.literal(['legacy', 404]).default('legacy'),
  routes: z.record(name, route),
});

export type RoutesFile = z.output<typeof routesFileSchema>;
export type RouteEntry = RoutesFile['routes'][string];

/** The keys each mapping knows, for "did you mean"; the path is that of the mapping. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  if (path.length === 0) return Object.keys(routesFileSchema.shape);
  if (path[0] === 'routes' && path.length === 2) return Object.keys(route.shape);
  if (path[0] === 'upstreams')
    return path.includes('timeouts') ? Object.keys(timeouts.shape) : ['url', 'timeouts'];
  return [];
}
