// The keys of forwarding: upstreams, how long a request may take and how much.
import { z } from 'zod';
import type { Limits } from '../routing/route.ts';
import { count, duration, keys, size, told, yesOrNo } from './schema-parts.ts';

const HOST = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/;

export const routeTimeouts = keys(
  {
    connect: duration.exactOptional().meta({ description: 'How long connecting may take.', default: '3s' }),
    headers: duration
      .exactOptional()
      .meta({ description: 'How long the answer may take to begin.', default: '60s' }),
    idle: duration
      .exactOptional()
      .meta({ description: 'How long the answer may pause between two pieces.', default: '60s' }),
    total: duration.exactOptional().meta({
      description:
        'How long the whole may take, from the request to the end of the answer. It ends a handler, too. Any time without it.',
    }),
  },
  '{ headers: 60s, idle: 60s, total: 5m }',
);

export const routeLimits = keys(
  {
    body: size.exactOptional().meta({
      description:
        'The largest request body; beyond it 413. Any size without it: PHP and its web server have limits of their own.',
    }),
    inFlight: count.exactOptional().meta({
      description:
        'How many requests a worker gives to one handler at a time; beyond it 503 with Retry-After.',
      default: 1000,
    }),
  },
  '{ body: 20MiB, inFlight: 100 }',
);

export const fileLimits = keys(
  {
    ...routeLimits.shape,
    url: size
      .exactOptional()
      .meta({ description: 'The longest request target; beyond it 414.', default: '16KiB' }),
    fields: count.exactOptional().meta({
      description: 'How many header fields a request may have; beyond it 431. All together may take 64 KiB.',
      default: 100,
    }),
    connections: count
      .exactOptional()
      .meta({ description: 'How many connections a worker keeps; beyond it 503.', default: 10000 }),
  },
  '{ body: 20MiB, url: 16KiB }',
);

const address = told(z.string(), { what: 'an address', cure: 'write http://host:port' });

const upstreamKeys = keys(
  {
    url: told(z.union([address, z.array(address).min(1)]), {
      what: 'an address or a list of them',
      cure: 'write http://host:port, or [http://one:port, http://two:port]',
    }).meta({
      description: `Where it is: \`http://host:port\`. Requests go round a list of several; one that cannot be reached is left out for a while. \`\${NAME}\` and \`\${NAME:-default}\` are read from the environment.`,
    }),
    host: told(z.string().regex(HOST), {
      what: 'a host name',
      cure: 'write preserve, or a name such as shop.internal',
    })
      .exactOptional()
      .meta({
        description: "The Host that it is sent: the visitor's own, or a fixed name.",
        default: 'preserve',
      }),
    rewrite: yesOrNo.exactOptional().meta({
      description:
        'Whether its own address in Location, Content-Location, Refresh and the Domain of cookies becomes ours. With `false` such answers pass as they are, and `banyan_leaks_total` counts them.',
      default: false,
    }),
    timeouts: routeTimeouts
      .exactOptional()
      .meta({ description: 'How long each part of forwarding a request may take.' }),
  },
  '{ url: http://host:port }',
);

export const upstream = told(z.union([address, upstreamKeys]), {
  what: 'an address or keys',
  cure: 'write http://host:port, or { url: http://host:port, host: shop.internal }',
});

/** What an upstream has where the file says nothing. */
export const timeoutDefaults = { connect: 3_000, headers: 60_000, idle: 60_000, total: undefined };

/** What any request may take where the file says nothing. */
export const limitDefaults: Limits = {
  ...{ body: undefined, inFlight: 1_000, url: 16 * 1024, fields: 100, connections: 10_000 },
};
