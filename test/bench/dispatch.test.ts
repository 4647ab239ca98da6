import { describe, expect, it } from "vitest";
import { Dispatch, type Sender } from "../../src/bench/dispatch.ts";
import { Pacer } from "../../src/bench/pacer.ts";
import { FakeWorker } from "../helpers/load-user.ts";

/** A sender that writes down what it is told. */
const sender = (name: string, log: string[]): Sender => ({
  plan: (dueAt) => void log.push(`${name}${dueAt}`),
  flush: (now) => void log.push(`${name}!${now}`),
});

/** Senders called by the letters, whose messages are due each 10 ms from 0 on. */
function dispatch(names: string) {
  const { load } = new FakeWorker({
    model: "open",
    ratePerSecond: 100,
    per: "total",
    arrival: "constant",
  });
  const log: string[] = [];
  const senders = Array.from(names, (name) => sender(name, log));
  const pacer = new Pacer({ ratePerSecond: 100, arrival: "constant", startMs: 0, random: () => 0 });
  return { load, log, senders, dispatch: new Dispatch(pacer, senders, load) };
}

it("deals messages out in turn, and has each sender send once", () => {
  const { dispatch: dealer, log } = dispatch("abc");
  dealer.pump(35);
  expect(log.splice(0)).toEqual(["a0", "b10", "c20", "a30", "a!35", "b!35", "c!35"]);
  expect(dealer.next).toBe(40);
  dealer.pump(39);
  expect(log.splice(0)).toEqual([]);
  dealer.pump(40);
  expect(log).toEqual(["b40", "b!40"]);
});

it("plans nothing after the moment that is the end", () => {
  const { dispatch: dealer, log } = dispatch("a");
  dealer.pump(35, 20);
  expect([log, dealer.next]).toEqual([["a0", "a10", "a20", "a!35"], 30]);
});

describe("senders may change", () => {
  it("while it runs", () => {
    const { dispatch: dealer, log, senders } = dispatch("abc");
    dealer.pump(10);
    senders.splice(1, 2);
    dealer.pump(20);
    senders.push(sender("d", log));
    dealer.pump(40);
    expect(log.filter((entry) => !entry.includes("!"))).toEqual(["a0", "b10", "a20", "d30", "a40"]);
  });

  it("to none, so that nothing can be sent", () => {
    const { dispatch: dealer, load } = dispatch("");
    load.openWindow(3, 0);
    dealer.pump(100);
    expect(load.ledger).toMatchObject({ planned: 3, unsent: 3, sent: 0 });
  });
});
