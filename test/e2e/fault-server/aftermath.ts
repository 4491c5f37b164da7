// What must hold of an edge after faults: nothing escaped, nobody was replaced, no connection was left behind.
import { readdirSync, readlinkSync } from 'node:fs';
import type { Edge, LogLine } from '../edge-process.ts';
import { waitUntil } from '../edge-process.ts';
import { workersOf } from '../visitor.ts';

/** Lines that tell of an error which nothing caught. */
export function escaped(edge: Edge): readonly LogLine[] {
  return edge
    .log()
    .filter(
      (line) =>
        line.level === 0 ||
        /exception escaped|promise was rejected|another takes its place/.test(line.msg ?? '') ||
        line.part === 'edge',
    );
}

/** Counts the sockets that the workers hold. */
export function socketsOf(edge: Edge): number {
  return workersOf(edge.pid).flatMap(socketsIn).length;
}

function socketsIn(pid: number): readonly string[] {
  const folder = `/proc/${pid}/fd`;
  return readdirSync(folder).filter((fd) => {
    try {
      return readlinkSync(`${folder}/${fd}`).startsWith('socket:');
    } catch {
      return false; // It was closed meanwhile.
    }
  });
}

/** Waits until the workers hold no more sockets than before. */
export async function waitForSockets(edge: Edge, before: number): Promise<void> {
  await waitUntil(
    async () => socketsOf(edge) <= before,
    edge.ended,
    () => `${socketsOf(edge)} sockets, ${before} before`,
  );
}
