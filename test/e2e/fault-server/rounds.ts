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

/** Rejects when something has not happened within ten seconds. */
export function soon<T>(what: string, happens: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what}: not within 10 s`)), 10_000);
    happens.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
