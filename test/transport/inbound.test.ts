import { expect, it } from "vitest";
import { systemClock } from "../../src/io.ts";
import { Inbound } from "../../src/transport/inbound.ts";
import type { WsReceiver } from "../../src/transport/ws-receiver.ts";
import { toHex, utf8 } from "../helpers/bytes.ts";
import { eventually, socketPair } from "../helpers/transport.ts";

/** A receiver that is behind when the test says so. */
class FakeReceiver {
  destroyed = false;
  writableEnded = false;
  writableNeedDrain = false;
  isSuspended = false;
  readonly got: string[] = [];
  onWrite = (): void => undefined;
  #drain = (): void => undefined;

  push(chunk: Uint8Array): void {
    this.got.push(Buffer.from(chunk).toString());
    this.onWrite();
  }

  end(): void {
    this.writableEnded = true;
  }

  suspend(): void {
    this.isSuspended = true;
  }

  proceed(): void {
    this.isSuspended = false;
  }

  on(event: string, listener: () => void): this {
    if (event === "drain") this.#drain = listener;
    return this;
  }

  drain(): void {
    this.writableNeedDrain = false;
    this.#drain();
  }
}

async function begin({ isWatched = true } = {}) {
  const { here, there } = await socketPair();
  const receiver = new FakeReceiver();
  const seen: string[] = [];
  const steps: string[] = [];
  const note = (step: string) => () => void steps.push(step);
  receiver.onWrite = note("received");
  const inbound = new Inbound({
    socket: here,
    receiver: receiver as unknown as WsReceiver,
    sink: { cork: note("cork"), uncork: note("uncork") },
    role: "client",
    clock: systemClock,
    watch: isWatched ? (bytes) => seen.push(toHex(bytes)) : undefined,
  });
  return { inbound, receiver, there, here, seen, steps };
}

it("has all that is answered to a read leave together", async () => {
  const { inbound, there, steps } = await begin();
  inbound.start(utf8(""));
  there.send("read");
  await eventually(() => steps.length === 3);
  expect(steps).toEqual(["cork", "received", "uncork"]);
});

it.each([
  ["all at the moment of the read, while nobody watches the bytes", false],
  ["each at its own moment, behind what was shown of the bytes", true],
])("what a read brings about happens %s", async (_, isWatched) => {
  const { inbound, receiver, there } = await begin({ isWatched });
  const moments: bigint[] = [];
  receiver.onWrite = () => moments.push(inbound.now().ns, inbound.now().ns);
  inbound.start(utf8(""));
  there.send("read");
  await eventually(() => moments.length === 2);
  const { ns } = inbound.heardAt;
  expect(moments.map((moment) => moment === ns)).toEqual([!isWatched, !isWatched]);
  expect(inbound.now().ns).toBeGreaterThan(ns);
});

it("shows what comes, then hands it on, what came with the handshake first", async () => {
  const { inbound, receiver, there, seen } = await begin();
  const before = inbound.heardAt.ns;
  inbound.start(utf8("head"));
  await eventually(() => receiver.got.length === 1);
  there.send("more");
  await eventually(() => receiver.got.length === 2);
  expect(receiver.got).toEqual(["head", "more"]);
  expect(seen).toEqual([toHex(utf8("head")), toHex(utf8("more"))]);
  expect(inbound.heardAt.ns).toBeGreaterThan(before);
});

it("stops for who holds and for a receiver that is behind", async () => {
  const { inbound, receiver, here } = await begin();
  inbound.start(new Uint8Array(0));
  expect([inbound.isHeld, inbound.pauses, here.isPaused()]).toEqual([false, false, false]);
  const release = inbound.hold();
  expect([inbound.isHeld, inbound.pauses, here.isPaused()]).toEqual([true, true, true]);
  receiver.writableNeedDrain = true;
  release();
  expect([inbound.isHeld, inbound.pauses, here.isPaused()]).toEqual([false, true, true]);
  receiver.drain();
  expect([inbound.pauses, here.isPaused()]).toEqual([false, false]);
});

it("has nothing inflated while it is held, until nothing more comes", async () => {
  const { inbound, receiver } = await begin();
  inbound.start(new Uint8Array(0));
  expect(receiver.isSuspended).toBe(false);
  const releases = [inbound.hold(), inbound.hold()];
  releases[0]!();
  expect(receiver.isSuspended).toBe(true);
  releases[1]!();
  expect(receiver.isSuspended).toBe(false);
  inbound.hold();
  inbound.end();
  expect([receiver.isSuspended, receiver.writableEnded]).toEqual([false, true]);
});

it("drains, though it is held, and hands nothing on", async () => {
  const { inbound, receiver, there, here } = await begin();
  inbound.start(new Uint8Array(0));
  inbound.hold();
  inbound.drain();
  there.send("too late");
  await eventually(() => inbound.tally.wireBytes === 8);
  expect([receiver.got, here.isPaused()]).toEqual([[], false]);
});

it("counts messages, payloads and bytes, and what of them are pings and pongs", async () => {
  const { inbound } = await begin();
  inbound.push(Buffer.alloc(20));
  inbound.countMessage(Buffer.alloc(9));
  inbound.countControl(Buffer.alloc(5));
  expect(inbound.tally).toEqual({ messages: 1, payloadBytes: 9, wireBytes: 20 });
  expect(inbound.messageBytes).toBe(20 - 7);
});
