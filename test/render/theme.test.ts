import { describe, expect, it } from "vitest";
import { createTheme, decideColor } from "../../src/render/theme.ts";

const terminal = { isTTY: true };
const pipe = {};

describe("decideColor", () => {
  it.each([
    ["a terminal", undefined, {}, terminal, 1],
    ["a pipe", undefined, {}, pipe, 0],
    ["256 colors", undefined, { TERM: "xterm-256color" }, terminal, 2],
    ["all colors", undefined, { COLORTERM: "truecolor" }, terminal, 3],
    ["a dumb terminal", undefined, { TERM: "dumb" }, terminal, 0],
    ["NO_COLOR", undefined, { NO_COLOR: "1" }, terminal, 0],
    ["an empty NO_COLOR, which counts for nothing", undefined, { NO_COLOR: "" }, terminal, 1],
    ["FORCE_COLOR into a pipe", undefined, { FORCE_COLOR: "1" }, pipe, 1],
    ["an empty FORCE_COLOR", undefined, { FORCE_COLOR: "" }, pipe, 1],
    ["FORCE_COLOR=0", undefined, { FORCE_COLOR: "0" }, terminal, 0],
    ["FORCE_COLOR=3", undefined, { FORCE_COLOR: "3" }, pipe, 3],
    ["FORCE_COLOR above NO_COLOR", undefined, { FORCE_COLOR: "1", NO_COLOR: "1" }, pipe, 1],
    ["--color auto", "auto", {}, pipe, 0],
    ["--color always into a pipe", "always", {}, pipe, 1],
    ["--color always above NO_COLOR", "always", { NO_COLOR: "1" }, pipe, 1],
    ["--color never above FORCE_COLOR", "never", { FORCE_COLOR: "3" }, terminal, 0],
  ])("%s", (_, choice, env, stream, level) => {
    expect(decideColor(choice, env, stream)).toBe(level);
  });
});

describe("createTheme", () => {
  const styles = [
    ...(["dim", "bold", "header", "out", "in", "good", "warn", "bad"] as const),
    ...(["key", "string", "number", "literal"] as const),
  ];

  it.each(styles)("%s changes nothing at level 0", (style) => {
    expect(createTheme(0)[style]("text")).toBe("text");
  });

  it.each(styles)("%s styles from level 1 on", (style) => {
    const styled = createTheme(1)[style]("text");
    expect(styled).toContain("text");
    expect(styled.startsWith("\x1b[")).toBe(true);
  });

  it("tells the directions and what is wrong apart", () => {
    const theme = createTheme(1);
    expect(new Set([theme.out("x"), theme.in("x"), theme.bad("x"), theme.warn("x")]).size).toBe(4);
  });
});
