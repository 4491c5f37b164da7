// One thing that doctor found out, or could not.

/** What findings are about, in the order of the report. */
export const AREAS = ['legacy', 'mysql', 'memcache', 'session', 'time', 'visitor'] as const;
export type Area = (typeof AREAS)[number];

/** `skipped` says that something was not looked at, and why. */
export type Level = 'ok' | 'warning' | 'problem' | 'skipped';

export type Finding = {
  readonly area: Area;
  /** Stays the same from version to version: scripts may rely on it. */
  readonly name: string;
  readonly level: Level;
  /** What is so, in a sentence without secrets. */
  readonly text: string;
  /** The exact setting to write; undefined where nothing needs to be done. */
  readonly cure?: string;
};

/** Makes findings of one area. */
export function about(area: Area) {
  const make =
    (level: Level) =>
    (name: string, text: string, cure?: string): Finding => ({
      area,
      name,
      level,
      text,
      ...(cure === undefined ? {} : { cure }),
    });
  return { ok: make('ok'), warning: make('warning'), problem: make('problem'), skipped: make('skipped') };
}
