import { OwnPlaces, type Place, type Places, type Taken } from "../server/places.ts";
import { type Deferred, deferred } from "../transport/deferred.ts";

/**
 * Places of all workers together. The process that started them counts them: each asks it before it
 * lets anybody in, and tells when one goes. What a worker had that has died is free again.
 */
export type FromPlacesWorker =
  | { readonly type: "places-wanted"; readonly id: number; readonly places: readonly Place[] }
  | { readonly type: "places-given-back"; readonly id: number };

export type ToPlacesWorker = {
  readonly type: "places-told";
  readonly id: number;
  /** The name of one of which none is left; absent where all were taken. */
  readonly full?: string | undefined;
};

/** The part of a worker. */
export class WorkerPlaces implements Places {
  readonly #tell: (message: FromPlacesWorker) => void;
  readonly #waiting = new Map<number, Deferred<Taken>>();
  #count = 0;

  constructor(tell: (message: FromPlacesWorker) => void) {
    this.#tell = tell;
  }

  take(places: readonly Place[]): Promise<Taken> {
    const id = (this.#count += 1);
    const waiting = deferred<Taken>();
    this.#waiting.set(id, waiting);
    this.#tell({ type: "places-wanted", id, places });
    return waiting.promise;
  }

  hear({ id, full }: ToPlacesWorker): void {
    const giveBack = (): void => this.#tell({ type: "places-given-back", id });
    this.#waiting.get(id)?.resolve(full === undefined ? { giveBack } : { full });
    this.#waiting.delete(id);
  }
}

/** The part of the process that started the workers. */
export class PrimaryPlaces<Worker> {
  readonly #send: (worker: Worker, message: ToPlacesWorker) => void;
  readonly #places = new OwnPlaces();
  /** What gives back what each has taken. */
  readonly #taken = new Map<Worker, Map<number, () => void>>();

  constructor(send: (worker: Worker, message: ToPlacesWorker) => void) {
    this.#send = send;
  }

  hear(from: Worker, message: FromPlacesWorker): void {
    const { id } = message;
    const taken = this.#taken.get(from) ?? new Map<number, () => void>();
    this.#taken.set(from, taken);
    if (message.type === "places-given-back") {
      taken.get(id)?.();
      taken.delete(id);
    } else {
      const { full, giveBack } = this.#places.take(message.places);
      if (giveBack) taken.set(id, giveBack);
      this.#send(from, { type: "places-told", id, full });
    }
  }

  /** One that has gone tells no more. */
  left(worker: Worker): void {
    for (const giveBack of this.#taken.get(worker)?.values() ?? []) giveBack();
    this.#taken.delete(worker);
  }
}
