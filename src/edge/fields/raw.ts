// Raw lists of fields as Node's parser gives them: name, value, name, value ...

/** Returns a field's value when it stands exactly once; the names of a raw list are compared without case. */
export function single(raw: readonly string[], wanted: string): { count: number; value: string | undefined } {
  let count = 0;
  let value: string | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (name.length !== wanted.length || name.toLowerCase() !== wanted) continue;
    count += 1;
    value = raw[index + 1];
  }
  return { count, value };
}

/** The fields that Connection names, but for those it may not; undefined in the usual case of none. */
export function connectionNames(
  raw: readonly string[],
  kept: ReadonlySet<string>,
): ReadonlySet<string> | undefined {
  let named: Set<string> | undefined;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? '';
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = raw[index + 1] ?? '';
    // What nearly all send, told apart without making a list of it.
    if (value === 'keep-alive' || value === 'close') continue;
    for (const token of value.toLowerCase().split(',')) {
      const option = token.trim();
      if (option === '' || option === 'close' || option === 'keep-alive' || kept.has(option)) continue;
      named ??= new Set();
      named.add(option);
    }
  }
  return named;
}
