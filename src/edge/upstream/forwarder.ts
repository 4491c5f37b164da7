// What forwarding to one upstream is: what goes in, how it may end.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Timeouts } from '../../routing/route.ts';
import type { Caller } from '../fields/caller.ts';

/** How far a forwarded request came before it failed. */
export type ForwardStage = 'connect' | 'headers' | 'body';

/** How forwarding one request ended. A failure before `body` has sent nothing to the visitor. */
export type ForwardEnd =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** The fields in which the upstream's own address went out. */
      readonly leaks: readonly string[];
    }
  | { readonly kind: 'client-gone' }
  | {
      readonly kind: 'failed';
      readonly stage: ForwardStage;
      readonly code: string;
      readonly message: string;
      /** The connection had stood idle and was closed before a byte came back: asking again is safe where asking is, or where the stage is `connect`: nothing was sent. */
      readonly stale?: boolean;
    };

/** Codes of what the edge itself ends a forwarded request for; others are undici's and Node's. */
export type ForwardCode =
  | 'connect-timeout'
  | 'headers-timeout'
  | 'idle-timeout'
  | 'total-timeout'
  | 'body-too-large'
  | 'unknown-framing'
  | 'unfit-head';

/** How one request is to be forwarded. */
export type ForwardRequest = {
  readonly target: string;
  readonly caller: Caller;
  /** When the request came, by performance.now(): a handler may have had it before. */
  readonly startedAt: number;
  /** Where these differ from the upstream's. */
  readonly timeouts: Partial<Timeouts>;
  /** The largest body that is sent, in bytes. */
  readonly bodyLimit: number | undefined;
  /** Whether fields that name another method pass. */
  readonly methodOverride: boolean;
  /** What is added to the answer. */
  readonly addedResponseHeaders: readonly string[];
};

/** Connections to one upstream. */
export type Forwarder = {
  /** Forwards one request; calls back once, when the answer has been given or has failed. */
  forward(
    req: IncomingMessage,
    res: ServerResponse,
    request: ForwardRequest,
    done: (end: ForwardEnd) => void,
  ): void;
  /** Forwards a request for a WebSocket; calls back once, when the tunnel has closed or was refused. */
  tunnel(
    req: IncomingMessage,
    res: ServerResponse,
    upgrade: Upgrade,
    request: ForwardRequest,
    done: (end: ForwardEnd) => void,
  ): void;
  close(): Promise<void>;
};

/** A request to upgrade: Node's server has let go of the socket. */
export type Upgrade = {
  readonly socket: Socket;
  /** What came with the request. */
  readonly head: Buffer;
  /** Gives the socket back what has been read from it since; who answers without a tunnel need not care. */
  readonly giveBack: () => void;
};
