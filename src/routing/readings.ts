// How other servers may read a path. Modelled on what let requests past the rules of one server and to the
// files of another: CVE-2012-6431, CVE-2026-22037, CVE-2026-6414, GHSA-qmw8-3v4g-gwj4 and GHSA-2q7r-29rg-6m5h.
import { evenPath, withoutDotSegments } from './canonical-path.ts';

/** What servers read differently: an escaped slash, a backslash, `;params`, a path decoded twice, NUL. */
const ODD = /[;\\]|%(?:2[Ff5]|5[Cc]|3[Bb]|00)/;
const EVERY_ODD = new RegExp(ODD, 'g');

/** States that there may be another reading of a raw path at all. */
export function isOdd(rawPath: string): boolean {
  return ODD.test(rawPath);
}

/** Counts what servers may read differently. */
export function countOdd(path: string): number {
  return path.match(EVERY_ODD)?.length ?? 0;
}

/** What a server may do to a path, each in a form whose escapes are even. */
const HABITS: readonly ((path: string) => string)[] = [
  (path) => path.replaceAll('%2F', '/'),
  (path) => path.replaceAll('%5C', '/'),
  (path) => path.replace(/(?:;|%3B)[^/]*/g, ''),
  (path) => path.replace(/%00.*/, ''),
  (path) => path.replace(/%25(?=[0-9A-Fa-f]{2})/g, '%'),
  withoutDotSegments,
];

/** So many readings are tried, and so many characters are looked at. No honest path comes near. */
const MOST_READINGS = 64;
const MOST_CHARACTERS = 64 * 1024;

/**
 * Returns the canonical forms of all that a raw path may be read as, its own canonical form left out: each
 * habit alone, and all sequences of them until nothing changes. Undefined where these are too many to try.
 */
export function otherReadings(rawPath: string): readonly string[] | undefined {
  const first = evenPath(rawPath);
  const seen = new Set([first]);
  let characters = 0;
  for (const path of seen) {
    characters += path.length;
    if (seen.size > MOST_READINGS || characters > MOST_CHARACTERS) return undefined;
    for (const habit of HABITS) seen.add(evenPath(rooted(habit(path))));
  }
  const readings = new Set([...seen].map(withoutDotSegments));
  readings.delete(withoutDotSegments(first));
  return [...readings];
}

function rooted(path: string): string {
  return path.startsWith('/') ? path : `/${path}`;
}
