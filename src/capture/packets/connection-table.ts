import type { Connection } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Flow } from "./flow.ts";
import { uint32 } from "./octets.ts";
import type { TcpSegment } from "./tcp-segment.ts";

/** A connection, and which of its directions a segment belongs to. */
export interface Route {
  readonly connection: Connection;
  readonly flow: Flow;
}

/**
 * Connections by their addresses and ports, without making a key of them: a number that is the same
 * for both directions finds those that may be meant.
 */
export class ConnectionTable {
  readonly #buckets = new Map<number, Route[]>();

  find(segment: TcpSegment): Route | undefined {
    const bucket = this.#buckets.get(hashOf(segment));
    if (!bucket) return undefined;
    for (const route of bucket) {
      const { source, destination } = route.flow;
      if (isBetween(segment, source, destination)) return route;
    }
    return undefined;
  }

  add(connection: Connection): void {
    const hash = hashOfEnds(connection);
    const bucket = this.#buckets.get(hash);
    const routes = connection.flows.map((flow) => ({ connection, flow }));
    if (bucket) bucket.push(...routes);
    else this.#buckets.set(hash, routes);
  }

  delete(connection: Connection): void {
    const hash = hashOfEnds(connection);
    const rest = (this.#buckets.get(hash) ?? []).filter((route) => route.connection !== connection);
    if (rest.length > 0) this.#buckets.set(hash, rest);
    else this.#buckets.delete(hash);
  }
}

/** Whether the segment was sent by the one to the other. */
function isBetween(segment: TcpSegment, source: Endpoint, destination: Endpoint): boolean {
  if (segment.sourcePort !== source.port || segment.destinationPort !== destination.port) {
    return false;
  }
  const { addressBytes, addressLength, sourceAddress, destinationAddress } = segment;
  if (addressLength !== source.address.length) return false;
  return (
    isAt(source.address, addressBytes, sourceAddress) &&
    isAt(destination.address, addressBytes, destinationAddress)
  );
}

function isAt(address: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < address.length; i += 4) {
    if (uint32(address, i) !== uint32(bytes, at + i)) return false;
  }
  return true;
}

function hashOf(segment: TcpSegment): number {
  const { addressBytes, addressLength, sourceAddress, destinationAddress } = segment;
  return (
    hashEnd(addressBytes, sourceAddress, addressLength, segment.sourcePort) ^
    hashEnd(addressBytes, destinationAddress, addressLength, segment.destinationPort)
  );
}

function hashOfEnds({ client, server }: Connection): number {
  return (
    hashEnd(client.address, 0, client.address.length, client.port) ^
    hashEnd(server.address, 0, server.address.length, server.port)
  );
}

function hashEnd(bytes: Uint8Array, at: number, length: number, port: number): number {
  let hash = Math.imul(port ^ 0x9e3779b9, 0x85ebca6b);
  for (let i = 0; i < length; i += 4) {
    hash = Math.imul(hash ^ (hash >>> 15) ^ uint32(bytes, at + i), 0xc2b2ae35);
  }
  return hash ^ (hash >>> 16);
}
