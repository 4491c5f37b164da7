// Values and lists by key.

/** Adds a value to the list that a map holds for a key. */
export function addTo<Key, Value>(lists: Map<Key, Value[]>, key: Key, value: Value): void {
  const existing = lists.get(key);
  if (existing) existing.push(value);
  else lists.set(key, [value]);
}

/** Returns the value that a map holds for a key, made when it is first asked for. */
export function once<Key, Value>(values: Map<Key, Value>, key: Key, make: (key: Key) => Value): Value {
  const existing = values.get(key);
  if (existing !== undefined) return existing;
  const made = make(key);
  values.set(key, made);
  return made;
}
