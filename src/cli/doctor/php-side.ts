// What banyan-probe.php tells of PHP's side.
import { z } from 'zod';

const Failed = z.object({ error: z.string() });

const Server = z.record(z.string(), z.string().nullable());

const Session = z.object({
  handler: z.string(),
  name: z.string(),
  id: z.string(),
  /** PHP's settings. */
  ini: z.record(z.string(), z.string()),
});

const Memcached = z.object({
  class: z.string(),
  extension: z.enum(['memcached', 'memcache']),
  keys: z.array(z.object({ key: z.string(), wrote: z.boolean().nullable(), server: z.string().nullable() })),
  servers: z.array(z.string()),
  prefix: z.string().optional(),
  serializer: z.number().optional(),
  distribution: z.number().optional(),
  ketama: z.boolean().optional(),
  hash: z.union([z.number(), z.string()]).optional(),
  strategy: z.string().optional(),
});

const Mysql = z.object({
  api: z.string(),
  variables: z.record(z.string(), z.string()),
  database: z.string().nullable(),
  now: z.string(),
  local: z.string(),
  unchanged: z.union([z.number(), Failed]),
});

const Look = z.object({
  probe: z.literal(1),
  connect: z.string(),
  server: Server,
  time: z.object({ unix: z.number(), zone: z.string().optional(), offset: z.number().optional() }),
  php: z
    .object({
      version: z.string(),
      sapi: z.string(),
      machine: z.string(),
      /** A list where there are none, as PHP encodes an empty array. */
      extensions: z.union([z.record(z.string(), z.string()), z.array(z.never())]),
    })
    .optional(),
  session: z.union([Session, Failed]).optional(),
  memcached: z.union([Memcached, Failed]).nullish(),
  mysql: z.union([Mysql, Failed]).nullish(),
});

/** What PHP sees. A part is missing where the application's code ended the script before it. */
export type PhpSide = z.infer<typeof Look>;
export type PhpSession = z.infer<typeof Session>;
export type PhpMemcached = z.infer<typeof Memcached>;
export type PhpMysql = z.infer<typeof Mysql>;

/** Reads the probe's answer; undefined if it is something else. */
export function readPhpSide(text: string): PhpSide | undefined {
  try {
    return Look.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
