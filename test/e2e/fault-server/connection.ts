// One connection of the edge to the fault server: reads request after request and has each of them played.
import type { Socket } from 'node:net';
import { framingOfRequest } from './framing.ts';
import { delay, type Turn } from './kind.ts';
import { type Head, MessageReader } from './message-reader.ts';

/** A request as it was read, with what can be done about it. */
export type Asked = Turn & { readonly head: Head; readonly path: string };

/** Reads the requests of a connection; `onRequest` is called for each when its head has come. */
export function converse(
  socket: Socket,
  onRequest: (asked: Asked) => void,
  onWrong: (what: string) => void,
): void {
  let reader = new MessageReader(framingOfRequest);
  let tellBody: ((body: Buffer) => void) | undefined;
  let isTunnel = false;
  const gone = new Promise<void>((resolve) => {
    socket.on('close', () => resolve()).on('end', () => resolve());
  });
  const begin = (head: Head): void => {
    const body = new Promise<Buffer>((resolve) => {
      tellBody = resolve;
    });
    const tunnel = () => {
      isTunnel = true;
      return socket;
    };
    onRequest(askedOn(socket, head, { body, gone, tunnel }));
  };
  const read = (bytes: Buffer): void => {
    const hadHead = reader.head !== undefined;
    reader.push(bytes);
    if (reader.state === 'wrong') return onWrong(reader.wrong);
    if (!hadHead && reader.head) begin(reader.head);
    if (reader.state !== 'whole') return;
    const { body, rest } = reader;
    reader = new MessageReader(framingOfRequest);
    tellBody?.(body);
    if (rest.length > 0 && !isTunnel) read(rest);
  };
  socket.setNoDelay(true).on('error', () => {});
  socket.on('data', (bytes) => {
    if (!isTunnel) read(bytes);
  });
}

function askedOn(socket: Socket, head: Head, own: Pick<Turn, 'body' | 'gone' | 'tunnel'>): Asked {
  const [method = '', path = ''] = head.line.split(' ');
  const [, , part = '', nonce = ''] = path.split('/');
  const send = (bytes: string | Buffer) =>
    new Promise<void>((resolve) => {
      if (!socket.writable) return resolve();
      socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes, () => resolve());
    });
  const trickle = async (bytes: string, apart: number) => {
    for (const byte of bytes) {
      if (!socket.writable) return;
      await send(byte);
      await delay(apart);
    }
  };
  return {
    ...{ head, path, nonce, method, part, socket, send, trickle },
    ...own,
    finish: () => socket.end(),
    reset: () => socket.resetAndDestroy(),
    deafen: () => socket.pause(),
  };
}
