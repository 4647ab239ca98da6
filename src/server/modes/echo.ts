import { answer } from "../answer.ts";
import type { Mode } from "../mode.ts";

/** Sends every message back to who sent it, of the same kind. */
export function echo(): Mode {
  return {
    received: (client, { data, kind }) => answer(client, data, { binary: kind === "binary" }),
  };
}
