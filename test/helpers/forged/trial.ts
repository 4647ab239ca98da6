import { writeFileSync } from "node:fs";
import { FramecatError } from "../../../src/errors.ts";
import { type Forged, forge } from "./campaign.ts";
import { decodeForged, judge } from "./judge.ts";

/** What came of one forged capture. */
export interface Trial {
  readonly recipe: string;
  readonly lies: readonly string[];
  readonly told: number;
  readonly sent: number;
}

function forgedBy(seed: number): Forged {
  return forge(seed, { whole: seed % 2 === 0, longest: seed % 11 === 0 ? 70_000 : 3000 });
}

/** Forges the capture of a seed, decodes it, and judges; those of even seeds are whole. */
export async function tryCapture(seed: number): Promise<Trial> {
  const { file, conversations, recipe, whole } = forgedBy(seed);
  const { deflate = false } = conversations[0] ?? {};
  try {
    const decoded = await decodeForged(file, { deflate, pieces: 1 + (seed % 3000) });
    const { lies, told, sent, perfect } = judge(decoded, conversations, {
      ordered: whole && !recipe.includes("reordered"),
    });
    const missing = whole ? conversations.filter((one) => !perfect.has(one)) : [];
    const names = missing.map(({ name }) => `${name} is not told as it was`);
    const notes = missing.length === 0 ? [] : notesOf(decoded.events, decoded.lines);
    return { recipe, told, sent, lies: [...lies, ...names, ...notes] };
  } catch (thrown) {
    // Of a file that was cut there may be too little to tell what it is.
    const isTold = thrown instanceof FramecatError && recipe.endsWith("the file cut");
    const lies = isTold ? [] : [thrown instanceof Error ? (thrown.stack ?? "") : "?"];
    return { recipe, told: 0, sent: 0, lies };
  }
}

function notesOf(
  events: Awaited<ReturnType<typeof decodeForged>>["events"],
  lines: readonly string[],
) {
  const notes = events.flatMap((event) => (event.type === "note" ? [event.message] : []));
  return [...notes, ...lines].map((line) => `note: ${line}`);
}

/** Writes the capture of a seed, to look at it with other tools. */
export function write(seed: number, path: string): void {
  writeFileSync(path, forgedBy(seed).file);
}
