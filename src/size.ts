// Sizes as people write them, wherever they may be written.

const SIZE = /^(\d+(?:\.\d+)?)(B|KiB|MiB|GiB)$/;
const BYTES: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

/** What to tell somebody whose size cannot be read. */
export const SIZE_CURE = 'write a size as 512B, 16KiB, 1MiB or 2GiB';

/** Reads a size such as `16KiB`, in bytes; undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const parts = SIZE.exec(text);
  const unit = BYTES[parts?.[2] ?? ''];
  return unit === undefined ? undefined : Math.round(Number(parts?.[1]) * unit);
}

/** Writes a size in bytes as parseSize reads it, in the largest unit that it fills. */
export function formatSize(bytes: number): string {
  const unit = ['GiB', 'MiB', 'KiB'].find((name) => bytes > 0 && bytes % (BYTES[name] ?? 1) === 0) ?? 'B';
  return `${bytes / (BYTES[unit] ?? 1)}${unit}`;
}
