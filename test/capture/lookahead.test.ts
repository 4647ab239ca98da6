import { describe, expect, it } from "vitest";
import { Lookahead } from "../../src/capture/lookahead.ts";
import { hex, toHex } from "../helpers/bytes.ts";

/** A source that tells whether it was left. */
function source(...pieces: readonly string[]) {
  const seen = { read: 0, left: false };
  async function* chunks(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of pieces) {
        seen.read += 1;
        yield hex(piece);
      }
    } finally {
      seen.left = true;
    }
  }
  return { seen, lookahead: new Lookahead(chunks()) };
}

async function rest(lookahead: Lookahead): Promise<string[]> {
  const pieces: string[] = [];
  for await (const piece of lookahead.all()) pieces.push(toHex(piece));
  return pieces;
}

describe("Lookahead", () => {
  it("gives what was looked at once more", async () => {
    const { lookahead } = source("81", "", "05", "68");
    expect(toHex((await lookahead.more())!)).toBe("81");
    expect(toHex((await lookahead.more())!)).toBe("05");
    expect(toHex(lookahead.view())).toBe("8105");
    expect(lookahead.length).toBe(2);
    expect(await rest(lookahead)).toEqual(["81", "05", "68"]);
  });

  it("keeps what was looked at, where the source uses its memory again", async () => {
    const memory = new Uint8Array(1);
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (const octet of [0x81, 0x05, 0x68]) yield memory.fill(octet);
    }
    const lookahead = new Lookahead(chunks());
    await lookahead.more();
    await lookahead.more();
    expect(toHex(lookahead.view())).toBe("8105");
    expect(await rest(lookahead)).toEqual(["81", "05", "68"]);
  });

  it("tells the end, and again", async () => {
    const { lookahead } = source("81");
    await lookahead.more();
    expect(await lookahead.more()).toBeUndefined();
    expect(await lookahead.more()).toBeUndefined();
    expect(await rest(lookahead)).toEqual(["81"]);
  });

  it("reads no further than it is asked to", async () => {
    const { seen, lookahead } = source("81", "05", "68");
    await lookahead.more();
    expect(seen.read).toBe(1);
  });

  it.each([
    ["closed", async (lookahead: Lookahead) => lookahead.close()],
    [
      "no longer iterated",
      async (lookahead: Lookahead) => {
        for await (const _ of lookahead.all()) break;
      },
    ],
  ])("leaves its source where it is %s", async (_, leave) => {
    const { seen, lookahead } = source("81", "05");
    await lookahead.more();
    await leave(lookahead);
    expect(seen.left).toBe(true);
  });
});
