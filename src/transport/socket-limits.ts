import type { Socket } from "node:net";

/** How many sockets there may be at a time, whatever becomes of them. */
export interface SocketLimits {
  readonly total?: number | undefined;
  /** From one address. */
  readonly perAddress?: number | undefined;
}

const MAPPED_IPV4 = /^::ffff:(?=\d+\.)/i;
/** Groups of hexadecimal digits that name the network; who has one has all addresses in it. */
const NETWORK_GROUPS = 4;

/**
 * What counts as one address: an IPv4 address, also where it is written as one of IPv6, and the
 * network of an IPv6 address (64 bits), since one machine can have all that are in it.
 */
export function addressKey(address: string): string {
  const plain = address.replace(MAPPED_IPV4, "");
  if (!plain.includes(":")) return plain;
  const [head = "", tail] = (plain.split("%")[0] ?? "").split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const gap = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: gap }, () => "0"), ...after];
  return `${groups
    .slice(0, NETWORK_GROUPS)
    .map((group) => parseInt(group, 16).toString(16))
    .join(":")}::/64`;
}

/** Counts sockets from when they are accepted, so that those in a handshake are bounded, too. */
export class SocketCount {
  readonly #limits: SocketLimits;
  readonly #byAddress = new Map<string, number>();
  #total = 0;

  constructor(limits: SocketLimits) {
    this.#limits = limits;
  }

  get total(): number {
    return this.#total;
  }

  /** Counts the socket until it is closed, or says why it may not come in. */
  enter(socket: Socket): string | undefined {
    const { total = Infinity, perAddress = Infinity } = this.#limits;
    if (this.#total >= total) return `there are ${total} sockets`;
    const { remoteAddress } = socket;
    // A unix socket has no addresses.
    const key = remoteAddress === undefined ? undefined : addressKey(remoteAddress);
    if (key !== undefined && this.#of(key) >= perAddress) {
      return `${perAddress} sockets of ${remoteAddress} are there`;
    }
    this.#count(key, 1);
    socket.once("close", () => this.#count(key, -1));
    return undefined;
  }

  #of(key: string): number {
    return this.#byAddress.get(key) ?? 0;
  }

  #count(key: string | undefined, change: 1 | -1): void {
    this.#total += change;
    if (key === undefined) return;
    const count = this.#of(key) + change;
    if (count === 0) this.#byAddress.delete(key);
    else this.#byAddress.set(key, count);
  }
}
