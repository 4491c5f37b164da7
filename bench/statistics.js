// Medians, percentiles, and how two subjects stand to each other. Pure.

/**
 * Returns the median: the middle value, or the mean of the two in the middle.
 *
 * @param {readonly number[]} values
 * @returns {number | undefined} undefined for no values
 */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[sorted.length >> 1];
  const lower = sorted[(sorted.length - 1) >> 1];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

/**
 * Returns the smallest value that at least the share `q` of all values do not exceed (nearest rank).
 *
 * @param {ArrayLike<number>} sorted in ascending order
 * @param {number} q between 0 and 1
 * @returns {number | undefined} undefined for no values
 */
export function percentile(sorted, q) {
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
}

/**
 * Returns the median of the ratios within each round. What slows one round down slows both subjects
 * of that round, and so drops out; in a ratio of two medians it would stay.
 *
 * @param {readonly (number | undefined)[]} values one for each round
 * @param {readonly (number | undefined)[]} bases in the same order
 * @returns {number | undefined} undefined when no round has both
 */
export function medianRatio(values, bases) {
  const ratios = values.flatMap((value, round) => {
    const base = bases[round];
    return value === undefined || base === undefined || base === 0 ? [] : [value / base];
  });
  return median(ratios);
}

/**
 * Returns how far the values lie apart: (largest - smallest) / median.
 *
 * @param {readonly number[]} values
 * @returns {number | undefined} undefined for no values
 */
export function spread(values) {
  const middle = median(values);
  return middle ? (Math.max(...values) - Math.min(...values)) / middle : undefined;
}
