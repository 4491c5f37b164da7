// Writes values as PHP's serialize and its session handler do, so that tests can make sessions of any kind.

export type Literal =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | readonly (readonly [number | string, Literal])[];

/** Writes session variables as `session.serialize_handler = php` does. */
export function phpSession(variables: Readonly<Record<string, Literal>>): Buffer {
  return Buffer.concat(
    Object.entries(variables).flatMap(([name, value]) => [Buffer.from(`${name}|`), phpLiteral(value)]),
  );
}

/** Writes one value. */
export function phpLiteral(value: Literal): Buffer {
  if (value === null) return Buffer.from('N;');
  if (typeof value === 'boolean') return Buffer.from(`b:${value ? 1 : 0};`);
  if (typeof value === 'number') return Buffer.from(`${Number.isInteger(value) ? 'i' : 'd'}:${value};`);
  if (typeof value === 'string' || value instanceof Uint8Array) return phpString(Buffer.from(value));
  const members = value.flatMap(([key, member]) => [phpLiteral(key), phpLiteral(member)]);
  return Buffer.concat([Buffer.from(`a:${value.length}:{`), ...members, Buffer.from('}')]);
}

function phpString(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`s:${bytes.length}:"`), bytes, Buffer.from('";')]);
}
