// What goes wrong with WebSockets: what the upstream does, and what the visitor does and must see.
import type { Encounter } from './encounter.ts';
import { judge } from './judge.ts';
import { bodyOf, delay, headOf, IMPATIENT, poison, type Sight, type Turn } from './kind.ts';
import { type RawVisitor, requestHead } from './raw-visitor.ts';
import { soon } from './rounds.ts';

const MIB = 1024 * 1024;
/** More than the system buffers on the way: some of it still waits in the edge when the upstream hangs up. */
const SLOWLY = 20 * MIB;
const AGREED =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: x\r\n\r\n';
const FIELDS = [
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Key: x',
  'Sec-WebSocket-Version: 13',
];

/** Agrees, and returns what comes through the tunnel, from its first byte. */
function agree({ send, tunnel }: Turn, bytes = ''): Tunnelled {
  const socket = tunnel();
  const received: Buffer[] = [];
  socket.on('data', (piece) => received.push(piece));
  const ended = new Promise<void>((resolve) => {
    socket.on('end', () => resolve()).on('close', () => resolve());
  });
  return { sent: send(AGREED + bytes), text: () => Buffer.concat(received).toString('latin1'), ended };
}

type Tunnelled = { readonly sent: Promise<void>; readonly text: () => string; readonly ended: Promise<void> };

function echo(turn: Turn): void {
  const socket = turn.tunnel();
  void turn.send(AGREED);
  socket.on('data', (piece) => socket.write(piece)).on('end', () => socket.end());
}

function ask(visitor: RawVisitor, path: string): Promise<void> {
  return visitor.send(requestHead(path, { fields: FIELDS }));
}

/** Asks, and reads the answer, which must be one of these; then the connection must end, with nothing more. */
function refused(sees: readonly Sight[], status?: number): Encounter['visit'] {
  return async (visitor, path, nonce) => {
    await ask(visitor, path);
    const kind = { name: '', sees, play: () => {}, ...(status === undefined ? {} : { right: { status } }) };
    const sight = judge(await visitor.read(), nonce, kind);
    if (!sees.includes(sight)) throw new Error(`saw ${sight}, expected ${sees.join(' or ')}`);
    const rest = await visitor.rest();
    if (rest !== '') throw new Error(rest === undefined ? 'the connection stays' : `more came: ${rest}`);
  };
}

/** Asks, and must be let in. */
async function open(visitor: RawVisitor, path: string): Promise<void> {
  await ask(visitor, path);
  const { status, ending, more } = await visitor.read();
  if (status !== 101) throw new Error(`${status} (${ending}) in place of 101 ${more}`);
}

/** Asks, is let in, and gets exactly this before the connection ends. */
function gets(text: (nonce: string) => string, meanwhile = async (_: RawVisitor) => {}): Encounter['visit'] {
  return async (visitor, path, nonce) => {
    await open(visitor, path);
    await meanwhile(visitor);
    const rest = await visitor.rest();
    if (rest === undefined) throw new Error('the tunnel does not end');
    if (rest !== text(nonce)) throw new Error(`${rest.length} bytes came, ${rest.slice(0, 100)}`);
  };
}

/** Waits until a text that was sent has come back. */
async function hears(visitor: RawVisitor, text: string): Promise<void> {
  const came = () => visitor.unread.length >= text.length || visitor.ended;
  await soon('the echo', visitor.until(came));
  if (visitor.unread.toString('latin1') !== text) throw new Error('the echo is another');
}

