import { addressKey } from "../../transport/socket-limits.ts";
import type { Guard } from "../guard.ts";
import { occupy, OwnPlaces, type Place, type Places } from "../places.ts";
import { deny } from "./request.ts";

export interface CrowdOptions {
  /** How many clients there may be at a time. */
  readonly total?: number | undefined;
  /** From one address; an IPv6 network of 64 bits counts as one. */
  readonly perAddress?: number | undefined;
  /** Where they are counted. Default: here. */
  readonly places?: Places | undefined;
}

const ALL = "clients";

/**
 * Turns away who is one too many. A place is taken from the moment of admission until the socket has
 * gone, whoever has it by then.
 */
export function crowdGuard(options: CrowdOptions): Guard {
  const { total = Infinity, perAddress = Infinity, places = new OwnPlaces() } = options;
  return {
    admit: async ({ address, onGone }) => {
      const { full } = await occupy(places, placesOf(address, { total, perAddress }), onGone);
      if (full === undefined) return undefined;
      if (full === ALL) return deny("max-connections", 503, `there are ${total} clients`);
      return deny("max-per-ip", 429, `${perAddress} clients of ${address} are there`);
    },
  };
}

/** What a client takes; a unix socket has no addresses. */
function placesOf(
  address: string,
  { total, perAddress }: { readonly total: number; readonly perAddress: number },
): readonly Place[] {
  const all = { name: ALL, most: total };
  if (address === "") return [all];
  return [all, { name: `${ALL} of ${addressKey(address)}`, most: perAddress }];
}
