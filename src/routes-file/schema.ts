// The shape of routes.yaml. Text that has a language of its own (matches, stages, redirects, requests) is read
// by the code that owns the language; this says which keys there are and tells each in words, which become
// routes.schema.json, the editors' hover texts and the tables of docs/routes-yaml.md.
import { z } from 'zod';
import { fileLimits, upstream } from './schema-forwarding.ts';
import { cohortName, keys, name, oneOf, told } from './schema-parts.ts';
import { defaults, respelled, route, stage } from './schema-route.ts';
import { cohort, test } from './schema-visitors.ts';

const routes = told(z.record(name, route), {
  what: 'names of routes',
  cure: 'write the routes below it, or routes: {} for none',
});

/** What any file may hold, included ones too. */
const anyFile = {
  include: told(
    z.array(
      told(z.string().min(1), {
        what: 'the name of a file',
        cure: 'write a name such as routes/checkout.yaml',
      }),
    ),
    {
      what: 'a list',
      cure: 'write a list of files: [routes/checkout.yaml]',
    },
  )
    .exactOptional()
    .meta({
      description: 'Other files of routes, each named as seen from this one: `[routes/checkout.yaml]`.',
    }),
  upstreams: told(z.record(name, upstream), {
    what: 'names of upstreams',
    cure: 'write name: http://host:port below it',
  })
    .exactOptional()
    .meta({
      description:
        'HTTP servers by name: an address, or keys. `legacy` is the PHP application; without it here, `LEGACY_URL` says where it is.',
    }),
  cohorts: told(z.record(cohortName, cohort), {
    what: 'names of cohorts',
    cure: 'write name: { cookie: { beta: "1" } } below it',
  })
    .exactOptional()
    .meta({
      description:
        'Named sets of visitors, for `stage: canary staff`. A visitor belongs to one when any of its rules holds.',
    }),
  rollouts: told(z.record(name, stage), { what: 'names of rollouts', cure: 'write name: canary 5% below it' })
    .exactOptional()
    .meta({ description: 'Routes that change stage together: `name: stage`.' }),
  defaults: defaults.exactOptional().meta({
    description:
      'What holds for the routes of this file, and of the files it includes, where they do not say otherwise.',
  }),
  routes: routes.meta({
    description:
      'Names and their routes; `{}` for none. A name is made of letters, digits, `.`, `_` and `-`; metrics and buckets hang on it, so it should outlive a change of pattern.',
  }),
  tests: told(z.array(test), {
    what: 'a list',
    cure: 'write a list: [GET /products/7 is product-page]',
  })
    .exactOptional()
    .meta({
      description:
        'Requests and what they must meet, checked by `banyan check`: `GET /products/7 is product-page`. `undeclared` and `refused` stand for no route.',
    }),
};

const paths = keys(
  {
    trailingSlash: oneOf('strict', 'ignore').exactOptional().meta({
      description: 'Whether `/cart` and `/cart/` are two addresses (`strict`) or one (`ignore`).',
      default: 'strict',
    }),
    case: oneOf('strict', 'ignore').exactOptional().meta({
      description:
        'Whether `/Cart` and `/cart` are two addresses (`strict`) or one (`ignore`, where legacy ignores case).',
      default: 'strict',
    }),
  },
  '{ trailingSlash: ignore, case: strict }',
);

/** What an included file may hold. */
export const includedFileSchema = keys(anyFile, 'routes: and the routes below it');

/** What routes.yaml may hold: what concerns the whole table stands here alone. */
export const routesFileSchema = keys(
  {
    ...anyFile,
    paths: paths.exactOptional().meta({ description: 'How paths are compared, in the whole table.' }),
    respelled: respelled.exactOptional().meta({
      description:
        'What the routes, and requests that meet none, have as `respelled` where they do not say otherwise.',
      default: 'refuse',
    }),
    unmatched: told(z.literal(['legacy', 404]), {
      what: 'legacy or 404',
      cure: 'write legacy or 404',
      wrong: 'which it cannot be',
    })
      .exactOptional()
      .meta({
        description:
          'What a request meets that no route matches: `legacy`, or `404` once there is no legacy any more.',
        default: 'legacy',
      }),
    limits: fileLimits.exactOptional().meta({ description: 'What any request may take.' }),
    compression: oneOf('none', 'gzip').exactOptional().meta({
      description:
        "`gzip`: handlers' answers of 1 KiB and more, of types that compress, are compressed for visitors whose `Accept-Encoding` says so. What upstreams answer is never touched.",
      default: 'none',
    }),
  },
  'routes: and the routes below it',
);

/** What the file that --stages names may hold. */
export const stagesFileSchema = told(z.record(z.string(), stage), {
  what: 'names of routes and rollouts',
  cure: 'write name: stage, one a line',
});

export type RoutesFile = z.output<typeof routesFileSchema>;
export type RouteEntry = RoutesFile['routes'][string];
export type Defaults = NonNullable<RoutesFile['defaults']>;
export type UpstreamEntry = NonNullable<RoutesFile['upstreams']>[string];
export type CohortEntry = NonNullable<RoutesFile['cohorts']>[string];
