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

/** Says in a word or two why something failed. Node's error for a name with several addresses has a code only. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
