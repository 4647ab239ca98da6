/**
 * The walk through the history. What is being typed is the newest entry, and what was changed in an
 * older one is kept too, until a line is submitted.
 */
export interface Recall {
  /** The entry that lies so many steps on (below zero: back), or undefined where there is none. */
  go(steps: number, current: string): string | undefined;
  /** Goes to an entry itself, as a search does. */
  goTo(index: number, current: string): void;
  /** At what is being typed again, and nothing changed. */
  reset(): void;
}

/** @param entries the history, the oldest first */
export function createRecall(entries: () => readonly string[]): Recall {
  const changed = new Map<number, string>();
  let at: number | undefined;
  const goTo = (index: number, current: string): void => {
    const from = at ?? entries().length;
    if (current === entries()[from]) changed.delete(from);
    else changed.set(from, current);
    at = index;
  };
  return {
    goTo,
    go: (steps, current) => {
      const { length } = entries();
      const index = Math.max(0, Math.min(length, (at ?? length) + steps));
      if (index === (at ?? length)) return undefined;
      goTo(index, current);
      return changed.get(index) ?? entries()[index] ?? "";
    },
    reset: () => {
      changed.clear();
      at = undefined;
    },
  };
}
