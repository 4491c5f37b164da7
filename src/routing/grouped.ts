// Lists by key.

/** Adds a value to the list that a map holds for a key. */
export function addTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const existing = lists.get(key);
  if (existing) existing.push(value);
  else lists.set(key, [value]);
}
