// Lists by key.

/** Returns the list that a map holds for a key, made when it is first asked for. */
export function listFor<Key, Value>(lists: Map<Key, Value[]>, key: Key): Value[] {
  const existing = lists.get(key);
  if (existing) return existing;
  const created: Value[] = [];
  lists.set(key, created);
  return created;
}
