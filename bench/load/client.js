// One HTTP/1.1 connection that sends the same request again and again. It reads no more of an answer than its
// status and where it ends, so that the load costs little beside the subject.

import { connect } from 'node:net';

const HEAD_END = Buffer.from('\r\n\r\n');
const LAST_CHUNK = '0\r\n\r\n';

export class Connection {
  /** @type {(status: number) => void} called with each answer's status; 0 when the connection broke */
  onAnswer = () => {};
  #socket;
  #request;
  #head = Buffer.alloc(0);
  #status = 0;
  /** Bytes of the body still to come; -1 while chunked. */
  #remaining = 0;
  #inBody = false;
  #tail = '';

  /**
   * @param {number} port
   * @param {Buffer} request
   * @param {() => void} onConnected
   */
  constructor(port, request, onConnected) {
    this.#request = request;
    const buffer = Buffer.allocUnsafe(128 * 1024);
    const callback = (/** @type {number} */ count) => {
      this.#read(buffer.subarray(0, count));
      return true;
    };
    this.#socket = connect({ port, host: '127.0.0.1', noDelay: true, onread: { buffer, callback } });
    this.#socket.on('connect', onConnected);
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => this.onAnswer(0));
  }

  send() {
    this.#socket.write(this.#request);
  }

  destroy() {
    this.onAnswer = () => {};
    this.#socket.destroy();
  }

  /** @param {Buffer} bytes */
  #read(bytes) {
    const body = this.#inBody ? bytes : this.#readHead(bytes);
    if (body !== undefined) this.#readBody(body);
  }

  /**
   * @param {Buffer} bytes
   * @returns {Buffer | undefined} what follows the head; undefined until it is whole
   */
  #readHead(bytes) {
    const all = this.#head.length === 0 ? bytes : Buffer.concat([this.#head, bytes]);
    const end = all.indexOf(HEAD_END);
    if (end < 0) {
      this.#head = Buffer.from(all);
      return undefined;
    }
    const head = all.toString('latin1', 0, end);
    this.#head = Buffer.alloc(0);
    this.#status = Number(head.slice(9, 12));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    this.#remaining = length === undefined ? -1 : Number(length);
    this.#inBody = true;
    this.#tail = '';
    return all.subarray(end + HEAD_END.length);
  }

  /** @param {Buffer} bytes */
  #readBody(bytes) {
    if (this.#remaining >= 0) {
      this.#remaining -= bytes.length;
      if (this.#remaining > 0) return;
    } else {
      this.#tail = (this.#tail + bytes.toString('latin1', Math.max(0, bytes.length - 5))).slice(-5);
      if (this.#tail !== LAST_CHUNK) return;
    }
    this.#inBody = false;
    this.onAnswer(this.#status);
  }
}

/**
 * Opens connections.
 *
 * @param {number} count
 * @param {number} port
 * @param {Buffer} request
 * @returns {Promise<Connection[]>}
 */
export function open(count, port, request) {
  return Promise.all(
    Array.from({ length: count }, () => {
      return /** @type {Promise<Connection>} */ (
        new Promise((resolve, reject) => {
          const connection = new Connection(port, request, () => resolve(connection));
          connection.onAnswer = () => reject(new Error('a connection was refused'));
        })
      );
    }),
  );
}
