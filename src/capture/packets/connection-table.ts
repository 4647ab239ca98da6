import type { Connection } from "./connection.ts";
import type { Endpoint } from "./endpoint.ts";
import { uint32 } from "./octets.ts";
import type { TcpSegment } from "./tcp-segment.ts";

/**
 * Connections by their addresses and ports, without making a key of them: a number that is the same
 * for both directions finds those that may be meant.
 */
export class ConnectionTable {
  readonly #buckets = new Map<number, Connection[]>();

  find(segment: TcpSegment): Connection | undefined {
    const bucket = this.#buckets.get(hashOf(segment));
    if (!bucket) return undefined;
    for (const connection of bucket) {
      const { client, server } = connection;
      if (isBetween(segment, client, server) || isBetween(segment, server, client)) {
        return connection;
      }
    }
    return undefined;
  }

  add(connection: Connection): void {
    const hash = hashOfEnds(connection);
    const bucket = this.#buckets.get(hash);
    if (bucket) bucket.push(connection);
    else this.#buckets.set(hash, [connection]);
  }

  delete(connection: Connection): void {
    const hash = hashOfEnds(connection);
    const rest = (this.#buckets.get(hash) ?? []).filter((other) => other !== connection);
    if (rest.length > 0) this.#buckets.set(hash, rest);
    else this.#buckets.delete(hash);
  }
}

/** Whether the segment was sent by the one to the other. */
export function isBetween(segment: TcpSegment, source: Endpoint, destination: Endpoint): boolean {
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
