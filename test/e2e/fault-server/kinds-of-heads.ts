// Answers whose head is no head, or one that two readers could read differently.
import { answerOf, bodyOf, delay, headOf, type Kind, type Sight } from './kind.ts';

const REFUSED: readonly Sight[] = [502];
/** RFC 9112 lets a reader mend these or refuse them; the visitor must see one or the other. */
const MENDED: readonly Sight[] = ['whole', 502];

/** What is sent in place of a head, then the right body; the connection stays open. */
function head(name: string, write: (nonce: string) => string, sees: readonly Sight[] = REFUSED): Kind {
  return {
    name,
    sees,
    ...(sees === REFUSED ? { spent: true } : {}),
    play: ({ send, nonce }) => send(`${write(nonce)}${bodyOf(nonce)}`),
  };
}

/** A right answer but for one line among its fields. */
function field(name: string, line: string, sees: readonly Sight[] = REFUSED): Kind {
  return head(name, (nonce) => headOf(nonce, [line, 'Content-Length: 200']), sees);
}

/** A right answer but for its status line. */
function status(name: string, line: string, sees: readonly Sight[] = REFUSED): Kind {
  const write = (nonce: string) => `${line}\r\nX-Nonce: ${nonce}\r\nContent-Length: 200\r\n\r\n`;
  return head(name, write, sees);
}

export const heads: readonly Kind[] = [
  status('has letters for a status', 'HTTP/1.1 abc OK'),
  status('has no status', 'HTTP/1.1  OK'),
  status('has status 000', 'HTTP/1.1 000 Nothing'),
  status('has status 99', 'HTTP/1.1 99 Low'),
  status('has status 099', 'HTTP/1.1 099 Low'),
  status('has status 1000', 'HTTP/1.1 1000 High'),
  status('has status -200', 'HTTP/1.1 -200 Minus'),
  status('speaks HTTP/3.7', 'HTTP/3.7 200 OK'),
  status('speaks another protocol', 'ICY 200 OK'),
  status('has a tab for the space in the status line', 'HTTP/1.1\t200\tOK'),
  status('has no reason', 'HTTP/1.1 200', MENDED),
  status('has a reason with a NUL', 'HTTP/1.1 200 O\0K'),
  head('sends a body without a head', () => ''),
  head('sends an SMTP greeting', () => '220 mail.test ESMTP\r\n'),
  head(
    'sends an HTTP/2 preface',
    () => '\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0d\0\x04\0\x10\0\0\0\x06\0\x01\0\0',
  ),
  head('sends a TLS alert', () => '\x15\x03\x01\x00\x02\x02\x46'),
  head('sends a request', () => 'GET / HTTP/1.1\r\nHost: edge.test\r\n\r\n'),
  {
    name: 'sends noise',
    sees: REFUSED,
    spent: true,
    play: ({ send, nonce }) => send(noise(nonce)),
  },
  field('has a NUL in a value', 'X-Odd: a\0b'),
  field('has a control character in a value', 'X-Odd: a\x01b'),
  field('has a bare CR in a value', 'X-Odd: a\rSet-Cookie: stolen=1'),
  field('has a space before the colon', 'X-Odd : a', MENDED),
  field('has a space in a name', 'X Odd: a'),
  field('has an empty name', ': a'),
  field('has a line without a colon', 'what is this'),
  field('has a folded value', 'X-Odd: a\r\n b', MENDED),
  head(
    'ends its lines with a bare LF',
    (nonce) => headOf(nonce, ['Content-Length: 200']).replaceAll('\r', ''),
    MENDED,
  ),
  head(
    'ends one line with a bare LF',
    (nonce) => headOf(nonce, ['X-Odd: a\nX-Next: b', 'Content-Length: 200']),
    MENDED,
  ),
  head('begins with a space before the first name', (nonce) =>
    headOf(nonce, ['Content-Length: 200']).replace('X-Nonce', ' X-Nonce'),
  ),
  field('has a head of 200 KiB', `X-Large: ${'x'.repeat(200 * 1024)}`),
  {
    name: 'sends fields without end',
    sees: REFUSED,
    spent: true,
    play: async ({ send, socket, nonce }) => {
      await send(`HTTP/1.1 200 OK\r\nX-Nonce: ${nonce}\r\n`);
      while (socket.writable) {
        await send(`X-More: ${'x'.repeat(1_000)}\r\n`.repeat(10));
        await delay(1);
      }
    },
  },
  {
    name: 'has 1500 fields',
    sees: ['whole'],
    play: ({ send, nonce }) =>
      send(
        answerOf(
          nonce,
          200,
          Array.from({ length: 1_500 }, (_, index) => `X-${index}: ${index}`),
        ),
      ),
    holds: ({ fields }) => {
      const own = fields.filter(([name, value]) => name === `X-${value}`);
      if (own.length !== 1_500) throw new Error(`${own.length} of 1500 fields came`);
    },
  },
  {
    name: 'sets one cookie many times',
    sees: ['whole'],
    play: ({ send, nonce }) =>
      send(answerOf(nonce, 200, ['Set-Cookie: a=1', 'set-cookie: a=2; path=/', 'Set-Cookie: a=1'])),
    holds: ({ fields }) => {
      const cookies = fields.filter(([name]) => /^set-cookie$/i.test(name)).map((pair) => pair.join(': '));
      const sent = 'Set-Cookie: a=1, set-cookie: a=2; path=/, Set-Cookie: a=1';
      if (cookies.join(', ') !== sent) throw new Error(`the cookies came as ${cookies}`);
    },
  },
  {
    name: 'has bytes above 127 in reason and value',
    sees: ['whole'],
    play: ({ send, nonce }) =>
      send(
        `HTTP/1.1 200 \xd0\x94\xd0\xb0\r\nX-Nonce: ${nonce}\r\nX-Odd: \xe9\xff \xc3\xa9\r\nContent-Length: 200\r\n\r\n${bodyOf(nonce)}`,
      ),
    holds: ({ fields, reason }) => {
      const [, value] = fields.find(([name]) => name === 'X-Odd') ?? [];
      if (value !== '\xe9\xff \xc3\xa9') throw new Error(`the value came as ${value}`);
      if (reason !== '\xd0\x94\xd0\xb0') throw new Error(`the reason came as ${reason}`);
    },
  },
  field('names Content-Length in Connection', 'Connection: Content-Length, X-Nonce-Not', ['whole']),
  field('offers an upgrade with a 200', 'Connection: Upgrade\r\nUpgrade: h2c', ['whole']),
  {
    name: 'answers 101 to who did not ask',
    sees: REFUSED,
    spent: true,
    play: ({ send, nonce }) =>
      send(
        `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Nonce: ${nonce}\r\n\r\nbytes of a tunnel`,
      ),
  },
];

/** 4 KiB of bytes that depend on the nonce alone. */
function noise(nonce: string): Buffer {
  const bytes = Buffer.alloc(4_096);
  let state = 1;
  for (const char of nonce) state = (state * 31 + char.charCodeAt(0)) % 2_147_483_647;
  for (let at = 0; at < bytes.length; at += 1) {
    state = (state * 48_271) % 2_147_483_647;
    bytes[at] = state % 256;
  }
  return bytes;
}
