// Large bodies up and down, and how long they took.
import { Readable } from 'node:stream';
import { ask, open } from '../visitor.ts';
import { BlockChecker, numberedBlocks } from './numbered-blocks.js';

const MIB = 1024 * 1024;
const DEADLINE_MS = 300_000;

export type Transfer = { readonly bytes: number; readonly right: boolean; readonly seconds: number };

/** Reads a body of numbered blocks and checks it. */
export async function download(url: string, mib: number): Promise<Transfer> {
  const started = performance.now();
  const response = await open(`${url}/?mib=${mib}`, { deadlineMs: DEADLINE_MS });
  const checker = new BlockChecker();
  response.on('data', (piece: Buffer) => checker.take(piece));
  await new Promise((resolve, reject) => response.on('end', resolve).on('error', reject));
  return { bytes: checker.bytes, right: checker.right, seconds: secondsSince(started) };
}

/** Sends a body of numbered blocks; returns what the upstream says of it. */
export async function upload(url: string, mib: number): Promise<Transfer> {
  const started = performance.now();
  const body = Readable.from(numberedBlocks(mib));
  const headers = { 'Content-Length': `${mib * MIB}` };
  const answer = await ask(`${url}/`, { method: 'PUT', headers, body, deadlineMs: DEADLINE_MS });
  return { ...(JSON.parse(answer.text) as Transfer), seconds: secondsSince(started) };
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1_000;
}
