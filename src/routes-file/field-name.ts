// Names of fields as PHP reads them: `f[a]` is the field `a` of the array `f`.
import type { FieldPath } from '../routing/route.ts';

export type FieldNameResult =
  | { readonly ok: true; readonly path: FieldPath }
  | { readonly ok: false; readonly message: string; readonly cure: string };

/** Reads a field's name as routes.yaml writes it. */
export function readFieldName(name: string): FieldNameResult {
  const parts = /^([^[\]]+)((?:\[[^[\]]*\])*)$/.exec(name);
  const refused = (message: string, cure: string): FieldNameResult => ({ ok: false, message, cure });
  const top = parts?.[1];
  if (top === undefined)
    return refused(`"${name}" is no name of a field`, 'write it as PHP does: action or f[a]');
  if (/[. ]/.test(top))
    return refused(`PHP knows no field "${top}"`, `write it as PHP does: ${top.replace(/[. ]/g, '_')}`);
  const inner = [...(parts?.[2] ?? '').matchAll(/\[([^[\]]*)\]/g)].map(([, key = '']) => key);
  if (inner.includes(''))
    return refused(`"${name}" names a field that PHP numbers itself`, 'name the key: f[0] or f[a]');
  return { ok: true, path: [top, ...inner] };
}
