// What the system knows of processes: memory, descriptors, the state of their connections.
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/** States of /proc/net/tcp, by their numbers. */
const STATES: Readonly<Record<string, string>> = {
  '01': 'ESTABLISHED',
  '02': 'SYN_SENT',
  '04': 'FIN_WAIT1',
  '05': 'FIN_WAIT2',
  '08': 'CLOSE_WAIT',
  '09': 'LAST_ACK',
  '0A': 'LISTEN',
};

/**
 * Watches the resident memory of processes; `stop` tells by how much it grew at most, in MiB. The kernel keeps the
 * peaks, so that none falls between two samples.
 */
export function watchGrowth(pids: readonly number[]): { stop(): number } {
  const before = sum(pids, 'VmRSS');
  // Sets the peak, VmHWM, to what is resident now (proc(5), clear_refs).
  for (const pid of pids) writeFileSync(`/proc/${pid}/clear_refs`, '5');
  return { stop: () => sum(pids, 'VmHWM') - before };
}

function sum(pids: readonly number[], name: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm');
  const mib = (pid: number) => Number(line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
  return pids.reduce((total, pid) => total + mib(pid), 0);
}

/** Lists what a process's descriptors stand for, such as `socket:[4711]`. */
export function descriptorsOf(pid: number): readonly string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)];
    } catch {
      return [];
    }
  });
}

/** Counts a process's TCP sockets by state, such as `{ LISTEN: 1, ESTABLISHED: 40 }`. */
export function connectionStates(pid: number): Readonly<Record<string, number>> {
  const inodes = new Set(descriptorsOf(pid).flatMap((what) => /^socket:\[(\d+)\]$/.exec(what)?.[1] ?? []));
  const counts: Record<string, number> = {};
  for (const { state, inode } of sockets()) {
    if (inodes.has(inode)) counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}

function sockets(): readonly { state: string; inode: string }[] {
  const lines = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n'));
  return lines.flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const [number = '', inode = ''] = [fields[3], fields[9]];
    return /^\d+$/.test(inode) ? [{ state: STATES[number] ?? number, inode }] : [];
  });
}
