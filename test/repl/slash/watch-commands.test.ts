import { describe, expect, it } from "vitest";
import { openDesk } from "../../helpers/desk.ts";
import { startEchoServer } from "../../helpers/echo-server.ts";

/** A desk after some texts were sent and came back. */
async function talked(...texts: string[]) {
  const opened = await openDesk(await startEchoServer());
  for (const text of texts) await opened.type(text);
  await opened.log.count("message", texts.length, "in");
  return opened;
}

describe("commands that look back", () => {
  it("/last decodes the latest frames", async () => {
    const { type } = await talked("a", "b");
    expect(await type("/last")).toEqual(["decoded 1"]);
    expect(await type("/last 3")).toHaveLength(3);
    expect(await type("/last 0")).toEqual([
      '/last: COUNT must be a whole number from 1 to 1000, not "0"',
    ]);
  });

  it("/last has nothing to decode before a frame has passed", async () => {
    const { type } = await talked();
    expect(await type("/last")).toEqual(["no frame has passed yet"]);
  });

  it("/search shows again what matches", async () => {
    const { type } = await talked("apple", "pear", "apple pie");
    expect(await type("/search in apple")).toEqual(["in apple", "in apple pie"]);
    expect(await type("/search plum")).toEqual(["nothing found"]);
  });

  it("/search shows the latest of many", async () => {
    const { type } = await talked(...Array.from({ length: 51 }, (_, i) => `m${i}`));
    const lines = await type("/search in m");
    expect([lines[0], lines[1], lines.length]).toEqual(["the latest 50 of 51:", "in m1", 51]);
  });

  it.each([
    ["/stats", ["statistics"]],
    ["/codes", ["codes"]],
  ])("%s", async (line, lines) => {
    const { type } = await talked();
    expect(await type(line)).toEqual(lines);
  });
});

describe("commands that choose what is shown", () => {
  it("/filter hides the rest, and tells how much that was", async () => {
    const { type, shown, log } = await talked();
    expect(await type("/filter out")).toEqual(["other frames are hidden"]);
    await type("a");
    await log.count("message", 1, "in");
    expect(shown).toEqual(["out a"]);
    expect(await type("/filter off")).toEqual([
      "every frame is shown; the one before has hidden 1",
    ]);
    expect(await type("/filter /(/")).toEqual(["/filter: /(/ is no regular expression"]);
  });

  it("/pause keeps what comes until /resume", async () => {
    const { type, shown, log } = await talked();
    expect(await type("/pause")).toEqual(["paused; /resume shows what came"]);
    await type("a");
    await log.count("message", 1, "in");
    expect(shown).toEqual([]);
    expect(await type("/resume")).toEqual(["out a", "in a"]);
  });
});
