// How other servers may read a path. Modelled on what let requests past the rules of one server and to the
// files of another: CVE-2012-6431, CVE-2026-22037, CVE-2026-6414, GHSA-qmw8-3v4g-gwj4 and GHSA-2q7r-29rg-6m5h.
import { evenPath, mergedSlashes, withoutDotSegments } from './canonical-path.ts';

/** What servers read differently: an escaped slash, a backslash, `;params`, a path decoded twice, NUL. */
const ODD = /;|%(?:2F|5C|3B|00|25)/;
const EVERY_ODD = new RegExp(ODD, 'g');

/** States that there may be another reading of a path at all. */
export function isOdd(path: string): boolean {
  return ODD.test(path);
}

/** Counts what servers may read differently. */
export function countOdd(path: string): number {
  return path.match(EVERY_ODD)?.length ?? 0;
}

/** What a server may do to a path whose escapes are even; each leaves a path without its mark as it is. */
const HABITS: readonly { readonly mark: string; readonly read: (path: string) => string }[] = [
  { mark: '%2F', read: (path) => mergedSlashes(path.replaceAll('%2F', '/')) },
  { mark: '%5C', read: (path) => mergedSlashes(path.replaceAll('%5C', '/')) },
  { mark: ';', read: (path) => mergedSlashes(path.replace(/;[^/]*/g, '')) },
  { mark: '%3B', read: (path) => mergedSlashes(path.replace(/%3B[^/]*/g, '')) },
  { mark: '%00', read: (path) => path.slice(0, path.indexOf('%00')) || '/' },
  { mark: '%25', read: (path) => evenPath(path.replace(/%25(?=[0-9A-Fa-f]{2})/g, '%')) },
  { mark: '/.', read: withoutDotSegments },
];

/** So many readings are tried, and so many characters are read. No honest path comes near. */
const MOST_READINGS = 64;
const MOST_CHARACTERS = 32 * 1024;

/**
 * Returns the canonical forms of all that a path may be read as, its own canonical form left out: each
 * habit alone, and all sequences of them until nothing changes. The path's escapes are even (see evenPath).
 * Undefined where the readings are too many to try.
 */
export function otherReadings(first: string): readonly string[] | undefined {
  const seen = new Set([first]);
  let characters = 0;
  for (const path of seen) {
    for (const { mark, read } of HABITS) {
      if (!path.includes(mark)) continue;
      characters += path.length;
      if (seen.size > MOST_READINGS || characters > MOST_CHARACTERS) return undefined;
      seen.add(read(path));
    }
  }
  const readings = new Set([...seen].map(withoutDotSegments));
  readings.delete(withoutDotSegments(first));
  return [...readings];
}
