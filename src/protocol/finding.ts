import { type RuleId, type Violation, violation } from "./rules.ts";

/** From the client to the server, or back. */
export type Flow = "c2s" | "s2c";

export function opposite(flow: Flow): Flow {
  return flow === "c2s" ? "s2c" : "c2s";
}

/** A frame by its number within its flow, from 0 on, and where its header begins there, in bytes. */
export interface FramePlace {
  readonly part: "frame";
  readonly flow: Flow;
  readonly frame: number;
  readonly offset: number;
}

/** What a finding is about: one of the two heads, a frame, or the end of a flow. */
export type Place =
  | { readonly part: "request" | "response" }
  | FramePlace
  | { readonly part: "end"; readonly flow: Flow };

/** A broken rule and the place that it is about, which may lie long before where it showed. */
export interface Finding extends Violation {
  readonly place: Place;
}

/** Takes the findings of one rule or a few. */
export type Report = (place: Place, rule: RuleId, found?: string) => void;

export function finding(place: Place, rule: RuleId, found?: string): Finding {
  return { ...violation(rule, found), place };
}
