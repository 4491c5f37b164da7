// Answers whose end is told twice, wrongly or not at all.
import { answerOf, bodyOf, chunksOf, delay, headOf, type Kind, type Sight } from './kind.ts';

const REFUSED: readonly Sight[] = [502];
const MENDED: readonly Sight[] = ['whole', 502];
/** The head was right, and may have been sent on before the body turned out wrong. */
const BROKEN: readonly Sight[] = ['cut', 502];

/** Fields that tell a length, with the right body as it stands. */
function lengths(name: string, lines: readonly string[], sees: readonly Sight[] = REFUSED): Kind {
  return {
    name,
    sees,
    ...(sees === REFUSED ? { spent: true } : {}),
    play: ({ send, nonce }) => send(`${headOf(nonce, lines)}${bodyOf(nonce)}`),
  };
}

/** Fields that tell of a coding, with the right body in chunks. */
function codings(name: string, lines: readonly string[], sees: readonly Sight[] = REFUSED): Kind {
  return {
    name,
    sees,
    ...(sees === REFUSED ? { spent: true } : {}),
    play: ({ send, nonce }) => send(`${headOf(nonce, lines)}${chunksOf(bodyOf(nonce))}0\r\n\r\n`),
  };
}

/** A chunked answer whose body is written by hand; it may not be used again after it. */
function chunks(name: string, write: (nonce: string) => string, sees: readonly Sight[] = BROKEN): Kind {
  return {
    name,
    sees,
    ...(sees === BROKEN ? { spent: true } : {}),
    play: ({ send, nonce }) => send(`${headOf(nonce, ['Transfer-Encoding: chunked'])}${write(nonce)}`),
  };
}

/** The first chunk, right; what follows is the fault. */
function first(nonce: string): string {
  return chunksOf(bodyOf(nonce, 64));
}

