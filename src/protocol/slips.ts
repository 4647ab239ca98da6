/** Of these names, those that a word may be a slip of the pen for. */
export function slipsOf(word: string, names: readonly string[]): string[] {
  return names.filter((name) => isSlip(word, name));
}

/** At most one letter wrong in a short word, two in a long one; letters that changed places are one. */
export function isSlip(word: string, other: string): boolean {
  const allowed = Math.min(word.length, other.length) < 4 ? 0 : other.length < 8 ? 1 : 2;
  return Math.abs(word.length - other.length) <= allowed && distance(word, other) <= allowed;
}

/** Letters to be put in, taken out, changed or swapped with their neighbor to make one of the other. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  const at = (i: number, j: number): number => rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
  for (let i = 1; i <= a.length; i++) {
    rows[i] = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped =
        a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(i - 2, j - 2) + 1 : changed;
      rows[i]?.push(Math.min(changed, swapped, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(a.length, b.length);
}
