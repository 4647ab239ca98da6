import { describe, expect, it } from "vitest";
import { DumpConnections } from "../../src/render/dump-connections.ts";

describe("DumpConnections", () => {
  it("knows a connection from where it began until it is forgotten", () => {
    const connections = new DumpConnections();
    expect(connections.get("1")).toBeUndefined();
    const begun = connections.begin("1", 5n);
    expect(begun.openedAt).toBe(5n);
    expect(connections.get("1")).toBe(begun);
    expect(connections.of("1")).toBe(begun);
    connections.forget("1");
    expect(connections.get("1")).toBeUndefined();
  });

  it("begins what is not known, at a time that nobody knows", () => {
    const connections = new DumpConnections();
    const begun = connections.of("1");
    expect(begun.openedAt).toBeUndefined();
    expect(connections.of("1")).toBe(begun);
  });

  it("begins anew where the name comes again", () => {
    const connections = new DumpConnections();
    const first = connections.begin("1", 1n);
    expect(connections.begin("1", 2n)).not.toBe(first);
    expect(connections.of("1").openedAt).toBe(2n);
  });

  it("forgets those that began first where there are too many", () => {
    const connections = new DumpConnections();
    for (let i = 0; i <= 65_536; i++) connections.begin(String(i));
    expect(connections.get("0")).toBeUndefined();
    expect(connections.get("1")).toBeDefined();
    expect(connections.get("65536")).toBeDefined();
  });
});
