import { type Clock, elapsedMs } from "../clock.ts";
import { type Amount, amountOf } from "./client-row.ts";
import type { Counters } from "./counters.ts";

/** How a server stands. */
export interface ServerFigures {
  readonly upMs: number;
  readonly connected: number;
  readonly opened: number;
  /** Counts of those turned away or shown out, by the kind of guard. */
  readonly refusals: readonly (readonly [kind: string, count: number])[];
  /** Counts of those that are gone, by close code. */
  readonly closes: readonly (readonly [code: number, count: number])[];
  /** How often each fault has struck that is there on purpose. */
  readonly faults: readonly (readonly [name: string, count: number])[];
  readonly out: Flow;
  readonly in: Flow;
  /** What the rates are taken over: the time since the figures before. */
  readonly spanMs: number;
}

/** All that passed in one direction, and how much of it each second lately. */
export interface Flow extends Amount {
  readonly perSecond: Amount;
}

type Sample = { readonly ns: bigint } & Readonly<Record<"in" | "out", Amount>>;

type Counted = Pick<
  Counters,
  "opened" | "connected" | "refusals" | "closes" | "faults" | "traffic"
>;

/** Takes the figures of a server; each time the rates are those since the time before. */
export class FiguresMeter {
  readonly #counters: Counted;
  readonly #clock: Clock;
  readonly #began: bigint;
  #last: Sample;

  constructor(counters: Counted, clock: Clock) {
    this.#counters = counters;
    this.#clock = clock;
    this.#last = this.#sample();
    this.#began = this.#last.ns;
  }

  read(): ServerFigures {
    const { connected, opened, refusals, closes, faults } = this.#counters;
    const [before, now] = [this.#last, this.#sample()];
    this.#last = now;
    const spanMs = elapsedMs(before.ns, now.ns);
    return {
      upMs: elapsedMs(this.#began, now.ns),
      connected,
      opened,
      refusals: commonestFirst(refusals),
      closes: commonestFirst(closes),
      faults: commonestFirst(faults),
      out: flow(before.out, now.out, spanMs),
      in: flow(before.in, now.in, spanMs),
      spanMs,
    };
  }

  #sample(): Sample {
    const { traffic } = this.#counters;
    return {
      ns: this.#clock.now().ns,
      in: amountOf(traffic.in),
      out: amountOf(traffic.out),
    };
  }
}

function flow(before: Amount, now: Amount, spanMs: number): Flow {
  const rate = (field: keyof Amount): number =>
    spanMs > 0 ? ((now[field] - before[field]) * 1000) / spanMs : 0;
  return { ...now, perSecond: { messages: rate("messages"), bytes: rate("bytes") } };
}

function commonestFirst<Key>(
  counts: ReadonlyMap<Key, number>,
): readonly (readonly [Key, number])[] {
  return [...counts].toSorted(([, one], [, other]) => other - one);
}
