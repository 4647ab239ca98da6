import type { Event, MessageEvent } from "../transport/events.ts";
import type { Asking } from "../transport/serve.ts";
import type { Client } from "./client.ts";
import type { Denial, Guard } from "./guard.ts";

/** A guard that has something to say to one of the questions. */
type With<Question extends keyof Guard> = Guard & Required<Pick<Guard, Question>>;

/** All guards as one, asked in their order. Of each message only those are asked who judge messages. */
export class GuardChain implements Required<Guard> {
  readonly #guards: readonly Guard[];
  readonly #hiding: readonly With<"hides">[];
  readonly #allowing: readonly With<"allows">[];
  readonly #hearing: readonly With<"heard">[];
  readonly #holdingBack: readonly With<"maySend">[];

  constructor(guards: readonly Guard[]) {
    this.#guards = guards;
    this.#hiding = guards.filter((guard) => guard.hides !== undefined) as With<"hides">[];
    this.#allowing = guards.filter((guard) => guard.allows !== undefined) as With<"allows">[];
    this.#hearing = guards.filter((guard) => guard.heard !== undefined) as With<"heard">[];
    this.#holdingBack = guards.filter((guard) => guard.maySend !== undefined) as With<"maySend">[];
  }

  async admit(asking: Asking): Promise<Denial | undefined> {
    for (const guard of this.#guards) {
      const denial = await guard.admit?.(asking);
      if (denial) return denial;
    }
    return undefined;
  }

  joined(client: Client): void {
    for (const guard of this.#guards) guard.joined?.(client);
  }

  hides(client: Client): boolean {
    for (const guard of this.#hiding) if (guard.hides(client)) return true;
    return false;
  }

  allows(client: Client, message: MessageEvent): boolean {
    for (const guard of this.#allowing) if (!guard.allows(client, message)) return false;
    return true;
  }

  heard(client: Client, event: Event): void {
    for (const guard of this.#hearing) guard.heard(client, event);
  }

  maySend(client: Client, length: number): boolean {
    for (const guard of this.#holdingBack) if (!guard.maySend(client, length)) return false;
    return true;
  }

  left(client: Client): void {
    for (const guard of this.#guards) guard.left?.(client);
  }
}
