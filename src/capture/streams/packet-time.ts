import type { Moment } from "../../clock.ts";

const NS_PER_SECOND = 1_000_000_000n;

/** When a packet was captured, since 1970. */
export interface Stamp {
  readonly seconds: number;
  readonly nanoseconds: number;
}

/**
 * The time of what is being decoded. One object for a whole capture, set for each packet: it becomes
 * a `Moment` only where something is told, once for everything of the same packet.
 */
export class PacketTime implements Stamp {
  seconds = 0;
  nanoseconds = 0;
  #moment: Moment | undefined;
  /** The whole second in nanoseconds, which is the same for many packets. */
  #secondNs = 0n;

  set({ seconds, nanoseconds }: Stamp): void {
    if (seconds === this.seconds && nanoseconds === this.nanoseconds) return;
    if (seconds !== this.seconds) this.#secondNs = BigInt(seconds) * NS_PER_SECOND;
    this.seconds = seconds;
    this.nanoseconds = nanoseconds;
    this.#moment = undefined;
  }

  /** @param tsNs nanoseconds since 1970 */
  setNs(tsNs: bigint): void {
    this.set({
      seconds: Number(tsNs / NS_PER_SECOND),
      nanoseconds: Number(tsNs % NS_PER_SECOND),
    });
  }

  get tsNs(): bigint {
    return this.moment().ns;
  }

  moment(): Moment {
    this.#moment ??= {
      epochUs: this.seconds * 1e6 + Math.floor(this.nanoseconds / 1e3),
      ns: this.#secondNs + BigInt(this.nanoseconds),
    };
    return this.#moment;
  }
}
