import { describe, expect, it } from "vitest";
import { tryMutant } from "../helpers/forged/mutants.ts";
import { type Campaign, tryCapture } from "../helpers/forged/trial.ts";

/**
 * Captures made at random from conversations that are known: any link layer and file format, TCP in
 * disorder, with holes, cut. What was sent is told; what is missing is said; nothing is made up.
 * `scripts/fuzz-captures.js` tries as many as there is time for.
 */
const SEEDS = Array.from({ length: 12 }, (_, i) => i + 1);

describe("forged captures", () => {
  it("with every byte in them are told exactly", async () => {
    for (const seed of SEEDS) expect(await lies(2 * seed)).toEqual([]);
  });

  it("with bytes missing are told without a lie", async () => {
    for (const seed of SEEDS) expect(await lies(2 * seed + 1)).toEqual([]);
  });

  /** Seeds that once found something. */
  it.each([
    [94, "a SYN with data on a connection that had no end"],
    [968, "a RST before the data that it acknowledges"],
    [41955, "a packet within a long frame that looks like a frame, behind a gap"],
    [100457, "packets so short that their borders tell little"],
    [800132, "a SYN/ACK behind all that follows it"],
    [800136, "the end of the server before the request"],
    [800168, "a SYN behind what answers the request"],
    [1519, "the end of a message in the gap that cuts its beginning"],
  ])("%d: %s", async (seed) => {
    expect(await lies(seed)).toEqual([]);
  });
});

/** The same, and much goes wrong at once: most of it is of how a connection begins and ends. */
describe("forged captures in which much goes wrong", () => {
  it.each(SEEDS)("%d", async (seed) => {
    expect(await lies(seed, "combined")).toEqual([]);
  });

  it.each([
    [14, "the server's side before that of the client"],
    [46, "a RST of something else"],
    [54, "an answer to a SYN with data before that SYN"],
    [74, "the ports used again, the server first"],
    [84, "a RST before data of the other side"],
    [88, "keep-alives before the data that they repeat"],
  ])("%d: %s", async (seed) => {
    expect(await lies(seed, "combined")).toEqual([]);
  });
});

/** Each form of output gets one. */
it("captures that are changed anywhere give output, or one error that tells where", async () => {
  for (const seed of SEEDS) {
    const { recipe, lies: found } = await tryMutant(seed);
    expect([seed, recipe, found]).toEqual([seed, recipe, []]);
  }
});

async function lies(seed: number, campaign?: Campaign): Promise<readonly string[]> {
  const trial = await tryCapture(seed, campaign);
  return trial.lies.map((lie) => `seed ${seed}, ${trial.recipe}: ${lie}`);
}
