// A plain HTTP client and server for tests: nothing is added, nothing is interpreted.
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type Server,
} from 'node:http';
import { type AddressInfo, connect } from 'node:net';

export type Answer = {
  readonly status: number;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
};

export type Asked = {
  readonly method?: string;
  readonly path?: string;
  /** Names and values in turn; Host is added where it is missing. */
  readonly headers?: readonly string[];
  readonly body?: string;
};

/** Sends one request on a connection of its own. Rejects when the answer is cut short. */
export function ask(port: number, asked: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = open(port, asked);
    req.on('error', reject);
    req.on('response', (res) => readAnswer(res).then(resolve, reject));
    req.end(asked.body);
  });
}

/** Opens a request whose body is still to be written, or whose answer is to be read piece by piece. */
export function open(port: number, { method = 'GET', path = '/', headers = [] }: Asked = {}) {
  const names = headers.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
  const host = names.includes('host') ? [] : ['Host', `127.0.0.1:${port}`];
  return httpRequest({ port, host: '127.0.0.1', method, path, agent: false, headers: [...host, ...headers] });
}

export async function readAnswer(res: IncomingMessage): Promise<Answer> {
  const chunks: Buffer[] = [];
  for await (const chunk of res) chunks.push(chunk);
  const { statusCode: status = 0, rawHeaders, headers } = res;
  return { status, rawHeaders, headers, body: Buffer.concat(chunks).toString('latin1') };
}

/** Sends bytes, and returns everything that comes back until the server ends the connection. */
export function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1').on('data', (text) => {
      received += text;
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  });
}

export type TestServer = { readonly port: number; readonly origin: string; close(): Promise<void> };

/** Starts a server on a free port. `settings` are properties of Node's server. */
export function serve(listener: RequestListener, settings: Partial<Server> = {}): Promise<TestServer> {
  const server = Object.assign(createServer(listener), settings);
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed());
          server.closeAllConnections();
        });
      resolve({ port, origin: `http://127.0.0.1:${port}`, close });
    });
  });
}

/** The address of a port that nobody listens on. */
export async function deadOrigin(): Promise<string> {
  const server = await serve(() => {});
  await server.close();
  return server.origin;
}

/** Reads a request's body. */
export async function readBody(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk);
  return Buffer.concat(chunks).toString('latin1');
}

/** A promise and what resolves it. */
export function signal<T = void>() {
  let resolve: (value: T) => void = () => {};
  const promise = new Promise<T>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
