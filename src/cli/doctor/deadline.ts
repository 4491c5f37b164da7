// Everything that doctor asks has a deadline: what hangs is a finding, not a doctor that hangs.

/** How long one look may take, in milliseconds. */
export const PATIENCE_MS = 5_000;

/** Settles as the work does, or rejects when it takes too long. */
export async function within<Value>(work: Promise<Value>, ms: number = PATIENCE_MS): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
