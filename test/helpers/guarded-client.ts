import { onTestFinished, vi } from "vitest";
import type { Clock } from "../../src/clock.ts";
import type { FramecatError } from "../../src/errors.ts";
import { Client } from "../../src/server/client.ts";
import type { Guard } from "../../src/server/guard.ts";
import type { Connection } from "../../src/transport/connection.ts";
import type { MessageEvent } from "../../src/transport/events.ts";
import { NO_TRAFFIC } from "../../src/transport/traffic.ts";
import { askingOf } from "./asking.ts";

/** The clock that fake timers move. */
export const fakeClock: Clock = {
  now: () => ({ epochUs: Date.now() * 1000, ns: BigInt(Date.now()) * 1_000_000n }),
};

/** Has timers and the clock stand still until the test moves them. */
export function stopTime(): void {
  vi.useFakeTimers({ now: 1_000_000 });
  onTestFinished(() => void vi.useRealTimers());
}

/** A client whose connection is played: what is done with it is kept as words, in order. */
export function guardedClient(guard: Guard, asking = askingOf()) {
  const done: string[] = [];
  const connection = {
    id: "1",
    state: "OPEN",
    backlog: 0,
    bytesReceived: 0,
    progress: undefined as number | undefined,
    held: false,
    midMessage: false,
    traffic: { in: NO_TRAFFIC.in, out: NO_TRAFFIC.out },
    heardAt: fakeClock.now(),
    hold: () => () => undefined,
    send: (data: string) => Promise.resolve(void done.push(`send ${data}`)),
    ping: () => Promise.resolve(void done.push("ping")),
    close: (code: number, reason: string) => {
      connection.state = "CLOSING";
      done.push(`close ${code} ${reason}`);
      return Promise.resolve();
    },
    fail: (error: FramecatError) => {
      connection.state = "CLOSING";
      done.push(`fail ${error.code}`);
      guard.heard?.(client, event({ type: "error", code: error.code, message: error.message }));
    },
    terminate: () => void done.push("terminate"),
  };
  const client = new Client(connection as unknown as Connection, asking, {
    since: fakeClock.now(),
    refuse: (kind, why) => void done.push(`${kind}: ${why}`),
    onFree: () => void done.push("free"),
  });
  return {
    client,
    connection,
    done,
    receives: (text: string) => guard.allows?.(client, messageOf(text)),
  };
}

type Body<T> = T extends unknown ? Omit<T, "conn" | "at"> : never;
type Event = Parameters<NonNullable<Guard["heard"]>>[1];

export function event(body: Body<Event>): Event {
  return { ...body, conn: "1", at: fakeClock.now() };
}

export function messageOf(data: string | Uint8Array, dir: "in" | "out" = "in"): MessageEvent {
  const kind = typeof data === "string" ? "text" : "binary";
  return { type: "message", conn: "1", at: fakeClock.now(), dir, kind, data: Buffer.from(data) };
}
