import { once } from "node:events";
import { expect, it } from "vitest";
import { SocketSink } from "../../src/transport/socket-sink.ts";
import { toHex, utf8 } from "../helpers/bytes.ts";
import { socketPair } from "../helpers/transport.ts";

it("writes to the socket, shows what it writes, and counts it", async () => {
  const { here, there } = await socketPair();
  const seen: string[] = [];
  const sink = new SocketSink(here, (bytes) => seen.push(toHex(bytes)));
  const sent = new Promise((resolve) => sink.write(utf8("b"), resolve));
  sink.cork();
  sink.write("äc");
  const last = new Promise((resolve) => sink.write(utf8("d"), resolve));
  sink.uncork();
  expect([await sent, await last]).toEqual([null, null]);
  expect((await there.bytes(5)).toString()).toBe("bäcd");
  expect([seen, sink.bytes]).toEqual([["62", "c3a463", "64"], 5]);
});

it("gathers what is written while it is corked, also small parts beside large ones", async () => {
  const { here, there } = await socketPair();
  const sink = new SocketSink(here);
  const parts = [utf8("a"), Buffer.alloc(100_000, "b"), utf8("c"), utf8("d")];
  for (const some of [parts, parts.slice(2)]) {
    const told: number[] = [];
    sink.cork();
    sink.cork();
    const sent = some.map(
      (bytes, i) =>
        new Promise<void>((resolve) =>
          sink.write(bytes, (error) => {
            if (!error) told.push(i);
            resolve();
          }),
        ),
    );
    sink.uncork();
    expect(here.writableLength).toBe(0);
    sink.uncork();
    await Promise.all(sent);
    expect(told).toEqual(some.map((_, i) => i));
    const expected = Buffer.concat(some);
    expect((await there.bytes(expected.length)).equals(expected)).toBe(true);
    there.take();
  }
});

it("tells what the kernel had taken when the socket is destroyed, and what not", async () => {
  const { here, there } = await socketPair();
  there.socket.pause();
  const sink = new SocketSink(here);
  const told: Record<string, boolean> = {};
  const write = (name: string, bytes: Uint8Array) =>
    sink.write(bytes, (error) => void (told[name] = !error));
  write("small", utf8("taken at once"));
  write("big", Buffer.alloc(16 * 1024 * 1024));
  write("behind", utf8("waits"));
  expect(sink.destroyed).toBe(false);
  here.destroy();
  await once(here, "close");
  expect(told).toEqual({ small: true, big: false, behind: false });
});

it("keeps what waits for the kernel out of the queue of the socket, and in order", async () => {
  const { here, there } = await socketPair();
  there.socket.pause();
  const sink = new SocketSink(here);
  const big = Buffer.alloc(16 * 1024 * 1024, "b");
  const told: number[] = [];
  const parts = [big, ...Array.from({ length: 100 }, (_, i) => utf8(`${i},`)), big.subarray(1)];
  const all = parts.map(
    (part, i) =>
      new Promise<void>((resolve) =>
        sink.write(part, (error) => {
          if (!error) told.push(i);
          resolve();
        }),
      ),
  );
  expect(here.writableLength).toBe(big.length);
  there.socket.resume();
  await Promise.all(all);
  expect(told).toEqual(parts.map((_, i) => i));
  const expected = Buffer.concat(parts);
  expect((await there.bytes(expected.length)).equals(expected)).toBe(true);
});

it("ends the socket behind what waits for the kernel", async () => {
  const { here, there } = await socketPair();
  there.socket.pause();
  const sink = new SocketSink(here);
  const big = Buffer.alloc(16 * 1024 * 1024);
  sink.write(big);
  sink.write("last");
  sink.end();
  there.socket.resume();
  await there.end();
  expect(there.received.subarray(big.length).toString()).toBe("last");
});

it("does not count what a dead socket is given", async () => {
  const { here } = await socketPair();
  here.on("error", () => undefined);
  here.destroy();
  const seen: unknown[] = [];
  const sink = new SocketSink(here, (bytes) => seen.push(bytes));
  const error = await new Promise((resolve) => sink.write(utf8("late"), resolve));
  expect(error).toBeInstanceOf(Error);
  expect([sink.destroyed, sink.bytes, seen]).toEqual([true, 0, []]);
});

it("ends the socket behind what was written, and loses what comes later", async () => {
  const { here, there } = await socketPair();
  const seen: string[] = [];
  const sink = new SocketSink(here, (bytes) => seen.push(toHex(bytes)));
  sink.write("a");
  sink.end();
  const error = await new Promise((resolve) => sink.write("b", resolve));
  await there.end();
  expect([there.received.toString(), seen, sink.bytes]).toEqual(["a", ["61"], 1]);
  expect(error).toBeInstanceOf(Error);
});

it("tells at once that what is written to a destroyed socket is lost", async () => {
  const { here } = await socketPair();
  const sink = new SocketSink(here);
  here.destroy();
  const told: string[] = [];
  sink.write(utf8("late"), (error) => void told.push(error?.message ?? "sent"));
  expect([told, sink.bytes]).toEqual([[expect.stringContaining("was destroyed")], 0]);
});
