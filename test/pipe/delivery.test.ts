import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { Delivery, type PipeConnection } from "../../src/pipe/delivery.ts";
import type { SendOptions } from "../../src/transport/connection.ts";
import type { ReadyState } from "../../src/transport/events.ts";
import { utf8 } from "../helpers/bytes.ts";

/** A connection that notes what it is sent, and tells what became of it when it is asked to. */
class Outlet implements Pick<PipeConnection, "state" | "send"> {
  state: ReadyState = "OPEN";
  refuses = false;
  readonly got: string[] = [];
  readonly #waiting: NonNullable<SendOptions["sent"]>[] = [];

  send(data: string | Uint8Array, { binary, fin, sent }: SendOptions = {}): Promise<void> {
    if (this.refuses) return Promise.reject(new FramecatError("abnormal", "no"));
    this.got.push(`${binary ? "binary" : "text"} ${Buffer.from(data).toString()}${fin ? "." : ""}`);
    if (sent) this.#waiting.push(sent);
    return Promise.resolve();
  }

  settle(left: boolean): void {
    this.#waiting.shift()?.(left);
  }
}

const piece = (text: string, fin = true) => ({ bytes: utf8(text), binary: false, fin });

async function isSettled(delivery: Delivery): Promise<boolean> {
  const settled = delivery.settled().then(() => true);
  const later = new Promise<false>((resolve) => {
    setImmediate(() => resolve(false));
  });
  return Promise.race([settled, later]);
}

it("hands pieces over, and is settled once all have left", async () => {
  const outlet = new Outlet();
  const delivery = new Delivery(outlet);
  expect(await isSettled(delivery)).toBe(true);
  expect(await delivery.send(piece("a", false))).toBe(true);
  expect(await delivery.send({ ...piece("b"), binary: true })).toBe(true);
  expect(outlet.got).toEqual(["text a", "binary b."]);
  outlet.settle(true);
  expect(await isSettled(delivery)).toBe(false);
  outlet.settle(true);
  expect([await isSettled(delivery), delivery.whole]).toEqual([true, true]);
});

it("is not whole when something will never leave", async () => {
  const outlet = new Outlet();
  const delivery = new Delivery(outlet);
  await delivery.send(piece("a"));
  outlet.settle(false);
  expect([await isSettled(delivery), delivery.whole]).toEqual([true, false]);
});

describe("a piece that is refused", () => {
  it.each<[ReadyState, boolean]>([
    ["CLOSING", false],
    ["CLOSED", false],
    ["CONNECTING", true],
    ["OPEN", true],
  ])("while the connection is %s: more may follow: %s", async (state, more) => {
    const outlet = new Outlet();
    Object.assign(outlet, { refuses: true, state });
    const delivery = new Delivery(outlet);
    expect(await delivery.send(piece("a"))).toBe(more);
    expect([delivery.whole, await isSettled(delivery)]).toEqual([false, true]);
  });

  it("takes the rest of its message with it, and no other", async () => {
    const outlet = new Outlet();
    const delivery = new Delivery(outlet);
    await delivery.send(piece("1", false));
    outlet.refuses = true;
    await delivery.send(piece("2", false));
    outlet.refuses = false;
    for (const next of [piece("3", false), piece("4"), piece("next")]) await delivery.send(next);
    expect(outlet.got).toEqual(["text 1", "text next."]);
  });
});

it("is not whole when something was lost before it came here", () => {
  const delivery = new Delivery(new Outlet());
  delivery.lose();
  expect(delivery.whole).toBe(false);
});
