import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../../src/commands/index.ts";
import { manPages } from "../../src/render/man-page.ts";
import { A_COMMAND, option } from "../helpers/a-command.ts";
import { expectGolden } from "../helpers/golden.ts";

const pretended = (name: string) => ({
  summary: `What ${name} is.`,
  load: () => Promise.resolve({ ...A_COMMAND, name }),
});

describe("manual pages", () => {
  it("are one for the program and one for each command", async () => {
    const pages = await manPages({ do: pretended("do"), "do more": pretended("do more") }, "1.2.3");
    expect([...pages.keys()]).toEqual(["framecat", "framecat-do", "framecat-do-more"]);
    expectGolden("man/framecat.1", pages.get("framecat") ?? "");
    expectGolden("man/framecat-do.1", pages.get("framecat-do") ?? "");
  });

  it("say nothing to roff that was meant for people", async () => {
    const odd = option("odd", { description: ".TH it's a \\n – back-slash" });
    const load = () => Promise.resolve({ ...A_COMMAND, options: [odd] });
    const pages = await manPages({ do: { summary: "", load } }, "1");
    expect(pages.get("framecat-do")).toContain(
      String.raw`\&.TH it\(aqs a \en \[u2013] back\-slash`,
    );
  });

  it("are those that npm is told of", async () => {
    const names = [...(await manPages(COMMANDS, "1")).keys()];
    const files = names.map((name) => `./dist/man/${name}.1`).toSorted();
    const { man } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(man.toSorted()).toEqual(files);
  });

  it("have every flag of every command, in ASCII", async () => {
    const pages = await manPages(COMMANDS, "1");
    for (const [name, entry] of Object.entries(COMMANDS)) {
      const text = pages.get(`framecat-${name.replaceAll(" ", "-")}`) ?? "";
      expect(text).toMatch(/^[\n -~]+$/);
      for (const { name: flag } of (await entry.load()).options) {
        expect(text).toContain(flag.replaceAll("-", String.raw`\-`));
      }
    }
  });
});
