import { addressKey } from "../../transport/socket-limits.ts";
import { type Check, deny } from "./request.ts";

export interface CrowdOptions {
  /** How many clients there may be at a time. */
  readonly total?: number | undefined;
  /** From one address; an IPv6 network of 64 bits counts as one. */
  readonly perAddress?: number | undefined;
}

/**
 * Turns away who is one too many. A place is taken from the moment of admission until the socket has
 * gone, whoever has it by then: so two who ask at the same time cannot both have the last one.
 */
export function crowdCheck({ total = Infinity, perAddress = Infinity }: CrowdOptions): Check {
  const byAddress = new Map<string, number>();
  let taken = 0;
  const count = (key: string, change: 1 | -1): void => {
    taken += change;
    const left = (byAddress.get(key) ?? 0) + change;
    if (left === 0) byAddress.delete(key);
    else byAddress.set(key, left);
  };
  return ({ address, onGone }) => {
    if (taken >= total) return deny("max-connections", 503, `there are ${total} clients`);
    const key = addressKey(address);
    // A unix socket has no addresses.
    if (address !== "" && (byAddress.get(key) ?? 0) >= perAddress) {
      return deny("max-per-ip", 429, `${perAddress} clients of ${address} are there`);
    }
    count(key, 1);
    onGone(() => count(key, -1));
    return undefined;
  };
}
