import { describe, expect, it } from "vitest";
import type { SendOptions } from "../../src/transport/connection.ts";
import { Outbox, type Outlet } from "../../src/transport/outbox.ts";
import { expectFailure } from "../helpers/transport.ts";

/** A connection whose kernel takes what the test says. */
class FakeOutlet implements Outlet {
  state: Outlet["state"] = "OPEN";
  readonly got: string[] = [];
  readonly #sent: ((ok: boolean) => void)[] = [];
  #room: (() => void) | undefined;
  congested = false;

  send(data: string | Uint8Array, { fin = true, sent }: SendOptions = {}): Promise<void> {
    this.got.push(`${String(data)}${fin ? "" : "…"}`);
    this.#sent.push((ok) => sent?.(ok));
    if (!this.congested) return Promise.resolve();
    return new Promise((resolve) => (this.#room = resolve));
  }

  /** The kernel takes the next so many. */
  take(count: number): void {
    for (const sent of this.#sent.splice(0, count)) sent(true);
    this.#room?.();
  }

  die(): void {
    this.state = "CLOSED";
    for (const sent of this.#sent.splice(0)) sent(false);
    this.#room?.();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** An outbox that is online and has sent its first messages. */
async function online(...first: string[]) {
  const outbox = new Outbox(first.map((data) => ({ data: Buffer.from(data), binary: false })));
  const outlet = new FakeOutlet();
  outbox.online(outlet);
  await turn();
  return { outbox, outlet };
}

async function again(outbox: Outbox) {
  const outlet = new FakeOutlet();
  outbox.online(outlet);
  await turn();
  return outlet;
}

const bytes = (text: string) => Buffer.from(text);

describe("in order", () => {
  it("first messages, what waited, what is new", async () => {
    const outbox = new Outbox([{ data: bytes("first"), binary: true }]);
    void outbox.send(bytes("waited"));
    expect([outbox.queued, outbox.queuedBytes, outbox.unsent]).toEqual([1, 6, 1]);
    const outlet = new FakeOutlet();
    outbox.online(outlet);
    void outbox.send(bytes("new"));
    await turn();
    expect(outlet.got).toEqual(["first", "waited", "new"]);
    outlet.take(2);
    expect([outbox.queued, outbox.unsent]).toEqual([0, 1]);
  });

  it("no faster than the connection takes it", async () => {
    const outbox = new Outbox([]);
    for (const text of ["a", "b", "c"]) void outbox.send(bytes(text));
    const outlet = new FakeOutlet();
    outlet.congested = true;
    outbox.online(outlet);
    await turn();
    void outbox.send(bytes("d"));
    expect([outlet.got, outbox.queued]).toEqual([["a"], 3]);
    outlet.take(1);
    await turn();
    expect(outlet.got).toEqual(["a", "b"]);
    outbox.flush();
    expect([outlet.got, outbox.queued]).toEqual([["a", "b", "c", "d"], 0]);
  });

  it("what the kernel had not taken goes back, before what waited", async () => {
    const { outbox, outlet } = await online("first");
    for (const text of ["a", "b", "c"]) void outbox.send(bytes(text));
    outlet.take(2);
    outlet.state = "CLOSING";
    void outbox.send(bytes("d"));
    outlet.die();
    expect(outbox.offline()).toBe(0);
    void outbox.send(bytes("e"));
    expect((await again(outbox)).got).toEqual(["first", "b", "c", "d", "e"]);
  });

  it("what dies while it is being caught up with goes back as well", async () => {
    const outbox = new Outbox([]);
    for (const text of ["a", "b", "c"]) void outbox.send(bytes(text));
    const outlet = new FakeOutlet();
    outlet.congested = true;
    outbox.online(outlet);
    await turn();
    outlet.die();
    outbox.offline();
    await turn();
    expect(outlet.got).toEqual(["a"]);
    expect((await again(outbox)).got).toEqual(["a", "b", "c"]);
  });
});

describe("a message in fragments", () => {
  const fragment = { fin: false };

  it("is sent whole where none of it has left", async () => {
    const { outbox, outlet } = await online();
    void outbox.send(bytes("a"), fragment);
    outlet.die();
    expect(outbox.offline()).toBe(0);
    void outbox.send(bytes("b"), fragment);
    const next = await again(outbox);
    void outbox.send(bytes("c"));
    expect(next.got).toEqual(["a…", "b…", "c"]);
  });

  it("is cut where some of it has left, and its next fragment ends it", async () => {
    const { outbox, outlet } = await online();
    const told: boolean[] = [];
    const sent = (ok: boolean) => told.push(ok);
    void outbox.send(bytes("a"), { ...fragment, sent });
    void outbox.send(bytes("b"), { ...fragment, sent });
    outlet.take(1);
    outlet.die();
    expect([outbox.offline(), outbox.unsent, told]).toEqual([1, 0, [true, false]]);
    await expectFailure(outbox.send(bytes("c"), fragment), "abnormal", /lost within this message/);
    void outbox.send(bytes("whole"));
    expect((await again(outbox)).got).toEqual(["whole"]);
  });

  it("is cut, too, where only its end has not left", async () => {
    const { outbox, outlet } = await online();
    void outbox.send(bytes("a"), fragment);
    void outbox.send(bytes("b"));
    void outbox.send(bytes("whole"));
    outlet.take(1);
    outlet.die();
    expect(outbox.offline()).toBe(1);
    expect((await again(outbox)).got).toEqual(["whole"]);
  });

  it("is told as cut once, however many connections are lost after", async () => {
    const { outbox, outlet } = await online();
    void outbox.send(bytes("a"), fragment);
    outlet.take(1);
    outlet.die();
    expect(outbox.offline()).toBe(1);
    (await again(outbox)).die();
    expect(outbox.offline()).toBe(0);
  });
});

describe("in the end", () => {
  it("tells who sent that it never left, and lets go of who waits", async () => {
    const outbox = new Outbox([], { messages: 1, bytes: 1000 });
    const told: boolean[] = [];
    const sending = outbox.send(bytes("a"), { sent: (ok) => told.push(ok) });
    expect(outbox.full).toBe(true);
    outbox.end();
    await sending;
    expect([told, outbox.unsent, outbox.queued]).toEqual([[false], 1, 1]);
  });

  it("counts first messages that never left, and each message once", async () => {
    const { outbox, outlet } = await online("x", "y");
    void outbox.send(bytes("a"), { fin: false });
    void outbox.send(bytes("b"));
    outlet.take(1);
    expect(outbox.unsent).toBe(2);
    outlet.die();
    outbox.offline();
    expect(outbox.unsent).toBe(2);
  });
});
