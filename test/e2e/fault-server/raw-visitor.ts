// A visitor on a bare connection, who believes nothing: what looks whole, what is cut, and what came besides.
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { framingOfAnswer, statusOf } from './framing.ts';
import { hear } from './hearing.ts';
import { bodyOf, delay, type Question } from './kind.ts';
import { type Field, type Head, MessageReader, valuesOf } from './message-reader.ts';

/** No answer takes longer than this; what does is a hang. */
const DEADLINE_MS = 15_000;
const UPLOAD_PIECE = 64 * 1024;

/** What became of one request. */
export type Seen = {
  /** `nothing`: the connection ended before a byte came. `wrong`: the bytes are no answer. */
  readonly ending: 'whole' | 'cut' | 'nothing' | 'hung' | 'wrong';
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly Field[];
  readonly interim: readonly Head[];
  readonly trailers: readonly Field[];
  readonly body: Buffer;
  /** What came after a whole answer, or what is wrong. */
  readonly more: string;
  /** Whether another request may be sent. */
  readonly keepsAlive: boolean;
  header(name: string): string | undefined;
};

/** Writes the bytes of a request, without the body. */
export function requestHead(path: string, question: Question = {}): string {
  const { method = 'GET', version = '1.1', upload, chunked, fields = [] } = question;
  const framing = chunked ? ['Transfer-Encoding: chunked'] : [`Content-Length: ${upload}`];
  const lines = [`${method} ${path} HTTP/${version}`, 'Host: shop.test', ...fields];
  return `${[...lines, ...(upload === undefined ? [] : framing)].join('\r\n')}\r\n\r\n`;
}

export class RawVisitor {
  readonly socket: Socket;
  readonly #listeners = new Set<() => void>();
  #received: Buffer[] = [];
  #ended: 'in order' | 'broken' | undefined;

  constructor(socket: Socket) {
    this.socket = socket.setNoDelay(true);
    const tell = () => {
      for (const listener of [...this.#listeners]) listener();
    };
    const ended = (how: 'in order' | 'broken') => () => {
      this.#ended ??= how;
      tell();
    };
    socket.on('data', (bytes) => {
      this.#received.push(bytes);
      tell();
    });
    socket.on('end', ended('in order')).on('error', ended('broken')).on('close', ended('broken'));
  }

  static async connect(port: number): Promise<RawVisitor> {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const visitor = new RawVisitor(socket);
    await once(socket, 'connect');
    return visitor;
  }

  /** Sends a request with its body and reads the answer. Never rejects. */
  async ask(path: string, nonce: string, question: Question = {}): Promise<Seen> {
    const answer = this.read(question.method ?? 'GET');
    this.socket.once('data', () => hear(nonce));
    await this.send(requestHead(path, question));
    const sent = this.#upload(nonce, question);
    const seen = await answer;
    if (!seen.keepsAlive) return seen;
    // Who keeps the connection must take the rest of the body: the next request stands behind it.
    const isTaken = await Promise.race([sent.then(() => true), delay(DEADLINE_MS)]);
    return isTaken ? seen : { ...seen, ending: 'hung', more: 'the rest of the upload is not taken' };
  }

  /** Sends bytes; resolves when they have left, or when the connection has gone. */
  send(bytes: string | Buffer): Promise<void> {
    return new Promise((resolve) => {
      if (!this.socket.writable) return resolve();
      const { socket } = this;
      socket.once('close', resolve);
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => {
        socket.off('close', resolve);
        resolve();
      });
    });
  }

  /** Reads one answer. What comes after it and before the next is read is told with it. */
  async read(method = 'GET'): Promise<Seen> {
    const reader = new MessageReader(framingOfAnswer(method));
    let bytes = 0;
    const advance = () => {
      for (const piece of this.#received.splice(0)) {
        bytes += piece.length;
        reader.push(piece);
      }
      if (this.#ended === 'in order') reader.end();
      return reader.state === 'whole' || reader.state === 'wrong' || this.#ended !== undefined;
    };
    const hung = !(await this.until(advance));
    // What belongs to the next answer of a pipeline is that one's.
    if (reader.state === 'whole' && reader.rest.length > 0) this.#received.unshift(reader.rest);
    return seenOf(reader, { bytes, hung });
  }

  /** Resolves with everything that comes until the edge ends the connection; undefined if it does not. */
  async rest(): Promise<string | undefined> {
    const ended = await this.until(() => this.#ended !== undefined);
    return ended ? Buffer.concat(this.#received.splice(0)).toString('latin1') : undefined;
  }

  /** Resolves with true when a check does, which is made whenever something happens; with false at the deadline. */
  until(check: () => boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (reached: boolean) => {
        clearTimeout(timer);
        this.#listeners.delete(listener);
        resolve(reached);
      };
      const listener = () => {
        if (check()) finish(true);
      };
      const timer = setTimeout(() => finish(false), DEADLINE_MS);
      this.#listeners.add(listener);
      listener();
    });
  }

  /** What has come and has not been read. */
  get unread(): Buffer {
    return Buffer.concat(this.#received);
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  leave(): void {
    this.socket.destroy();
  }

  async #upload(nonce: string, { upload = 0, chunked }: Question): Promise<void> {
    const body = Buffer.from(bodyOf(nonce, upload), 'latin1');
    for (let at = 0; at < body.length && this.socket.writable; at += UPLOAD_PIECE) {
      const piece = body.subarray(at, at + UPLOAD_PIECE);
      if (chunked) await this.send(`${piece.length.toString(16)}\r\n`);
      await this.send(piece);
      if (chunked) await this.send('\r\n');
    }
    if (chunked) await this.send('0\r\n\r\n');
  }
}

function seenOf(reader: MessageReader, { bytes, hung }: { bytes: number; hung: boolean }): Seen {
  const { head, state, body, trailers, interim } = reader;
  const fields = head?.fields ?? [];
  const closes = head === undefined || valuesOf(head, 'connection').some((value) => /\bclose\b/i.test(value));
  return {
    ending: endingOf(state, bytes, hung),
    status: head ? statusOf(head) : 0,
    reason: head?.line.slice(13) ?? '',
    ...{ fields, interim, trailers, body },
    more: state === 'wrong' ? reader.wrong : reader.rest.toString('latin1'),
    keepsAlive: state === 'whole' && !closes,
    header: (name) => head && valuesOf(head, name)[0],
  };
}

function endingOf(state: MessageReader['state'], bytes: number, hung: boolean): Seen['ending'] {
  if (state === 'whole' || state === 'wrong') return state;
  if (hung) return 'hung';
  return bytes === 0 ? 'nothing' : 'cut';
}
