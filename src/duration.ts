// Durations as people write them, wherever they may be written: routes.yaml, environment, options.

const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** What to tell somebody whose duration cannot be read. */
export const DURATION_CURE = 'write a duration as 250ms, 5s, 2m or 1h';

/** Reads a duration such as `5s` or `250ms`, in milliseconds; undefined when it is none. */
export function parseDuration(text: string): number | undefined {
  const parts = DURATION.exec(text);
  const unit = MILLISECONDS[parts?.[2] ?? ''];
  return unit === undefined ? undefined : Number(parts?.[1]) * unit;
}

/** Writes a duration in milliseconds as parseDuration reads it, in the largest unit that it fills. */
export function formatDuration(ms: number): string {
  const unit = ['h', 'm', 's'].find((name) => ms > 0 && ms % (MILLISECONDS[name] ?? 1) === 0) ?? 'ms';
  return `${ms / (MILLISECONDS[unit] ?? 1)}${unit}`;
}
