/** Something of which there may be so many at a time, as clients of one address. */
export interface Place {
  readonly name: string;
  readonly most: number;
}

/** What came of asking for places: the name of one of which none is left, or all of them were taken. */
export type Taken =
  | { readonly full: string; readonly giveBack?: undefined }
  | {
      readonly full?: undefined;
      /** Only the first call counts. */
      readonly giveBack: () => void;
    };

/** Whoever counts places: this process, or the one that started it, for all that serve together. */
export interface Places {
  /** Takes all of these, or none. */
  take(wanted: readonly Place[]): Taken | Promise<Taken>;
}

/** Places counted here. */
export class OwnPlaces implements Places {
  readonly #taken = new Map<string, number>();

  take(wanted: readonly Place[]): Taken {
    const full = wanted.find(({ name, most }) => this.#of(name) >= most);
    if (full) return { full: full.name };
    for (const { name } of wanted) this.#taken.set(name, this.#of(name) + 1);
    let given = false;
    const giveBack = (): void => {
      if (!given) for (const { name } of wanted) this.#free(name);
      given = true;
    };
    return { giveBack };
  }

  #of(name: string): number {
    return this.#taken.get(name) ?? 0;
  }

  #free(name: string): void {
    const left = this.#of(name) - 1;
    if (left === 0) this.#taken.delete(name);
    else this.#taken.set(name, left);
  }
}

/**
 * Takes places for somebody who may be gone before the answer comes. From when they are taken no
 * other has them, so two who ask at the same time cannot both have the last one.
 * @param onGone has the function called once the places are not needed any more
 */
export async function occupy(
  places: Places,
  wanted: readonly Place[],
  onGone: (listener: () => void) => void,
): Promise<Taken> {
  let gone = false;
  let taken: Taken | undefined;
  onGone(() => {
    gone = true;
    taken?.giveBack?.();
  });
  taken = await places.take(wanted);
  if (gone) taken.giveBack?.();
  return taken;
}
