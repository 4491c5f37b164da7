// Many rounds of one thing, some of them at the same time.

/** Does something so many times, in so many lanes. Rejects with the first failure, when all lanes have ended. */
export async function repeat(times: number, lanes: number, work: () => Promise<void>): Promise<void> {
  let left = times;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      await work();
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const one of ended) if (one.status === 'rejected') throw one.reason;
}

/** Says whether all that was asked of some rounds was seen: what is recorded tells of the others as well. */
export function verdict(failed: ReadonlySet<string>): string {
  return failed.size === 0 ? 'as demanded' : `NOT as demanded: ${[...failed].join('; ')}`;
}

/** Longer than the edge takes to notice that somebody has left, even on a busy machine. */
const SOON_MS = 3_000;

let slowestMs = 0;

/** Tells how long something that should happen soon took at most, in milliseconds. */
export function slowestSoon(): number {
  return Math.round(slowestMs);
}

/** Rejects when something has not happened within three seconds. */
export async function soon<T>(what: string, happens: Promise<T>): Promise<T> {
  const started = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${SOON_MS} ms`)), SOON_MS);
  });
  try {
    return await Promise.race([happens, tooLate]);
  } finally {
    clearTimeout(timer);
    slowestMs = Math.max(slowestMs, performance.now() - started);
  }
}
