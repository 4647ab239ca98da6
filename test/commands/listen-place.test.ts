import { describe, expect, it } from "vitest";
import type { Args } from "../../src/commands/command.ts";
import { PLACE_OPTIONS, readPlace } from "../../src/commands/listen-place.ts";
import { argsOf } from "../helpers/args.ts";

function place(where: string | undefined, ...argv: string[]) {
  const args: Args = argsOf(PLACE_OPTIONS, argv);
  return readPlace({
    positionals: where === undefined ? [] : [where],
    flag: (name) => args.flag(name),
    count: (name) => args.count(name),
    text: (name) => args.text(name),
    list: (name) => args.list(name),
  });
}

describe("where to listen", () => {
  it("is port 8080 of loopback, another port, another address", () => {
    expect(place(undefined)).toEqual({ host: undefined, port: 8080 });
    expect(place("0")).toEqual({ host: undefined, port: 0 });
    expect(place("9000", "--host", "::")).toEqual({ host: "::", port: 9000 });
  });

  it("is a unix socket where there is a slash", () => {
    expect(place("./app.sock")).toEqual({ socketPath: "./app.sock" });
    expect(() => place("/run/a", "--host", "::1")).toThrow("--host is of no use");
  });

  it.each([
    ["65536", "PORT"],
    ["-1", "PORT"],
    ["http", "PORT"],
  ])("is not %s", (where, words) => {
    expect(() => place(where)).toThrow(words);
  });

  it("is not the whole network because a variable is empty", () => {
    expect(() => place(undefined, "--host", "")).toThrow("--host needs an address");
  });
});
