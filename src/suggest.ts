// "Did you mean": the nearest of the known words.

/** Returns the candidate nearest to a word, when it is at most two edits away (one for short words). */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = word.length < 5 ? 1 : 2;
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, distance }) => distance <= limit && distance < candidate.length)
    .toSorted((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

/** So many names are listed where none is near. */
const MOST_LISTED = 20;

/** Says `did you mean "x"?`, or lists what there is. */
export function suggestion(word: string, candidates: readonly string[]): string {
  const near = nearest(word, candidates);
  if (near) return `did you mean "${near}"?`;
  if (candidates.length === 0) return 'there is none to choose from';
  const rest = candidates.length - MOST_LISTED;
  const listed = candidates.slice(0, MOST_LISTED).join(', ');
  return `use one of: ${listed}${rest > 0 ? ` or ${rest} others` : ''}`;
}

/** Counts letters inserted, left out, changed, or swapped with their neighbour (optimal string alignment). */
function editDistance(first: string, second: string): number {
  let before: number[] = [];
  let previous = Array.from({ length: second.length + 1 }, (_, index) => index);
  for (let row = 1; row <= first.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= second.length; column += 1) {
      const changed = (previous[column - 1] ?? 0) + (first[row - 1] === second[column - 1] ? 0 : 1);
      const isSwap = first[row - 1] === second[column - 2] && first[row - 2] === second[column - 1];
      const swapped =
        row > 1 && column > 1 && isSwap ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY;
      current.push(Math.min((previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, changed, swapped));
    }
    before = previous;
    previous = current;
  }
  return previous[second.length] ?? 0;
}
