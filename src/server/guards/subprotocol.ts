import { type Check, deny, quoted } from "./request.ts";

/** Turns away who offers no subprotocol, or none of those accepted. @param accepted empty for any */
export function subprotocolCheck(accepted: readonly string[]): Check {
  return ({ verdict: { subprotocols } }) => {
    if (subprotocols.some((name) => accepted.length === 0 || accepted.includes(name))) {
      return undefined;
    }
    const why =
      subprotocols.length === 0
        ? "it offered no subprotocol"
        : `it offered no subprotocol of ours, but ${quoted(subprotocols.join(", "))}`;
    return deny("subprotocol", 400, why);
  };
}
