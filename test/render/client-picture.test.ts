import { describe, expect, it } from "vitest";
import { type ClientPicture, clientPicture } from "../../src/render/client-picture.ts";
import { createTheme } from "../../src/render/theme.ts";
import { displayWidth } from "../../src/width.ts";
import { BUSY_FIGURES, clientRow, SOME_CLIENTS } from "../helpers/client-rows.ts";
import { expectGolden } from "../helpers/golden.ts";

const theme = createTheme(0);
const many = Array.from({ length: 2000 }, (_, i) => clientRow({ id: String(i + 1) }));

function picture(columns: number, rows: number, replace: Partial<ClientPicture> = {}): string[] {
  return clientPicture(
    { figures: BUSY_FIGURES, clients: SOME_CLIENTS, order: "by arrival", above: 0, ...replace },
    { theme, columns, rows },
  );
}

it.each([
  [80, 24],
  [120, 40],
])("fills %d×%d", (columns, rows) => {
  const lines = picture(columns, rows);
  expect(lines).toHaveLength(rows);
  expectGolden(`listen/picture-${columns}.txt`, `${lines.join("\n")}\n`);
});

describe("more clients than there is room for", () => {
  const ids = (lines: readonly string[]) => lines.flatMap((line) => /^#\d+/.exec(line)?.[0] ?? []);

  it("are shown from where it was scrolled to", () => {
    const lines = picture(80, 24, { clients: many, above: 100 });
    const shown = ids(lines);
    expect([lines.length, shown[0], shown.at(-1)]).toEqual([24, "#101", `#${100 + shown.length}`]);
    expect(lines.at(-1)).toMatch(new RegExp(`^101–${100 + shown.length} of 2,000 · `));
  });

  it("end with the last of them at the bottom", () => {
    const lines = picture(80, 24, { clients: many, above: 5000 });
    expect(ids(lines).at(-1)).toBe("#2000");
    expect(ids(lines)).toHaveLength(ids(picture(80, 24, { clients: many })).length);
  });
});

it("never has more rows or columns than the terminal", () => {
  for (let rows = 4; rows < 30; rows++) {
    for (const clients of [[], SOME_CLIENTS, many]) {
      const lines = picture(60, rows, { clients, above: 3 });
      expect(lines).toHaveLength(rows);
      expect(Math.max(...lines.map(displayWidth))).toBeLessThanOrEqual(60);
    }
  }
});
