// Names of fields as PHP reads them, for `body:`.
import { readFieldPath } from '../routing/pattern-conditions.ts';
import { PatternError } from '../routing/pattern-error.ts';
import type { FieldPath } from '../routing/route.ts';

export type FieldNameResult =
  | { readonly ok: true; readonly path: FieldPath }
  | { readonly ok: false; readonly message: string; readonly cure: string };

/** Reads a field's name as a match's query has it, or says what is wrong with it. */
export function readFieldName(name: string): FieldNameResult {
  try {
    return { ok: true, path: readFieldPath(name) };
  } catch (error) {
    if (error instanceof PatternError) return { ok: false, message: error.message, cure: error.cure };
    throw error;
  }
}
