import type { Case } from "./case.ts";
import { closing } from "./sections/closing.ts";
import { deflate } from "./sections/deflate.ts";
import { fragments } from "./sections/fragments.ts";
import { framing } from "./sections/framing.ts";
import { handshakes } from "./sections/handshake.ts";
import { utf8 } from "./sections/utf8.ts";
import { type Size, volume } from "./sections/volume.ts";

export { limits } from "./sections/limits.ts";
export { holds, type Judged, tally, verdictTable } from "./report.ts";
export { type Result, runCases, type Verdict } from "./run.ts";
export type { Case } from "./case.ts";

/** As in the Autobahn test suite. */
export const FULL: Size = { divisor: 1 };
/** For a test: what takes long there is shorter and less often. */
export const SMALL: Size = { divisor: 64 };

/** All that can be asked of a server that echoes; in the manner and with the numbers of the Autobahn test suite. */
export function allCases(size: Size): Case[] {
  return [
    ...handshakes,
    ...framing,
    ...fragments,
    ...utf8,
    ...closing,
    ...volume(size),
    ...deflate(size),
  ];
}
