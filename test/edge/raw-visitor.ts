// A visitor who writes bytes and reads bytes, and knows how his connection ended.
import { connect, type Socket } from 'node:net';

export type RawVisitor = {
  readonly socket: Socket;
  /** Everything received so far. */
  text(): string;
  send(bytes: string): void;
  /** Resolves with everything received when it matches, or rejects when the connection ends before. */
  until(pattern: RegExp): Promise<string>;
  /** Resolves when the connection has closed: in order, or `reset`. */
  readonly ended: Promise<'closed' | 'reset'>;
};

/** Connects, and sends bytes at once. The visitor keeps his side open until he ends it. */
export function visit(port: number, bytes = ''): RawVisitor {
  let received = '';
  let isOver = false;
  const waiting = new Set<() => void>();
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  socket.setEncoding('latin1').on('data', (text) => {
    received += text;
    for (const check of waiting) check();
  });
  let ended: 'closed' | 'reset' = 'closed';
  socket.on('error', () => {
    ended = 'reset';
  });
  const over = new Promise<'closed' | 'reset'>((resolve) => {
    socket.on('close', () => {
      isOver = true;
      for (const check of waiting) check();
      resolve(ended);
    });
  });
  if (bytes !== '') socket.write(bytes, 'latin1');
  return {
    socket,
    text: () => received,
    send: (more) => void socket.write(more, 'latin1'),
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const check = () => {
          if (pattern.test(received)) resolve(received);
          else if (isOver)
            reject(new Error(`the connection ended before ${pattern}: ${received.slice(0, 500)}`));
          else return;
          waiting.delete(check);
        };
        waiting.add(check);
        check();
      }),
    ended: over,
  };
}

/** Resolves when the server has ended its side. */
export function serverEnded({ socket }: RawVisitor): Promise<void> {
  if (socket.readableEnded) return Promise.resolve();
  return new Promise((resolve) => {
    socket.on('end', resolve);
  });
}

/**
 * Resolves when the server has closed the connection altogether. A visitor learns that by sending, and is
 * reset; what he sends keeps a lingering server, so it is little and rare.
 */
export async function serverClosed(visitor: RawVisitor, everyMs = 300): Promise<void> {
  await serverEnded(visitor);
  const timer = setInterval(() => visitor.send('x'), everyMs);
  await visitor.ended;
  clearInterval(timer);
}
