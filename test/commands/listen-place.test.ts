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
    expect(place("65535")).toEqual({ host: undefined, port: 65_535 });
    expect(place("9000", "--host", "[::]")).toEqual({ host: "::", port: 9000 });
  });

  it("is a unix socket where there is a slash", () => {
    expect(place("./app.sock")).toEqual({ socketPath: "./app.sock" });
    expect(place("/run/a", "--socket-mode", "660")).toEqual({
      socketPath: "/run/a",
      socketMode: 0o660,
    });
    expect(place("/run/a", "--socket-mode", "0666")).toMatchObject({ socketMode: 0o666 });
    expect(() => place("/run/a", "--host", "::1")).toThrow("--host is of no use");
  });

  it.each([
    "-1",
    "65536",
    "99999999999999999999",
    "80.5",
    "http",
    "",
    " 80",
    "80 ",
    "+80",
    "1e3",
    "0x50",
    "8_080",
    "٨٠",
    ":8080",
    "127.0.0.1:80",
    "localhost",
    "ws://127.0.0.1:80/",
    "ws+unix:/run/a.sock",
    "unix:/run/a.sock",
  ])("is not %j", (where) => {
    expect(() => place(where)).toThrow(
      expect.objectContaining({
        code: "usage",
        message: `PORT must be a whole number from 0 to 65535, not ${JSON.stringify(where)}`,
        hint: "The address goes to --host, and the path of a unix socket has a slash: ./app.sock.",
      }),
    );
  });

  it("is not the whole network because a variable is empty", () => {
    expect(() => place(undefined, "--host", "")).toThrow("--host must be an address or a name");
  });

  it.each(["", "8", "66", "888", "rw-rw-rw-", "1777", "0o660", "-600"])("is not for %j", (mode) => {
    expect(() => place("./s", `--socket-mode=${mode}`)).toThrow(/^--socket-mode must be like 660/);
  });

  it("has a mode only if it is a file", () => {
    expect(() => place("80", "--socket-mode", "600")).toThrow(
      /^--socket-mode is for a unix socket$/,
    );
  });
});
