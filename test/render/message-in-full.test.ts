import { describe, expect, it } from "vitest";
import { parseDecoder } from "../../src/decode/parse-decoder.ts";
import { messageInFull } from "../../src/render/message-in-full.ts";
import { createTheme } from "../../src/render/theme.ts";
import { messageAt, momentAt } from "../helpers/connect-events.ts";

const theme = createTheme(0);
const SPACE = { theme, columns: 80, indent: 5, maxPrint: 16, pretty: false, room: 40 };
const LOOK = { ...SPACE, headerBytes: false, diagram: false, hex: false };

function shown(
  event: Parameters<typeof messageInFull>[0],
  look: Partial<Parameters<typeof messageInFull>[1]> = {},
) {
  return messageInFull(event, { ...LOOK, ...look }, SPACE).flatMap(({ inline, below }) => [
    ...inline.map(({ text }) => text),
    ...below,
  ]);
}

describe("a message without frames", () => {
  it("stands on its line, or below it", () => {
    expect(shown(messageAt(0, "in", "hi"))).toEqual(["hi"]);
    expect(shown({ ...messageAt(0, "in", "hi"), omitted: 7 })).toEqual(["hi … 2 of 9 B"]);
  });

  it("is a hexdump where that is asked for", () => {
    expect(shown(messageAt(0, "out", "hello, hexdumps"), { hex: true })).toEqual([
      "payload   68 65 6c 6c 6f 2c 20 68  65 78 64 75 6d 70 73     hello, hexdumps",
    ]);
    const ping = { type: "ping", conn: "1", at: momentAt(0), dir: "in" } as const;
    expect(shown({ ...ping, data: Buffer.from("beat") })).toEqual(['"beat"']);
    const [long] = shown({ ...ping, data: Buffer.alloc(30, 1) });
    expect(long).toMatch(/^00000000 {2}01 01 /);
    const [row, more] = shown({ ...ping, data: Buffer.alloc(17) }, { hex: true });
    expect([row?.slice(0, 12), more]).toEqual(["payload   00", "… 16 of 17 B"]);
  });

  it("is decoded, where it is whole, below the bytes that --hex asks for", async () => {
    const decoder = await parseDecoder("json", "--decode");
    const json = messageAt(0, "in", "[1]");
    expect(shown(json, { decoder }).join(" ")).toMatch(/^\[ +1 \]$/);
    expect(shown(json, { decoder, hex: true })[0]).toMatch(/^payload {3}5b 31 5d/);
    expect(shown({ ...json, omitted: 1 }, { decoder })).toEqual(["[1] … 3 of 4 B"]);
  });
});
