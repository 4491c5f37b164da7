// A kind of fault: what an upstream does, and what a visitor may see of it. Kinds are data; the server plays them.
import type { Socket } from 'node:net';

/** One request that the upstream has been asked, and the connection that it came on. */
export type Turn = {
  /** What makes the request unlike any other; the right answer carries it. */
  readonly nonce: string;
  readonly method: string;
  readonly socket: Socket;
  /** The last part of the target: what one kind has several plays for. */
  readonly part: string;
  /** Resolves with the request's body when all of it has come. */
  readonly body: Promise<Buffer>;
  /** Sends bytes (text is latin1); resolves when they have left, or when the connection has gone. */
  send(bytes: string | Buffer): Promise<void>;
  /** Sends bytes one by one, so many milliseconds apart. */
  trickle(bytes: string, apart: number): Promise<void>;
  /** Ends this side in order (FIN); the other may still speak. */
  finish(): void;
  /** Breaks the connection (RST). */
  reset(): void;
  /** Stops reading: what the edge still sends stays in the buffers on the way. */
  deafen(): void;
  /** Takes the connection out of HTTP; what comes on it is no request any more. */
  tunnel(): Socket;
  /** Resolves when the edge has ended the connection. */
  readonly gone: Promise<void>;
};

/** What is sent to provoke a fault. */
export type Question = {
  readonly method?: string;
  readonly version?: '1.0' | '1.1';
  /** The size of the body in bytes; none without it. */
  readonly upload?: number;
  readonly chunked?: boolean;
  readonly fields?: readonly string[];
};

/** What a visitor may see: the right answer whole; an answer that is plainly cut; an error page of the edge's own. */
export type Sight = 'whole' | 'cut' | 502 | 504;

export type Kind = {
  /** What the upstream does, as the end of the sentence "an upstream that …". */
  readonly name: string;
  readonly sees: readonly Sight[];
  readonly play: (turn: Turn) => unknown;
  readonly asks?: Question;
  /** The right answer, where it is not 200 with bodyOf(nonce). */
  readonly right?: { readonly status?: number; readonly body?: (nonce: string) => string };
  /** What else must hold of an answer seen whole: fields as they came, in order. Throws if it does not. */
  readonly holds?: (answer: {
    readonly fields: readonly (readonly [string, string])[];
    readonly nonce: string;
    readonly reason: string;
  }) => void;
  /** What comes before a cut need not be the beginning of the right body: the upstream lied about where it ends. */
  readonly garbled?: true;
  /** What is done when a connection that carried the fault is asked again; it is answered rightly by default. */
  readonly next?: (turn: Turn) => unknown;
  /**
   * What the visitor asks next on its own connection, a good GET by default, and what it sees then. Whatever
   * connection it comes on first does `next`; so many times it must have come in the end.
   */
  readonly again?: { readonly asks: Question; readonly sees: readonly Sight[]; readonly times: number };
  /** The edge may not use the connection again after this. */
  readonly spent?: true;
  /** Nobody else may be on the connections meanwhile: no proxy could tell the fault from an answer. */
  readonly alone?: true;
  /** The timeouts of the upstream, as routes.yaml has them. */
  readonly timeouts?: string;
  /** What is done to every connection as it is accepted; no request is answered then. */
  readonly greets?: (socket: Socket) => void;
  /** There is no server at all (`none`), or one that accepts no connection (`full`). */
  readonly listener?: 'none' | 'full';
};

/** Timeouts for upstreams that are waited for in vain; a busy machine answers good requests within them. */
export const IMPATIENT = '{ connect: 2s, headers: 2s, idle: 2s }';

/** The body of the right answer: the nonce again and again. */
export function bodyOf(nonce: string, size = 200): string {
  return `${nonce} `.repeat(Math.ceil(size / (nonce.length + 1))).slice(0, size);
}

/** Writes the head of an answer that carries its nonce. */
export function headOf(nonce: string, fields: readonly string[], status = '200 OK'): string {
  return `${[`HTTP/1.1 ${status}`, `X-Nonce: ${nonce}`, 'Content-Type: text/plain', ...fields].join('\r\n')}\r\n\r\n`;
}

/** What a request is asked with that stands in the body of the one with this nonce. It must never come. */
export function hiddenIn(nonce: string): string {
  return `${nonce}hidden`;
}

/** Writes the right answer, of that many bytes. */
export function answerOf(nonce: string, size = 200, fields: readonly string[] = []): string {
  return `${headOf(nonce, [`Content-Length: ${size}`, ...fields])}${bodyOf(nonce, size)}`;
}

/** Writes a body in chunks of that size, without the last one. */
export function chunksOf(body: string, size = 64): string {
  const chunks: string[] = [];
  for (let at = 0; at < body.length; at += size) {
    const piece = body.slice(at, at + size);
    chunks.push(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  return chunks.join('');
}

/** Writes an answer to nobody's question: whoever gets it has been given what is not theirs. */
export function poison(status = '200 OK'): string {
  return `HTTP/1.1 ${status}\r\nX-Nonce: poison\r\nContent-Length: 6\r\n\r\npoison`;
}

/** The fault is that something takes time. */
export function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
