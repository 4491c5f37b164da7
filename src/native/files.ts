// The files of a form, by the names that PHP gives them.
import { getPath } from '../php/path.ts';
import type { PhpArray, PhpValue } from '../php/value.ts';
import type { Upload } from './multipart.ts';

/** The files a visitor sent with a form. Names are PHP's: `docs[a]` is `docs.a`, `a.b` is `a_b`. */
export type Files = {
  /** The file of that name; of several that the form sent under one name, the last, as in PHP. */
  one(name: string): Upload | undefined;
  /** All files at that name and below it, such as those of `docs[]`; empty where there are none. */
  list(name: string): readonly Upload[];
};

/** A form without files, and any other body. */
export const NO_FILES: Files = { one: () => undefined, list: () => [] };

/** Creates the view; the values of `names` are indexes into `uploads`, as text. */
export function createFiles(names: PhpArray, uploads: readonly Upload[]): Files {
  const at = (value: PhpValue | undefined) =>
    typeof value === 'string' ? uploads[Number(value)] : undefined;
  const below = (value: PhpValue | undefined): readonly Upload[] => {
    if (value instanceof Map) return [...value.values()].flatMap(below);
    const upload = at(value);
    return upload ? [upload] : [];
  };
  return {
    one: (name) => at(getPath(names, name)),
    list: (name) => below(getPath(names, name)),
  };
}
