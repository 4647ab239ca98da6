import { type Clock, elapsedMs } from "../clock.ts";
import { clientPicture, type PictureOptions } from "../render/client-picture.ts";
import type { ClientRow } from "../server/client-row.ts";
import { FiguresMeter, type ServerFigures } from "../server/figures.ts";
import type { Listener } from "../server/listener.ts";

interface Order {
  readonly name: string;
  /** The larger comes first; undefined leaves them in the order of coming. */
  readonly by?: (row: ClientRow) => number;
}

const ORDERS: readonly [Order, ...Order[]] = [
  { name: "by arrival" },
  { name: "by bytes", by: (row) => row.in.bytes + row.out.bytes },
  { name: "by buffered", by: ({ buffered }) => buffered },
  { name: "by rtt", by: ({ rttMs = -1 }) => rttMs },
];

const STEPS: Readonly<Record<string, number>> = { Up: -1, Down: 1, PageUp: -10, PageDown: 10 };

/** A little less than what a picture stands for. */
const LEAST_SPAN_MS = 900;

/** The live table of clients: what it shows, and what its keys do. */
export class ListenPicture {
  readonly #listener: Listener;
  readonly #clock: Clock;
  readonly #meter: FiguresMeter;
  #figures: ServerFigures | undefined;
  #readNs = 0n;
  #order: Order = ORDERS[0];
  #above = 0;

  constructor(listener: Listener, clock: Clock) {
    this.#listener = listener;
    this.#clock = clock;
    this.#meter = new FiguresMeter(listener.counters, clock);
  }

  draw(options: PictureOptions): string[] {
    const figures = this.#read();
    const clients = this.#sorted();
    this.#above = Math.max(0, Math.min(this.#above, clients.length - 1));
    return clientPicture(
      { figures, clients, order: this.#order.name, above: this.#above },
      options,
    );
  }

  /** @returns whether there is something new to see */
  press(key: string): boolean {
    const step = STEPS[key];
    if (key === "s") this.#order = ORDERS[ORDERS.indexOf(this.#order) + 1] ?? ORDERS[0];
    else if (key === "p") pingAll(this.#listener);
    else if (step !== undefined) this.#above += step;
    else return false;
    return true;
  }

  /** A key that is pressed in between does not make the time shorter that the rates are of. */
  #read(): ServerFigures {
    const { ns } = this.#clock.now();
    if (this.#figures && elapsedMs(this.#readNs, ns) < LEAST_SPAN_MS) return this.#figures;
    this.#readNs = ns;
    return (this.#figures = this.#meter.read());
  }

  #sorted(): readonly ClientRow[] {
    const rows = this.#listener.rows();
    const { by } = this.#order;
    return by ? rows.toSorted((one, other) => by(other) - by(one)) : rows;
  }
}

function pingAll({ clients }: Listener): void {
  for (const { connection, isOpen } of clients.all()) if (isOpen) void connection.ping();
}
