// One connection that memjs makes: requests out, responses in, matched by their numbers. All that is known of memjs stands here.
import { Client, type Response as MemjsResponse, Server, Utils } from 'memjs';
import type { ServerAddress } from './placement.ts';

/** A request of the binary protocol. */
export interface Request {
  readonly opcode: number;
  readonly key: Buffer;
  readonly extras?: Buffer;
  readonly value?: Buffer;
}

/** A response of the binary protocol. */
export interface Response {
  readonly status: number;
  readonly key: Buffer;
  readonly extras: Buffer;
  readonly value: Buffer;
}

/** memjs numbers its operations in 31 bits and fails for good once they are used up. */
const MAX_REQUESTS = 2 ** 30;

/** Far beyond any deadline, in seconds: memjs's own timers and retries never act. */
const NEVER = 86_400;

/** A connection, made with the first request. It is to be destroyed after any trouble. */
export class Line {
  readonly #server: Server;
  readonly #client: Client;
  #sent = 0;
  #underWay = 0;

  constructor({ host, port }: ServerAddress) {
    this.#server = new Server(host, port, undefined, undefined, { timeout: NEVER, conntimeout: NEVER });
    // memjs would take these from environment variables of its own.
    Object.assign(this.#server, { username: undefined, password: undefined });
    this.#client = new Client([this.#server], { retries: 1, failover: false, logger: { log: () => {} } });
  }

  /** Sends a request. Rejects when the connection fails; may never settle when the server closes it. */
  async send({ opcode, key, extras = EMPTY, value = EMPTY }: Request): Promise<Response> {
    this.#sent++;
    this.#underWay++;
    this.#client.incrSeq();
    const { seq } = this.#client;
    const request = Utils.makeRequestBuffer(opcode, key, extras, value, seq);
    try {
      return await new Promise<Response>((resolve, reject) => {
        this.#client.perform('', request, seq, (error: Error | null, response: MemjsResponse) => {
          if (error) reject(error);
          else resolve(responseOf(response));
        });
      });
    } finally {
      this.#underWay--;
    }
  }

  /**
   * States that another line should take its place, and can without failing anything: its numbers are used up, or its
   * server has closed it, and memjs would begin the next connection with what was left of the last.
   */
  isSpent(): boolean {
    return (
      this.#underWay === 0 && (this.#sent >= MAX_REQUESTS || (this.#sent > 0 && !this.#server.connected))
    );
  }

  /** Ends the socket and fails what is under way; memjs's close() only says goodbye. */
  destroy(): void {
    this.#server.error(new Error('connection dropped'));
  }
}

const EMPTY = Buffer.alloc(0);

function responseOf({ header, key, extras, val }: MemjsResponse): Response {
  return { status: header.status, key, extras, value: val };
}
