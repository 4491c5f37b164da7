// One request's session: read when it is first needed, once, for whoever asks: the decision or the handler.
import type { IncomingMessage } from 'node:http';
import type { SessionRead } from './session.ts';
import type { SessionRequest, SessionStore } from './store.ts';

/** Reads the session of one request at most once. */
export class SessionReader {
  readonly #sessions: SessionStore;
  readonly #request: () => SessionRequest;
  #read: Promise<SessionRead> | undefined;

  constructor(sessions: SessionStore, request: () => SessionRequest) {
    this.#sessions = sessions;
    this.#request = request;
  }

  /** Gives what was found; the place is asked by the first call alone. Never rejects. */
  read(): Promise<SessionRead> {
    this.#read ??= this.#sessions.read(this.#request());
    return this.#read;
  }
}

/** Gathers what a session may depend on. `ip` is what Express says, which knows the trusted proxies. */
export function sessionRequest(req: IncomingMessage & { readonly ip?: string | undefined }): SessionRequest {
  const { headers, method = 'GET' } = req;
  return {
    cookie: headers.cookie,
    host: headers.host ?? '',
    userAgent: headers['user-agent'] ?? '',
    address: req.ip ?? req.socket.remoteAddress ?? '',
    method,
  };
}
