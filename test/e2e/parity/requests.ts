// What visitors ask for: generated addresses, fields and headers, with the odd ones at least as often as the ordinary.
import fc from 'fast-check';

/** One generated request; `visitor` is an index into whoever is there. */
export type Asked = {
  readonly method: 'GET' | 'HEAD';
  readonly target: string;
  readonly visitor: number;
  readonly headers: Readonly<Record<string, string>>;
};

/** What may be in Memcache when a product page is asked for. */
export type CacheState = 'empty' | 'filled by PHP' | 'something else';

const SEED = 20_081_103;

/** Draws `count` values, the same on every run unless PARITY_SEED is set. */
export function draw<Value>(arbitrary: fc.Arbitrary<Value>, count: number): Value[] {
  return fc.sample(arbitrary, { numRuns: count, seed: Number(process.env.PARITY_SEED ?? SEED) });
}

const method = fc.constantFrom('GET', 'GET', 'GET', 'GET', 'HEAD') as fc.Arbitrary<Asked['method']>;
const visitor = fc.nat(1000);

/** Fields that make other servers answer differently, and PHP not. */
const headers = fc.constantFrom<Record<string, string>>(
  {},
  {},
  {},
  { 'If-None-Match': '*' },
  { 'If-Modified-Since': 'Sun, 01 Jan 2040 00:00:00 GMT' },
  { Range: 'bytes=0-99' },
  { Accept: 'application/json', 'Accept-Encoding': 'gzip, br', 'Accept-Language': 'de' },
  { 'Content-Type': 'application/json' },
  { 'Cache-Control': 'no-cache', Pragma: 'no-cache' },
  { 'X-Requested-With': 'XMLHttpRequest', Origin: 'https://elsewhere.example' },
);

/** Digits that name a product, or would if it existed. */
export const productIds = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 2400 }).map(String) },
  { weight: 3, arbitrary: fc.constantFrom('2', '7', '9', '13', '21', '35', '42', '56', '2400') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['0', '000', '007', '00000000000000000000042', '2401', '4294967296', '4294967303'],
      ...['9007199254740993', '9223372036854775807', '9223372036854775808', '99999999999999999999'],
      ...['1'.repeat(308), '1'.repeat(309), '9'.repeat(309), '1'.repeat(400)],
    ),
  },
);

const reviewed = fc.constantFrom(
  ...['', '', '', 'reviewed=1', 'reviewed=1', 'reviewed=0', 'reviewed=', 'reviewed', 'reviewed=01'],
  ...['reviewed=1%00', 'reviewed=+1', 'reviewed[]=1', 'reviewed=2&reviewed=1', 'reviewed=1&reviewed=2'],
  ...['reviewed[x]=1&reviewed=1', 'reviewed=1&reviewed[x]=1', 'Reviewed=1', '%72eviewed=%31', 'reviewed=%FF'],
  ...['utm_source=x&utm_medium=%FC', 'id=13', 'q=%', '&&&', '=', 'a.b=c&reviewed=1', 'reviewed=1;x=2'],
);

/** `/products/7`, `/index.php?page=product&id=7`, and what may be written after them. */
export const productRequests = fc.record({
  method,
  visitor,
  headers,
  cache: fc.constantFrom<CacheState>('empty', 'filled by PHP', 'filled by PHP', 'something else'),
  id: productIds,
  target: fc.constant(''),
  pretty: fc.boolean(),
  query: reviewed,
});

/** Gives the address of a generated product request. */
export function productTarget(asked: { id: string; pretty: boolean; query: string }): string {
  if (asked.pretty) return `/products/${asked.id}${asked.query === '' ? '' : `?${asked.query}`}`;
  const query = asked.query.startsWith('id=')
    ? `${asked.query}&id=${asked.id}`
    : `id=${asked.id}&${asked.query}`;
  return `/index.php?page=product&${query}`;
}

const words = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      'fig',
      'The',
      'e',
      'a',
      'ber',
      'tin',
      'münchen',
      'söhne',
      'MÜLLER',
      'death in',
      'weber',
      'é',
    ),
  },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      ...[
        'fig',
        'The',
        'e',
        'a',
        'über',
        'ÜBER',
        'São Tomé',
        'Łódź',
        'crème',
        'meißen',
        'İ',
        'ss',
        'ß',
        '🌴',
      ],
      ...[
        "O'Connor",
        "'",
        '"',
        '<for>',
        'C & C++',
        '&amp;',
        '%',
        '_',
        '\\',
        '\\\\',
        '100%',
        'e_c',
        'snake_case',
      ],
      ...[
        'Back\\slash',
        '%%',
        '__',
        "\\'",
        '\\%',
        '?',
        '??',
        ':x',
        '--',
        '#',
        '/*',
        ';',
        '\0',
        'a\0b',
        '\u001a',
      ],
      ...[
        ' ',
        '\t',
        '\n',
        '\v',
        '\f',
        '\u00a0',
        '\u2003',
        '\ufeff',
        'x\n',
        '\rfig',
        ' fig ',
        'fig\0',
        '~',
        '+',
      ],
      ...['nobody writes this', 'a'.repeat(300), '0', '1e3', 'null', 'e\u0301', 'Zoë', 'zoe', '\u{10ffff}'],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }) },
);

