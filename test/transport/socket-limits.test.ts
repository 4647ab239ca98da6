import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKey, SocketCount } from "../../src/transport/socket-limits.ts";

function socketOf(remoteAddress?: string): Socket {
  return Object.assign(new EventEmitter(), { remoteAddress }) as unknown as Socket;
}

describe("what counts as one address", () => {
  it.each([
    ["127.0.0.1", "127.0.0.1"],
    ["::ffff:192.0.2.7", "192.0.2.7"],
    ["::FFFF:192.0.2.7", "192.0.2.7"],
    ["::1", "0:0:0:0::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["2001:db8:0:0:ffff::9", "2001:db8:0:0::/64"],
    ["2001:0db8:0001::", "2001:db8:1:0::/64"],
    ["2001:db8:0:1::1", "2001:db8:0:1::/64"],
    ["1:2:3:4:5:6:7:8", "1:2:3:4::/64"],
    ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ])("%s is %s", (address, key) => expect(addressKey(address)).toBe(key));
});

describe("a count of sockets", () => {
  it("lets in so many of one address, and others", () => {
    const count = new SocketCount({ perAddress: 2 });
    const first = socketOf("192.0.2.1");
    expect(count.enter(first)).toBeUndefined();
    expect(count.enter(socketOf("192.0.2.1"))).toBeUndefined();
    expect(count.enter(socketOf("::ffff:192.0.2.1"))).toBe(
      "2 sockets of ::ffff:192.0.2.1 are there",
    );
    expect(count.enter(socketOf("192.0.2.2"))).toBeUndefined();
    first.emit("close");
    expect(count.enter(socketOf("192.0.2.1"))).toBeUndefined();
  });

  it("lets in so many in all, also at a unix socket", () => {
    const count = new SocketCount({ total: 2, perAddress: 1 });
    const sockets = [socketOf(), socketOf()];
    expect(sockets.map((socket) => count.enter(socket))).toEqual([undefined, undefined]);
    expect(count.enter(socketOf("192.0.2.1"))).toBe("there are 2 sockets");
    for (const socket of sockets) socket.emit("close");
    expect(count.total).toBe(0);
  });

  it("never counts more than its limits, and nothing when all have gone", () => {
    const step = fc.record({ address: fc.integer({ min: 1, max: 3 }), close: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const count = new SocketCount({ total: 4, perAddress: 2 });
        const open: Socket[] = [];
        for (const { address, close } of steps) {
          const socket = socketOf(`192.0.2.${address}`);
          if (close) open.shift()?.emit("close");
          else if (count.enter(socket) === undefined) open.push(socket);
          expect(count.total).toBe(open.length);
          expect(open.length).toBeLessThanOrEqual(4);
          const same = open.filter((other) => other.remoteAddress === socket.remoteAddress);
          expect(same.length).toBeLessThanOrEqual(2);
        }
        for (const socket of open) socket.emit("close");
        expect(count.total).toBe(0);
      }),
    );
  });
});
