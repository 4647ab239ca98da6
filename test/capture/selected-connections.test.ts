import { describe, expect, it } from "vitest";
import { SelectedConnections } from "../../src/capture/selected-connections.ts";
import { handshakeAt, messageAt } from "../helpers/connect-events.ts";
import { framesAt } from "../helpers/dump-events.ts";

const message = messageAt(0, "in", "a");

describe("connections in scope", () => {
  it.each([
    [undefined, true],
    ["1", true],
    ["2", false],
    ["127.0.0.1:8080", true],
    ["feed.example.net:9000", true],
    ["user@feed.example.net:9000", false],
    ["127.0.0.1", false],
  ])("%s: %s", (name, inScope) => {
    const connections = new SelectedConnections(name === undefined ? undefined : new Set([name]));
    connections.of(handshakeAt(0, { url: "ws://user@feed.example.net:9000/x" }));
    expect(connections.of(message).inScope).toBe(inScope);
  });

  it.each([
    ["1", "1.3", true],
    ["1.3", "1.3", true],
    ["1.3", "1.5", false],
    ["1.3", "1", false],
    ["1", "11.3", false],
    ["1", "1.x", false],
    ["11", "1.1", false],
  ])("%s selects the stream %s: %s", (name, conn, inScope) => {
    const connections = new SelectedConnections(new Set([name]));
    expect(connections.of({ ...handshakeAt(0), conn }).inScope).toBe(inScope);
    expect(connections.of({ ...message, conn }).inScope).toBe(inScope);
  });

  it("have a name alone where their handshake is not there", () => {
    const connections = new SelectedConnections(new Set(["1", "127.0.0.1:8080"]));
    expect(connections.of(message).inScope).toBe(true);
    expect(connections.of({ ...message, conn: "7" }).inScope).toBe(false);
  });
});

describe("what is known of a connection", () => {
  it("begins anew with a handshake, and ends where it is forgotten", () => {
    const connections = new SelectedConnections(undefined);
    const first = connections.of(handshakeAt(0));
    expect(connections.of(message)).toBe(first);
    const second = connections.of(handshakeAt(1));
    expect([second === first, connections.of(message) === second]).toEqual([false, true]);
    connections.forget("1");
    connections.forget("never");
    expect(connections.of(message).handshake).toBeUndefined();
  });

  it.each([
    ["connections", { maxConnections: 3 }],
    ["bytes", { maxHeld: 3 * (512 + 14 + 32) }],
  ])("is bounded in %s", (_, limits) => {
    const connections = new SelectedConnections(undefined, limits);
    for (let i = 1; i <= 9; i++) connections.of({ ...handshakeAt(0), conn: String(i) });
    const known = [6, 7, 8, 9].map((i) => connections.of({ ...message, conn: String(i) }));
    // Those that are asked for anew drive out the oldest in turn, where connections are counted.
    expect(known[0]!.handshake).toBeUndefined();
    const fresh = new SelectedConnections(undefined, limits);
    for (let i = 1; i <= 9; i++) fresh.of({ ...handshakeAt(0), conn: String(i) });
    expect(fresh.of({ ...message, conn: "9" }).handshake).toBeDefined();
  });

  it("keeps a handshake until it was given, however many there are", () => {
    const connections = new SelectedConnections(undefined, { maxHeld: 3 * (512 + 14 + 32) });
    const begin = (conn: string) => connections.of({ ...handshakeAt(0), conn });
    const first = begin("1");
    for (let i = 2; i <= 9; i++) {
      const shown = begin(String(i));
      connections.show(String(i), shown);
      expect([shown.handshake, shown.shown]).toEqual([undefined, true]);
    }
    expect(connections.of(message)).toBe(first);
    expect(first.handshake).toBeDefined();
    // It was forgotten, and what it took is not subtracted again.
    connections.forget("1");
    connections.show("1", first);
    for (let i = 10; i <= 13; i++) begin(String(i));
    expect(connections.of({ ...message, conn: "10" }).handshake).toBeUndefined();
    expect(connections.of({ ...message, conn: "11" }).handshake).toBeDefined();
  });

  it("tells the parts of compressed messages, by direction", () => {
    const connection = new SelectedConnections(undefined).of(message);
    const frames = framesAt("1", [
      { ms: 0, opcode: 1, fin: false, rsv1: true },
      { ms: 0, opcode: 9 },
      { ms: 0, opcode: 2, maskKey: 1 },
      { ms: 0, opcode: 0 },
      { ms: 0, opcode: 2 },
    ]);
    const compressed = frames.map((event) => connection.isCompressed(event));
    expect(compressed).toEqual([true, false, false, true, false]);
    expect(connection.isCompressed(message)).toBe(false);
  });
});
