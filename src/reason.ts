// Why something failed, in a line.

/** Says in a word or two why something failed. Node's error for a name with several addresses has a code only. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || ('code' in error ? String(error.code) : error.name);
}
