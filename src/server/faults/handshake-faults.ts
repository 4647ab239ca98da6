import { acceptKey } from "../../protocol/accept-key.ts";
import type { HttpHead } from "../../protocol/http-head.ts";
import { unreachable } from "../../transport/events.ts";
import type { Welcome } from "../../transport/serve.ts";
import { type Random, striker } from "./dice.ts";
import type { HandshakeFault, TellFault } from "./fault.ts";

/**
 * How a client is answered.
 * @param random the random numbers of a fault at this client
 */
export function handshakeFaults(
  faults: readonly HandshakeFault[],
  random: (fault: HandshakeFault) => Random,
  tell: TellFault,
): Pick<Welcome, "alterResponse" | "stallMs"> {
  const struck = faults.filter((fault) => striker(fault.when, random(fault))(1));
  return Object.assign({}, ...struck.map((fault) => act(fault, tell))) as Welcome;
}

function act(fault: HandshakeFault, tell: TellFault): Welcome {
  switch (fault.name) {
    case "wrong-accept":
      tell("wrong-accept", "Sec-WebSocket-Accept is that of another key");
      return { alterResponse: withWrongAccept };
    case "stall-handshake":
      tell("stall-handshake", stallWords(fault.ms));
      return { stallMs: fault.ms };
    default:
      return unreachable(fault);
  }
}

function stallWords(ms: number): string {
  return ms === Infinity ? "the request is not answered" : `the answer comes after ${ms} ms`;
}

function withWrongAccept({ startLine, headers }: HttpHead): HttpHead {
  return {
    startLine,
    headers: headers.map(([name, value]) => {
      return [name, name === "Sec-WebSocket-Accept" ? acceptKey("another key") : value] as const;
    }),
  };
}
