// One Memcache server behind a deadline and a breaker. memjs can hang for ever when a server closes, and give garbage after a
// timeout (seen with 1.3.2), so no client outlives its first trouble and nothing it says afterwards is heard.
import { failure, type Result, success } from '../../php/result.ts';
import { reasonOf } from '../../reason.ts';
import { Breaker, type BreakerLimits } from './breaker.ts';
import { Line, type Request, type Response } from './line.ts';
import type { ServerAddress } from './placement.ts';

/** What a server holds under a key. */
export interface MemcacheItem {
  /** 32 bits in which PHP notes type and compression. */
  readonly flags: number;
  readonly value: Buffer;
}

/** Says why a server gave no answer, or did not do what it was asked (`refused`: the item is too large, say). */
export interface MemcacheError {
  readonly code: 'timeout' | 'unreachable' | 'refused' | 'bad-key' | 'closed';
  readonly message: string;
}

/** One server. Every promise settles within the deadline and none rejects. */
export interface MemcacheTransport {
  /** Reads a key; null if there is no such key. */
  get(key: Buffer): Promise<Result<MemcacheItem | null, MemcacheError>>;
  /** Stores an item; `expires` as the protocol has it: seconds up to 30 days, beyond that the time of day since 1970. */
  set(key: Buffer, item: MemcacheItem, expires: number): Promise<Result<true, MemcacheError>>;
  /** Deletes a key; false if there was none. */
  delete(key: Buffer): Promise<Result<boolean, MemcacheError>>;
  /** Sets when a key ends, `expires` as for `set`; false if there is none. */
  touch(key: Buffer, expires: number): Promise<Result<boolean, MemcacheError>>;
  /** Ends the connection; operations under way fail. */
  close(): void;
}

/** Bounds what a server that is in trouble may cost. */
export interface TransportLimits extends BreakerLimits {
  /** For one operation in all, connecting included, in milliseconds. */
  readonly timeout: number;
}

// Of the binary protocol: https://docs.memcached.org/protocols/binary/
const GETK = 0x0c;
const SET = 0x01;
const DELETE = 0x04;
const TOUCH = 0x1c;
const OK = 0x00;
const NOT_FOUND = 0x01;
/** What a server says of one item: too large, not stored, out of memory. The connection is in order. */
const NOT_STORED: readonly number[] = [0x03, 0x05, 0x82];

/** Creates the transport for one server. Nothing is connected before the first operation. */
export function createTransport(address: ServerAddress, limits: TransportLimits): MemcacheTransport {
  const name = `${address.host}:${address.port}`;
  const breaker = new Breaker(limits);
  let line: Line | undefined;
  let closed = false;

  async function run<Value>(
    request: Request,
    read: (response: Response) => Result<Value, MemcacheError> | undefined,
  ): Promise<Result<Value, MemcacheError>> {
    if (closed) return failure({ code: 'closed', message: `${name}: already closed` });
    if (!breaker.admits()) return unreachable(`${name}: failed a moment ago`);
    if (!line || line.isSpent()) line = renewed(line);
    const used = line;
    const response = await withDeadline(used.send(request), limits.timeout, name);
    const outcome = response.ok ? (read(response.value) ?? confused(name, response.value)) : response;
    if (outcome.ok || outcome.error.code === 'refused') breaker.succeed();
    else drop(used);
    return outcome;
  }

  function renewed(old: Line | undefined): Line {
    old?.destroy();
    return new Line(address);
  }

  /** All that is under way fails with the line; only the first of it counts. */
  function drop(failed: Line): void {
    failed.destroy();
    if (line !== failed) return;
    line = undefined;
    breaker.fail();
  }

  return {
    get: (key) => run({ opcode: GETK, key }, (response) => readItem(response, key)),
    set: (key, item, expires) => {
      const extras = Buffer.alloc(8);
      extras.writeUInt32BE(item.flags, 0);
      extras.writeUInt32BE(expires, 4);
      return run({ opcode: SET, key, extras, value: item.value }, (response) => readStored(response, name));
    },
    delete: (key) => run({ opcode: DELETE, key }, wasThere),
    touch: (key, expires) => {
      const extras = Buffer.alloc(4);
      extras.writeUInt32BE(expires, 0);
      return run({ opcode: TOUCH, key, extras }, wasThere);
    },
    close: () => {
      closed = true;
      line?.destroy();
    },
  };
}

/** Takes an answer only with the key that was asked for, so that no mix-up gives another key's value. */
function readItem(
  { status, key, extras, value }: Response,
  asked: Buffer,
): Result<MemcacheItem | null, MemcacheError> | undefined {
  if (status === NOT_FOUND) return success(null);
  if (status !== OK || !key.equals(asked) || extras.length !== 4) return undefined;
  return success({ flags: extras.readUInt32BE(0), value });
}

function readStored({ status }: Response, name: string): Result<true, MemcacheError> | undefined {
  if (status === OK) return success(true);
  if (!NOT_STORED.includes(status)) return undefined;
  return failure({ code: 'refused', message: `${name}: did not store an item (status ${status})` });
}

function wasThere({ status }: Response): Result<boolean, MemcacheError> | undefined {
  return status === OK || status === NOT_FOUND ? success(status === OK) : undefined;
}

function confused(name: string, { status }: Response): Result<never, MemcacheError> {
  return unreachable(`${name}: an answer that makes no sense (status ${status})`);
}

function withDeadline(
  answer: Promise<Response>,
  timeout: number,
  name: string,
): Promise<Result<Response, MemcacheError>> {
  return new Promise((resolve) => {
    const late = () => {
      const message = `${name}: no answer within ${timeout} ms`;
      // After a pause of the whole process the answer may lie in the socket, unread: it is heard before the clock is.
      setImmediate(() => resolve(failure({ code: 'timeout', message })));
    };
    const timer = setTimeout(late, timeout);
    const settle = (outcome: Result<Response, MemcacheError>) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    answer.then(
      (response) => settle(success(response)),
      (error: unknown) => settle(unreachable(`${name}: ${reasonOf(error)}`)),
    );
  });
}

function unreachable(message: string): Result<never, MemcacheError> {
  return failure({ code: 'unreachable', message });
}
