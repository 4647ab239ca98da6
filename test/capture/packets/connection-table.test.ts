import { describe, expect, it } from "vitest";
import { IpHeader } from "../../../src/capture/packets/ip.ts";
import { TcpSegment } from "../../../src/capture/packets/tcp-segment.ts";
import { type Connection } from "../../../src/capture/packets/connection.ts";
import { ConnectionTable } from "../../../src/capture/packets/connection-table.ts";
import { ipv4, ipv6, tcp, Wire } from "../../helpers/packets.ts";

function segment(packet: Uint8Array): TcpSegment {
  const ip = new IpHeader();
  expect(ip.decode(packet, 0, packet.length, 0)).toBe(true);
  const found = new TcpSegment();
  expect(found.decode(ip, packet, ip.start, ip.end, 0)).toBe(true);
  return found;
}

function connection(sourcePort: number): Connection {
  const wire = new Wire().send({ sourcePort, flags: 2 });
  return wire.recorder.connections[0]!;
}

const back = { source: [10, 0, 0, 2], destination: [10, 0, 0, 1] };

describe("connections", () => {
  it("are found from either side, until they are deleted", () => {
    const table = new ConnectionTable();
    const all = Array.from({ length: 60 }, (_, i) => connection(1000 + i));
    for (const one of all) table.add(one);
    all.forEach((one, i) => {
      const there = segment(ipv4(tcp({ sourcePort: 1000 + i })));
      const answer = tcp({ sourcePort: 80, destinationPort: 1000 + i });
      expect(table.find(there)).toEqual({ connection: one, flow: one.flows[0] });
      expect(table.find(segment(ipv4(answer, back)))?.flow).toBe(one.flows[1]);
      table.delete(one);
      expect(table.find(there)).toBeUndefined();
    });
  });

  it("differ in ports, addresses and their versions", () => {
    const table = new ConnectionTable();
    table.add(connection(1000));
    expect(table.find(segment(ipv4(tcp({ destinationPort: 81 }))))).toBeUndefined();
    expect(table.find(segment(ipv4(tcp({}), { source: [10, 0, 0, 3] })))).toBeUndefined();
    expect(table.find(segment(ipv4(tcp({}), back)))).toBeUndefined();
    expect(table.find(segment(ipv6(tcp({}))))).toBeUndefined();
  });

  it("of the same hash stay apart", () => {
    // Swapping the ports alone does not change the hash of equal addresses.
    const ends = { source: [10, 0, 0, 1], destination: [10, 0, 0, 1] };
    const one = segment(ipv4(tcp({ sourcePort: 5, destinationPort: 5 }), ends));
    const other = segment(ipv4(tcp({ sourcePort: 7, destinationPort: 7 }), ends));
    const end = (port: number) => ({ address: Uint8Array.of(10, 0, 0, 1), port });
    const fake = (port: number) => {
      const flow = { source: end(port), destination: end(port) };
      return { client: end(port), server: end(port), flows: [flow, flow] } as unknown as Connection;
    };
    const table = new ConnectionTable();
    const [five, seven] = [fake(5), fake(7)];
    table.add(five);
    table.add(seven);
    expect(table.find(one)?.connection).toBe(five);
    expect(table.find(other)?.connection).toBe(seven);
    table.delete(five);
    expect(table.find(one)).toBeUndefined();
    expect(table.find(other)?.connection).toBe(seven);
  });
});
