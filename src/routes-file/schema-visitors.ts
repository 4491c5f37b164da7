// The keys that tell visitors and requests apart: cohorts, `when:` and the requests of tests.
import { z } from 'zod';
import { keys, text, told } from './schema-parts.ts';

const TEXT_TEST = {
  what: 'a text, true or false',
  cure: 'put a value in quotes; true is for "there is one", false for "there is none"',
};

const oneOrMoreTexts = told(z.union([text, z.array(text).min(1)]), {
  what: 'a text or a list of texts',
  cure: 'write "editor" or [admin, editor]',
});

export const cohort = keys(
  {
    session: told(z.record(z.string(), oneOrMoreTexts), {
      what: 'paths into the session',
      cure: 'write { Auth.User.role: [admin, editor] }',
    })
      .exactOptional()
      .meta({ description: 'Values of the PHP session, by path: `{ Auth.User.role: [admin, editor] }`.' }),
    cookie: told(z.record(z.string(), oneOrMoreTexts), {
      what: 'names of cookies',
      cure: 'write { beta: "1" }',
    })
      .exactOptional()
      .meta({ description: 'Values of cookies, by name: `{ beta: "1" }`.' }),
    ip: told(
      z
        .array(told(z.string(), { what: 'an address or range', cure: 'write 203.0.113.7 or 203.0.113.0/24' }))
        .min(1),
      {
        what: 'a list of addresses and ranges',
        cure: 'write [203.0.113.0/24]',
      },
    )
      .exactOptional()
      .meta({ description: 'Addresses and ranges of visitors: `[203.0.113.0/24, 2001:db8::/32]`.' }),
  },
  '{ cookie: { beta: "1" } }',
);

const whenTest = told(
  z.union([
    z.boolean(),
    text,
    keys(
      { contains: text.meta({ description: 'The value has this text somewhere in it.' }) },
      '{ contains: Mobile }',
    ),
  ]),
  { what: 'a text, { contains: text }, true or false', cure: TEXT_TEST.cure },
);

export const when = keys(
  {
    header: told(z.record(z.string(), whenTest), {
      what: 'names of header fields',
      cure: 'write { X-Requested-With: XMLHttpRequest }',
    })
      .exactOptional()
      .meta({
        description:
          'Header fields by name: an exact value, `{ contains: text }`, `true` for "there is one", `false` for "there is none".',
      }),
    cookie: told(z.record(z.string(), whenTest), { what: 'names of cookies', cure: 'write { beta: "1" }' })
      .exactOptional()
      .meta({ description: 'Cookies by name, read as PHP reads them: the same four ways.' }),
  },
  '{ header: { X-Requested-With: XMLHttpRequest } }',
);

const fields = (example: string) =>
  told(z.record(z.string(), text), { what: 'names', cure: `write ${example}` });

export const test = told(
  z.union([
    z
      .string()
      .min(1)
      .meta({ examples: ['GET /products/7 is product-page', 'GET /about is undeclared'] }),
    keys(
      {
        request: told(z.string(), {
          what: 'a text',
          cure: 'write METHOD TARGET, such as GET /products/7',
        }).meta({
          description: '`METHOD [HOST]TARGET`.',
        }),
        header: fields('{ X-Requested-With: XMLHttpRequest }')
          .exactOptional()
          .meta({ description: 'Header fields that the request has.' }),
        cookie: fields('{ beta: "1" }')
          .exactOptional()
          .meta({ description: 'Cookies that the request has.' }),
        body: fields('{ action: cartCount }')
          .exactOptional()
          .meta({ description: 'Fields of a urlencoded body that the request has.' }),
        is: told(z.string(), {
          what: 'the name of a route',
          cure: 'write a name that stands under routes, undeclared or refused',
        }).meta({
          description:
            'The route that the request must meet; `undeclared`, when none; `refused`, when its path is respelled.',
        }),
      },
      '{ request: POST /ajax.php, body: { action: cartCount }, is: ajax-cart-count }',
    ),
  ]),
  { what: 'a test', cure: 'write GET /products/7 is product-page' },
);
