import { writeFileSync } from "node:fs";
import { FramecatError } from "../../../src/errors.ts";
import { type Forged, forge } from "./campaign.ts";
import { forgeCombined } from "./combined.ts";
import { decodeForged, judge } from "./judge.ts";

/** What came of one forged capture. */
export interface Trial {
  readonly recipe: string;
  readonly lies: readonly string[];
  readonly told: number;
  readonly sent: number;
}

/** Much goes wrong at once in the captures of one campaign, and little in those of the other. */
const CAMPAIGNS = { single: forge, combined: forgeCombined } as const;
export type Campaign = keyof typeof CAMPAIGNS;

function forgedBy(seed: number, campaign: Campaign): Forged {
  return CAMPAIGNS[campaign](seed, {
    whole: seed % 2 === 0,
    longest: seed % 11 === 0 ? 70_000 : 3000,
  });
}

/** Forges the capture of a seed, decodes it, and judges; those of even seeds are whole. */
export async function tryCapture(seed: number, campaign: Campaign = "single"): Promise<Trial> {
  const { file, conversations, recipe, whole } = forgedBy(seed, campaign);
  const { deflate = false } = conversations[0] ?? {};
  try {
    const decoded = await decodeForged(file, { deflate, pieces: 1 + (seed % 3000) });
    const { lies, told, sent, perfect } = judge(decoded, conversations, {
      ordered: whole && !/reordered|one side earlier/.test(recipe),
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
export function write(seed: number, path: string, campaign: Campaign = "single"): void {
  writeFileSync(path, forgedBy(seed, campaign).file);
}
