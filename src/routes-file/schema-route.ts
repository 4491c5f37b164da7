// The keys of a route, and those of them that a file may have defaults for.
import { z } from 'zod';
import { routeLimits, routeTimeouts } from './schema-forwarding.ts';
import { keys, oneOf, text, told, yesOrNo } from './schema-parts.ts';
import { when } from './schema-visitors.ts';

const HANDLER = /^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*(#[A-Za-z_$][A-Za-z0-9_$]*)?$/;
const REDIRECT = /^(301|302|303|307|308) +\S+$/;
/** What a stage looks like; src/routing/stage.ts reads it and says what is wrong. */
const STAGE_LOOKS = `^\\s*(legacy|new|gone|shadow(\\s+\\d+(\\.\\d+)?%)?|canary((\\s+\\d+(\\.\\d+)?%)?(\\s+[A-Za-z][A-Za-z0-9._-]*)+|\\s+\\d+(\\.\\d+)?%))\\s*$`;
const MATCH_LOOKS = '^\\s*(ANY|[A-Z][A-Z-]*(,[A-Z][A-Z-]*)*)\\s+\\S+\\s*$';

const MATCH_RULE = { what: 'a text', cure: 'write METHODS PATH, such as GET /products/:id<int>' };
const match = told(
  z.string().meta({
    pattern: MATCH_LOOKS,
    examples: [
      'GET /products/:id<int>',
      'GET,POST /index.php?page=cart',
      'ANY /admin/*',
      'GET shop.example.com/about',
    ],
  }),
  MATCH_RULE,
);

const STAGE_RULE = { what: 'a stage', cure: 'write legacy, shadow 10%, canary 5%, new or gone' };
export const stage = told(
  z.string().meta({
    pattern: STAGE_LOOKS,
    examples: ['legacy', 'shadow 10%', 'canary 5%', 'canary 5% staff', 'new', 'gone'],
  }),
  STAGE_RULE,
);

const compare = keys(
  {
    ignore: told(
      z.array(
        told(z.string().regex(/^(\$.*|header:[A-Za-z0-9-]+)$/), {
          what: 'a place in an answer',
          cure: 'write "$.took_ms" for a place in JSON, or "header:x-request-id"',
        }),
      ),
      { what: 'a list of places', cure: 'write ["$.took_ms", "header:x-request-id"]' },
    )
      .exactOptional()
      .meta({
        description: 'What is left out of comparing: `"$.took_ms"` in JSON, `"header:x-request-id"`.',
      }),
  },
  '{ ignore: ["$.took_ms"] }',
);

export const respelled = oneOf('refuse', 'legacy');

/** Keys of a route that have a default of the file. */
const shared = {
  fallback: oneOf('legacy', 'none').exactOptional().meta({
    description:
      "Who answers a GET or HEAD whose handler failed before its first byte: `legacy`, or `none` for the edge's own error page.",
    default: 'legacy',
  }),
  respelled: respelled.exactOptional().meta({
    description:
      'What a request meets whose path is spelt so that the edge and legacy may read different routes in it: `refuse` answers 400, `legacy` sends it to legacy.',
    default: 'refuse',
  }),
  compare: compare
    .exactOptional()
    .meta({ description: "How the new side's answers are compared with legacy's." }),
  timeouts: routeTimeouts
    .exactOptional()
    .meta({ description: "How long each part of a request may take where it differs from the upstream's." }),
  limits: routeLimits
    .exactOptional()
    .meta({ description: "What a request may take where it differs from the file's." }),
  methodOverride: yesOrNo.exactOptional().meta({
    description:
      'Whether header fields that name another method (`X-HTTP-Method-Override`, `X-HTTP-Method`, `X-Method-Override`) reach the new side. At stage legacy, legacy gets them always.',
    default: false,
  }),
};

export const defaults = keys(shared, '{ timeouts: { total: 30s } }');

export const route = keys(
  {
    match: match.meta({ description: '`METHODS [HOST]PATH[?QUERY]`, such as `GET /products/:id<int>`.' }),
    also: told(z.array(match), { what: 'a list', cure: 'write a list of matches: ["GET /other"]' })
      .exactOptional()
      .meta({ description: "The same endpoint's other addresses. Quote each that stands in `[ ]`." }),
    body: told(z.record(z.string(), text), { what: 'names of fields', cure: 'write { action: cartCount }' })
      .exactOptional()
      .meta({
        description:
          'Fields that a urlencoded body of up to 64 KiB must have: `{ action: cartCount }`. The body goes on untouched.',
      }),
    when: when
      .exactOptional()
      .meta({ description: 'What else must hold of a request: header fields and cookies.' }),
    handler: told(z.string().regex(HANDLER), {
      what: 'the name of a handler',
      cure: 'write folder/file or folder/file#export, without an extension',
    })
      .exactOptional()
      .meta({ description: 'The new side: `folder/file` in the handlers folder, or `folder/file#export`.' }),
    upstream: told(z.string().min(1), {
      what: 'the name of an upstream',
      cure: 'write a name that stands under upstreams',
    })
      .exactOptional()
      .meta({ description: 'The new side: the name of an upstream.' }),
    redirect: told(z.string().regex(REDIRECT), {
      what: 'a redirect',
      cure: 'write 301 /where/to; 302, 303, 307 and 308 are allowed too',
    })
      .exactOptional()
      .meta({
        description:
          'The new side: `301 /where/to`. `:parameters` and a last `*` that every match of the route captures are filled in, the query is kept. Another origin is written out in full.',
      }),
    stage: stage.exactOptional().meta({
      description:
        'Who answers. `legacy`: PHP. `shadow 10%`: PHP, and a copy of that share runs through the new side. `canary 5% staff`: the new side for that share of visitors and those cohorts. `new`: the new side. `gone`: the edge, with 410.',
      default: 'legacy',
    }),
    rollout: told(z.string().min(1), {
      what: 'the name of a rollout',
      cure: 'write a name that stands under rollouts',
    })
      .exactOptional()
      .meta({ description: 'The rollout whose stage this route has, instead of a stage of its own.' }),
    lock: oneOf('legacy').exactOptional().meta({
      description:
        'Keeps the route on legacy: no other route may take any part of it, and its stage may be nothing else.',
    }),
    ...shared,
  },
  'match: GET /path below it, and what else it has',
);