/** Byte sequences that are not UTF-8, already as they stand in an address. */
const broken = fc.constantFrom(
  ...['%FC', '%FCber', 'S%E3o', '%C3', '%C0%AF', '%ED%A0%80', '%F5%80%80%80', '%F0%9F%8C', 'a%80b', '%E9%'],
  ...['%', '%zz', '%u00fc', '%C3%BC%FC', '%92', '%A0', '%A0fig', '%A4%B4'],
);

/** Ways to write one text in an address. */
const spelling = fc.constantFrom<(text: string) => string>(
  (text) => encodeURIComponent(text),
  (text) => encodeURIComponent(text).replaceAll('%20', '+'),
  (text) => everyByte(Buffer.from(text)),
  (text) => everyByte(Buffer.from(text, 'latin1')),
);

function everyByte(bytes: Buffer): string {
  return Array.from(bytes, (byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
}

const searchText = fc.oneof(
  { weight: 5, arbitrary: fc.tuple(words, spelling).map(([text, spell]) => spell(text)) },
  {
    weight: 1,
    arbitrary: fc.tuple(words, words, spelling).map(([one, two, spell]) => spell(`${one} ${two}`)),
  },
  { weight: 2, arbitrary: broken },
);

const q = fc.oneof(
  { weight: 10, arbitrary: searchText.map((text) => `q=${text}`) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('', 'q', 'q=', 'Q=fig', 'q%00x=fig', '+q=fig', '%71=fig', 'q=&q=fig'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('q[]=fig', 'q[a]=fig', 'q[=fig', 'q[]=a&q=fig', 'q=fig&q[]=a', 'q.x=1'),
  },
);
const sort = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('', 'sort=title', 'sort=price', 'sort=price_desc', 'sort=newest') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'sort=',
        'sort[]=price',
        'sort=Price',
        'sort=price%20',
        'sort=__proto__',
        'sort=constructor',
        'sort=0',
      ],
      ...['sort=price&sort=newest', 'sort=%FF', 'sort=price%00', 'sort=id+DESC', "sort='"],
    ),
  },
);
const p = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 130 }).map((page) => `p=${page}`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      ...['p=', 'p=-1', 'p=1.5', 'p=abc', 'p=00003', 'p=+2', 'p=2%20', 'p[]=2', 'p=1&p=2', 'p=1e1', 'p=0x2'],
      ...[
        'p=99999999999999999999',
        `p=${'1'.repeat(309)}`,
        `p=${'9'.repeat(309)}`,
        'p=9223372036854775807',
        'p=%D9%A3',
        'p=%FF',
        'p=2%00',
        'p=%32',
      ],
    ),
  },
);

/** `index.php?page=search` and `/?page=search`, fields in any order. */
export const searchRequests = fc
  .record({
    ...{ method, visitor, headers },
    path: fc.constantFrom('/index.php', '/'),
    fields: fc
      .tuple(q, sort, p, fc.constantFrom('', '', 'page=home', 'x[y]=z'))
      .chain((fields) => fc.shuffledSubarray(fields, { minLength: fields.length })),
  })
  .map(({ path, fields, ...rest }) => {
    const query = [...fields.filter((field) => field !== ''), 'page=search'].join('&');
    return { ...rest, target: `${path}?${query}` } satisfies Asked;
  });

function numberField(name: string, largest: number): fc.Arbitrary<string> {
  const odd = [
    '',
    '0',
    '-1',
    '00',
    '007',
    '000001',
    '0000001',
    '1.0',
    '1e2',
    '+5',
    '%205',
    '5%20',
    'abc',
    '%D9%A3',
  ];
  const others = [
    '%FF',
    '5%00',
    '999999',
    '1000000',
    '99999999999999999999',
    String(largest),
    String(largest + 1),
  ];
  return fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    { weight: 4, arbitrary: fc.integer({ min: 1, max: Math.min(largest, 130) }).map((n) => `${name}=${n}`) },
    { weight: 3, arbitrary: fc.constantFrom(...odd, ...others).map((value) => `${name}=${value}`) },
    { weight: 1, arbitrary: fc.constantFrom(name, `${name}[]=1`, `${name}[a]=1`, `${name}=1&${name}=2`) },
  );
}

const category = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('fiction', 'crime', 'science-fiction', 'deutsch')
      .map((slug) => `category=${slug}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      ...[
        'category=',
        'category',
        'category[]=crime',
        'category=Crime',
        'category=crime%0A',
        'category=nothing',
      ],
      ...[
        "category='",
        'category=crime%20',
        'category=--',
        'category=%FF',
        'category=0',
        'category=x&category=crime',
      ],
    ),
  },
);

/** `/api/products` with every combination of right and wrong parameters. */
export const apiProductsRequests = fc
  .record({
    ...{ method, visitor, headers },
    fields: fc
      .tuple(numberField('page', 100_000), numberField('limit', 100), category)
      .chain((fields) => fc.shuffledSubarray(fields, { minLength: fields.length })),
  })
  .map(({ fields, ...rest }) => {
    const query = fields.filter((field) => field !== '').join('&');
    return { ...rest, target: query === '' ? '/api/products' : `/api/products?${query}` } satisfies Asked;
  });

/** `/api/me`: only who asks makes a difference. */
export const apiMeRequests = fc.record({
  ...{ method, visitor, headers },
  target: fc.constantFrom(
    '/api/me',
    '/api/me',
    '/api/me?',
    '/api/me?callback=x',
    '/api/m%65',
    '/api/me?user[]=1',
  ),
}) satisfies fc.Arbitrary<Asked>;