export const framing: readonly Kind[] = [
  lengths('tells two lengths, the smaller first', ['Content-Length: 100', 'Content-Length: 200']),
  lengths('tells two lengths, the larger first', ['Content-Length: 200', 'content-length: 100']),
  lengths('tells one length twice', ['Content-Length: 200', 'Content-Length: 200'], MENDED),
  lengths('tells a list of lengths', ['Content-Length: 200, 100']),
  lengths('tells a negative length', ['Content-Length: -200']),
  lengths('tells a length with a plus', ['Content-Length: +200']),
  lengths('tells a length in hexadecimal', ['Content-Length: 0xc8']),
  lengths('tells a length with a fraction', ['Content-Length: 200.0']),
  lengths('tells a length with a space in it', ['Content-Length: 20 0']),
  lengths('tells a length beyond 64 bits', ['Content-Length: 99999999999999999999999']),
  lengths('tells an empty length', ['Content-Length:'], [502]),
  codings('tells a length and chunks', ['Content-Length: 200', 'Transfer-Encoding: chunked']),
  codings('tells chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 5']),
  codings('tells of a coding that nobody knows', ['Transfer-Encoding: fig']),
  codings('tells of gzip and chunks', ['Transfer-Encoding: gzip, chunked']),
  codings('tells of gzip in a line of its own', ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked']),
  codings('tells of chunks and then identity', ['Transfer-Encoding: chunked, identity']),
  codings('tells of chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']),
  codings('tells of chunks with a vertical tab', ['Transfer-Encoding: \x0bchunked']),
  codings('tells of an empty coding', ['Transfer-Encoding:']),
  chunks('has a chunk size of letters', (nonce) => `${first(nonce)}fig\r\nx\r\n0\r\n\r\n`),
  chunks('has a chunk size with 0x', (nonce) => `${first(nonce)}0x5\r\nhello\r\n0\r\n\r\n`),
  chunks('has a negative chunk size', (nonce) => `${first(nonce)}-5\r\nhello\r\n0\r\n\r\n`),
  chunks('has an empty chunk size', (nonce) => `${first(nonce)}\r\nhello\r\n0\r\n\r\n`),
  chunks(
    'has a chunk size beyond 64 bits',
    (nonce) => `${first(nonce)}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`,
  ),
  chunks('has a space after a chunk size', (nonce) => `${first(nonce)}5 \r\nhello\r\n0\r\n\r\n`),
  chunks(
    'has a chunk longer than its size',
    (nonce) => `${first(nonce)}5\r\n${bodyOf(nonce).slice(64, 76)}\r\n0\r\n\r\n`,
  ),
  {
    ...chunks('has a chunk shorter than its size', (nonce) => `${first(nonce)}5\r\nhi\r\n0\r\n\r\n`),
    garbled: true,
  },
  chunks('ends a chunk with a bare LF', (nonce) => `${first(nonce).slice(0, -2)}\n0\r\n\r\n`),
  chunks('ends a chunk size with a bare LF', (nonce) => `${first(nonce)}5\nhello\r\n0\r\n\r\n`),
  chunks('has a bare LF in a chunk extension', (nonce) => `${first(nonce)}5;a\nhello\r\n0\r\n\r\n`),
  chunks(
    'has a chunk extension of 200 KiB',
    (nonce) => `c8;${'x'.repeat(200 * 1024)}\r\n${bodyOf(nonce)}\r\n0\r\n\r\n`,
    ['whole', 'cut', 502],
  ),
  chunks(
    'has extensions on its chunks',
    (nonce) =>
      chunksOf(bodyOf(nonce))
        .replaceAll(/^([0-9a-f]+)\r\n/gm, '$1;fig="leaf"\r\n')
        .concat('0;last\r\n\r\n'),
    ['whole'],
  ),
  chunks(
    'has chunk sizes in capitals and with zeros',
    (nonce) => `00000C8\r\n${bodyOf(nonce)}\r\n000\r\n\r\n`,
    ['whole'],
  ),
  chunks('has trailers', (nonce) => `${chunksOf(bodyOf(nonce))}0\r\nX-Checksum: fig\r\n\r\n`, ['whole']),
  {
    ...chunks(
      'has trailers that look like fields of the head',
      (nonce) =>
        `${chunksOf(bodyOf(nonce))}0\r\nContent-Length: 3\r\nSet-Cookie: a=1\r\nTransfer-Encoding: gzip\r\n\r\n`,
      ['whole', 'cut', 502],
    ),
    holds: ({ fields }) => {
      if (fields.some(([name, value]) => /^set-cookie$/i.test(name) || value === '3'))
        throw new Error('a trailer came in the head');
    },
  },
  chunks(
    'has a trailer with a control character',
    (nonce) => `${chunksOf(bodyOf(nonce))}0\r\nX-Odd: a\x01\r\n\r\n`,
  ),
  {
    ...chunks('has trailers without end', () => ''),
    play: async ({ send, socket, nonce }) => {
      await send(`${headOf(nonce, ['Transfer-Encoding: chunked'])}${chunksOf(bodyOf(nonce))}0\r\n`);
      while (socket.writable) {
        await send(`X-More: ${'x'.repeat(1_000)}\r\n`.repeat(10));
        await delay(1);
      }
    },
  },
  {
    name: 'speaks HTTP/1.0 and keeps the connection',
    sees: ['whole'],
    play: ({ send, nonce }) =>
      send(answerOf(nonce, 200, ['Connection: keep-alive']).replace('HTTP/1.1', 'HTTP/1.0')),
  },
  {
    name: 'speaks HTTP/1.0 with chunks',
    sees: ['whole', 'cut', 502],
    play: ({ send, nonce }) =>
      send(
        `${headOf(nonce, ['Transfer-Encoding: chunked']).replace('HTTP/1.1', 'HTTP/1.0')}${chunksOf(bodyOf(nonce))}0\r\n\r\n`,
      ),
  },
];
