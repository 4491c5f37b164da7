// What visitors post as reviews: every field right most of the time, and each of them wrong in every way some of the time.
import fc from 'fast-check';
import { productIds } from './requests.ts';

/** One generated POST. Fields are bytes, already urlencoded; TOKEN stands for the visitor's own token. */
export type Posted = {
  readonly visitor: number;
  readonly id: string;
  readonly pretty: boolean;
  readonly query: string;
  readonly contentType: string | undefined;
  readonly chunked: boolean;
  readonly fields: readonly string[];
};

const FORM = 'application/x-www-form-urlencoded';

const token = fc.oneof(
  { weight: 12, arbitrary: fc.constant('csrf_token=TOKEN') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '',
        'csrf_token=',
        'csrf_token',
        'csrf_token[]=TOKEN',
        'csrf_token=TOKENx',
        'csrf_token=+TOKEN',
        'csrf_token=0',
      ],
      ...[
        'csrf_token=TOKEN%00',
        'csrf_token=%FF',
        'CSRF_TOKEN=TOKEN',
        'csrf.token=TOKEN',
        'csrf%5Ftoken=TOKEN',
      ],
      ...[
        'csrf_token=x&csrf_token=TOKEN',
        'csrf_token=TOKEN&csrf_token=x',
        'csrf_token=TOKEN&csrf_token[]=x',
      ],
    ),
  },
);

const rating = fc.oneof(
  { weight: 8, arbitrary: fc.integer({ min: 1, max: 5 }).map((stars) => `rating=${stars}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...[
        '',
        'rating=',
        'rating=0',
        'rating=6',
        'rating=05',
        'rating=+5',
        'rating=5%20',
        'rating=5.0',
        'rating=1e0',
      ],
      ...[
        'rating[]=5',
        'rating=%FF',
        'rating=5%00',
        'rating=%35',
        'rating=1&rating=4',
        'rating=%D9%A3',
        'rating=-1',
      ],
    ),
  },
);

const ordinary = fc.lorem({ maxCount: 3, mode: 'sentences' });
const odd = fc.constantFrom(
  ...[
    'Zwölf Töne, größer als je: “Ærø”',
    'I 💚 it 🌴🌴',
    "It's \"fine\" & <b>good</b> \\ 100% 'quoted'",
    'a\\',
    "\\'",
  ],
  ...[
    'one\r\ntwo\r\n\r\nthree',
    'one\ntwo\n\nthree',
    'one\rtwo',
    'one\n\rtwo',
    '\r\r\n\n',
    '\n\n x \n\n',
    '\u00a0x\u00a0',
  ],
  ...[
    '?',
    'is it ? or ?? :name $1 $& $$',
    '-- #',
    '/* */',
    'NUL\0inside',
    '\0x\0',
    '\u0001\u001a',
    '\ufeffbom',
    '\u2028',
  ],
  ...[
    'x'.repeat(1999),
    'x'.repeat(2000),
    'x'.repeat(2001),
    'ü'.repeat(2000),
    '🌴'.repeat(2000),
    '🌴'.repeat(2001),
  ],
  ...[
    '\r\n'.repeat(1500),
    `x${'\r\n'.repeat(1998)}x`,
    `x${'\r\n'.repeat(1999)}x`,
    `${' '.repeat(3000)}x`,
    'e\u0301',
  ],
  ...[
    '',
    ' ',
    '\t\n\r \v\0',
    '\u00a0',
    '\f',
    '0',
    'null',
    '&amp;&#9733;',
    '</textarea><script>',
    'x'.repeat(70_000),
  ],
);
const brokenBytes = fc.constantFrom(
  'Sch%F6n',
  'caf%E9+%92',
  '%C3',
  'ok%ED%A0%80',
  '%A0',
  '%F0%9F%8C',
  'a%80%0D%0Ab',
  '%FF%FE',
);

const body = fc.oneof(
  { weight: 4, arbitrary: ordinary.map(encoded) },
  { weight: 6, arbitrary: odd.map(encoded) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }).map(encoded) },
  { weight: 2, arbitrary: brokenBytes.map((bytes) => `body=${bytes}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      'body',
      'body[]=x',
      'body[a][b]=x',
      'body=x&body=y',
      'b.ody=x',
      'body=a=b',
    ),
  },
);

const contentType = fc.constantFrom(
  ...[FORM, FORM, FORM, FORM, FORM, FORM, FORM, FORM, `${FORM}; charset=UTF-8`, `${FORM};charset=iso-8859-1`],
  ...['Application/X-WWW-Form-Urlencoded', `${FORM}, text/plain`, `${FORM} x`, 'text/plain', undefined],
);

/** Posts for reviews. What is refused and why is spread over all of the endpoint's checks. */
export const reviewRequests: fc.Arbitrary<Posted> = fc.record({
  visitor: fc.nat(1000),
  id: productIds,
  pretty: fc.boolean(),
  query: fc.constantFrom('', '', '', '', 'id=13', 'reviewed=1', 'csrf_token=TOKEN&rating=5&body=x', '&'),
  contentType,
  chunked: fc.boolean(),
  fields: fc
    .tuple(token, rating, body, fc.constantFrom('', '', '&', '=', 'submit=Send+review', 'x[y]=%FF'))
    .chain((fields) => fc.shuffledSubarray(fields, { minLength: fields.length })),
});

/** Gives the address of a generated post. */
export function reviewTarget({ id, pretty, query }: Posted): string {
  if (pretty) return `/products/${id}/review${query === '' ? '' : `?${query}`}`;
  return `/index.php?page=review&${query}&id=${id}`;
}

function encoded(text: string): string {
  return new URLSearchParams({ body: text }).toString();
}