export const tunnels: readonly Encounter[] = [
  { name: 'hangs up before it agrees', play: ({ finish }) => finish(), visit: refused([502]) },
  { name: 'resets the connection before it agrees', play: ({ reset }) => reset(), visit: refused([502]) },
  {
    name: 'never agrees',
    timeouts: IMPATIENT,
    play: () => {},
    visit: refused([502, 504]),
  },
  {
    name: 'hangs up within the 101',
    play: async ({ send, finish }) => {
      await send(AGREED.slice(0, 50));
      finish();
    },
    visit: refused([502]),
  },
  {
    name: 'falls silent within the 101',
    timeouts: IMPATIENT,
    play: ({ send }) => send(AGREED.slice(0, 50)),
    visit: refused([502, 504]),
  },
  {
    name: 'sends interim answers and never agrees',
    timeouts: IMPATIENT,
    play: async ({ send, socket }) => {
      while (socket.writable) {
        await send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n');
        await delay(50);
      }
    },
    visit: refused([502, 504]),
  },
  {
    name: 'answers with noise',
    play: ({ send }) => send('\x15\x03\x01\x00\x02\x02\x46'),
    visit: refused([502]),
  },
  {
    name: 'agrees with a head of 200 KiB',
    play: ({ send }) => send(AGREED.replace('\r\n\r\n', `\r\nX-Large: ${'x'.repeat(200 * 1024)}\r\n\r\n`)),
    visit: refused([502]),
  },
  {
    name: 'agrees with a bare CR in a value',
    play: ({ send }) => send(AGREED.replace('Accept: x', 'Accept: x\rSet-Cookie: stolen=1')),
    visit: refused([502]),
  },
  {
    name: 'refuses with a page',
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Content-Length: 200'], '403 Forbidden')}${bodyOf(nonce)}`),
    visit: refused(['whole'], 403),
  },
  {
    name: 'refuses with a page and another answer behind it',
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Content-Length: 200'], '403 Forbidden')}${bodyOf(nonce)}${poison()}`),
    visit: refused(['whole'], 403),
  },
  {
    name: 'answers 200 and goes on as if it had agreed',
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Content-Length: 200'])}${bodyOf(nonce)}bytes of a tunnel`),
    visit: refused(['whole']),
  },
  {
    name: 'refuses and hangs up within the page',
    play: async ({ send, finish, nonce }) => {
      await send(`${headOf(nonce, ['Content-Length: 200'], '403 Forbidden')}${bodyOf(nonce, 100)}`);
      await delay(20);
      finish();
    },
    visit: refused(['cut', 502], 403),
  },
  {
    name: 'refuses and resets the connection within the page',
    play: async ({ send, reset, nonce }) => {
      await send(
        `${headOf(nonce, ['Transfer-Encoding: chunked'], '403 Forbidden')}64\r\n${bodyOf(nonce, 100)}\r\n`,
      );
      await delay(20);
      reset();
    },
    visit: refused(['cut', 502], 403),
  },
  {
    name: 'refuses and falls silent within the page',
    timeouts: IMPATIENT,
    play: ({ send, nonce }) =>
      send(`${headOf(nonce, ['Content-Length: 200'], '403 Forbidden')}${bodyOf(nonce, 100)}`),
    visit: refused(['cut', 502, 504], 403),
  },
  {
    name: 'agrees and speaks in one piece',
    play: async (turn) => {
      await agree(turn, turn.nonce).sent;
      turn.finish();
    },
    visit: gets((nonce) => nonce),
  },
  {
    name: 'agrees byte by byte',
    play: async (turn) => {
      turn.tunnel();
      await turn.trickle(AGREED + turn.nonce, 0);
      turn.finish();
    },
    visit: gets((nonce) => nonce),
  },
  {
    name: 'sends 103 before it agrees',
    play: async (turn) => {
      await turn.send('HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n');
      await agree(turn, turn.nonce).sent;
      turn.finish();
    },
    visit: gets((nonce) => nonce),
  },
  {
    name: 'agrees and resets the connection',
    play: async (turn) => {
      await agree(turn).sent;
      await delay(20);
      turn.reset();
    },
    visit: gets(() => ''),
  },
  {
    name: 'speaks at length and hangs up',
    play: async (turn) => {
      await agree(turn).sent;
      await turn.send(bodyOf(turn.nonce, 4 * MIB));
      turn.finish();
    },
    visit: gets((nonce) => bodyOf(nonce, 4 * MIB)),
  },
  {
    name: 'speaks at length and hangs up, to a visitor who reads slowly',
    play: async (turn) => {
      await agree(turn).sent;
      await turn.send(bodyOf(turn.nonce, SLOWLY));
      turn.finish();
    },
    visit: gets(
      (nonce) => bodyOf(nonce, SLOWLY),
      async ({ socket }) => {
        socket.on('data', () => {
          socket.pause();
          setTimeout(() => socket.resume(), 2);
        });
      },
    ),
  },
  {
    name: 'hears a visitor who speaks at length and leaves',
    play: async (turn) => {
      const { sent, ended, text } = agree(turn);
      await sent;
      await soon('the end of the tunnel', ended);
      const received = text();
      if (received !== bodyOf(turn.nonce, 4 * MIB)) throw new Error(`${received.length} bytes came`);
    },
    visit: async (visitor, path, nonce) => {
      await open(visitor, path);
      await visitor.send(bodyOf(nonce, 4 * MIB));
      visitor.socket.end();
    },
  },
  {
    name: 'is left by a visitor who resets the connection',
    play: async (turn) => {
      echo(turn);
      await soon('the end of the tunnel', turn.gone);
    },
    visit: async (visitor, path, nonce) => {
      await open(visitor, path);
      await visitor.send(nonce);
      await hears(visitor, nonce);
      visitor.socket.resetAndDestroy();
    },
  },
  {
    name: 'is left before it agrees',
    play: (turn) => soon('the end of the connection', turn.gone),
    visit: async (visitor, path) => {
      await ask(visitor, path);
      await delay(50);
      visitor.leave();
    },
  },
  {
    name: 'is spoken to before it agrees',
    play: async (turn) => {
      const early: Buffer[] = [];
      const note = (piece: Buffer) => early.push(piece);
      turn.socket.on('data', note);
      await delay(50);
      turn.socket.off('data', note);
      if (early.length > 0) throw new Error('bytes of the visitor came before the 101');
      echo(turn);
    },
    visit: async (visitor, path, nonce) => {
      await visitor.send(`${requestHead(path, { fields: FIELDS })}${bodyOf(nonce, 2_000)}`);
      const { status } = await visitor.read();
      if (status !== 101) throw new Error(`${status} in place of 101`);
      await hears(visitor, bodyOf(nonce, 2_000));
    },
  },
  {
    name: 'says nothing, as the visitor does',
    timeouts: IMPATIENT,
    play: async (turn) => {
      await agree(turn).sent;
    },
    visit: gets(() => ''),
  },
  {
    name: 'speaks to a visitor who says nothing, for longer than both may be silent',
    timeouts: '{ idle: 2s }',
    play: async (turn) => {
      await agree(turn).sent;
      for (let at = 0; at < 10; at += 1) {
        await delay(250);
        await turn.send(turn.nonce);
      }
      turn.finish();
    },
    visit: gets((nonce) => nonce.repeat(10)),
  },
  {
    name: 'says what it hears',
    play: echo,
    visit: async (visitor, path, nonce) => {
      await open(visitor, path);
      await visitor.send(bodyOf(nonce, 100_000));
      await hears(visitor, bodyOf(nonce, 100_000));
      visitor.leave();
    },
  },
];
