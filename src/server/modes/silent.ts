import type { Mode } from "../mode.ts";

/** Reads everything and says nothing. */
export function silent(): Mode {
  return {};
}
