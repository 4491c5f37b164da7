// An edge between raw bytes on both sides: what a visitor sends, and what an upstream was sent.
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach } from 'vitest';
import { type EdgeOptions, startEdge, type TestEdge } from '../edge-in-one-process.ts';
import { serverEnded, visit } from '../raw-visitor.ts';

export type RecordingUpstream = {
  readonly origin: string;
  /** What each of its connections has received, as bytes in latin1. */
  readonly received: readonly { readonly text: string }[];
  readonly requests: readonly IncomingMessage[];
};

export type Setting = { readonly edge: TestEdge; readonly upstream: RecordingUpstream };

const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const answerOk: RequestListener = (req, res) => {
  req.resume().on('end', () => res.end('from upstream'));
};

/** Starts an edge in front of an upstream that records. Both end with the test. */
export async function start(
  options: Partial<EdgeOptions> = {},
  answer: RequestListener = answerOk,
): Promise<Setting> {
  const upstream = await startRecording(answer);
  return { upstream, edge: await startBefore(upstream.origin, options) };
}

/** Starts an edge in front of an upstream that writes bytes as it likes. */
export async function startBeforeBytes(
  respond: (text: string, socket: Socket, connection: number) => void,
  options: Partial<EdgeOptions> = {},
): Promise<TestEdge> {
  let connections = 0;
  const server = createTcpServer((socket) => {
    connections += 1;
    const number = connections;
    open.push(() => void socket.destroy());
    socket.on('error', () => {}).on('data', (bytes) => respond(bytes.toString('latin1'), socket, number));
  });
  return startBefore(await listen(server), options);
}

/** Sends bytes and returns all that comes back until the edge ends its side; 'Connection: close' is the caller's. */
export async function send(edge: TestEdge, bytes: string): Promise<string> {
  const visitor = visit(edge.port, bytes);
  await serverEnded(visitor);
  visitor.socket.end();
  await visitor.ended;
  return visitor.text();
}

/** The status of the first answer in what came back. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3}) /.exec(text)?.[1]);
}

/** How many answers came back. */
export function answersIn(text: string): number {
  return text.match(/^HTTP\/1\.1 \d{3} /gm)?.length ?? 0;
}

/** A request as lines, with Host and `Connection: close`. */
export function request(line: string, fields: readonly string[] = [], body = ''): string {
  const host = fields.some((field) => /^host:/i.test(field)) ? [] : ['Host: shop.test'];
  const close = fields.some((field) => /^connection:/i.test(field)) ? [] : ['Connection: close'];
  return `${[line, ...host, ...fields, ...close].join('\r\n')}\r\n\r\n${body}`;
}

async function startBefore(origin: string, options: Partial<EdgeOptions>): Promise<TestEdge> {
  const edge = await startEdge({ routes: 'routes: {}', legacyUrl: origin, ...options });
  open.push(() => edge.close());
  return edge;
}

async function startRecording(answer: RequestListener): Promise<RecordingUpstream> {
  const received: { text: string }[] = [];
  const requests: IncomingMessage[] = [];
  const server = createServer((req, res) => {
    requests.push(req);
    answer(req, res);
  });
  server.on('connection', (socket) => {
    const record = { text: '' };
    received.push(record);
    socket.on('data', (bytes: Buffer) => {
      record.text += bytes.toString('latin1');
    });
  });
  open.push(() => server.closeAllConnections());
  return { origin: await listen(server), received, requests };
}

async function listen(server: ReturnType<typeof createTcpServer>): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  open.push(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
