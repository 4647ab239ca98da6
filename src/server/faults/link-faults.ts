import { unreachable } from "../../transport/events.ts";
import type { Shape } from "../../transport/shaped-sink.ts";
import type { Random } from "./dice.ts";
import type { LinkFault } from "./fault.ts";

/**
 * The pipe to a client; undefined where nothing is wrong with it.
 * @param random the random numbers of a fault at this client
 */
export function linkShape(
  faults: readonly LinkFault[],
  random: (fault: LinkFault) => Random,
): Shape | undefined {
  if (faults.length === 0) return undefined;
  return Object.assign({}, ...faults.map((fault) => shapeOf(fault, random))) as Shape;
}

function shapeOf(fault: LinkFault, random: (fault: LinkFault) => Random): Shape {
  switch (fault.name) {
    case "latency":
      return { latencyMs: latencyOf(fault, random(fault)) };
    case "bandwidth":
      return { bytesPerSecond: fault.bytesPerSecond };
    case "split":
      return { splitSize: fault.size };
    case "coalesce":
      return { coalesceMs: fault.ms };
    default:
      return unreachable(fault);
  }
}

/** Each from the one end of the jitter to the other, all equally likely. */
function latencyOf(
  { latencyMs, jitterMs }: { readonly latencyMs: number; readonly jitterMs: number },
  random: Random,
): () => number {
  return () => latencyMs + jitterMs * (2 * random() - 1);
}
