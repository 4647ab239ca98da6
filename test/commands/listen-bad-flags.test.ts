import { describe, expect, it } from "vitest";
import { main } from "../../src/cli.ts";
import type { OptionSpec } from "../../src/commands/command.ts";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { RELAY_OPTIONS } from "../../src/commands/listen-relay-options.ts";
import { memoryIo } from "../helpers/memory-io.ts";

/** By what a value is called in help: one that is wrong. Undefined where any text may be meant. */
const WRONG: Readonly<Record<string, string | undefined>> = {
  "'A=B; C=D'": "a=\u0001",
  "HOST:PORT:ADDR": "nowhere",
  "'NAME: VALUE'": "no colon",
  "NAME[=VALUE]": "no token",
  "NAME[=VALUE][@WHEN]": "no-such-fault",
  "'TIME [RULE]'": "soon",
  "USER:PASS": "nobody",
  "USER:PASSWORD": "nobody",
  "[in:|out:]s/RE/TEXT/g": "s/(/x/",
  ADDRESS: "no address at all",
  COMMAND: "",
  COUNT: "many",
  FILE: "/nowhere/at/all",
  FORM: "riddle",
  LIST: "NO-SUCH-CIPHER",
  MODE: "rwx",
  N: "many",
  NAME: "no name",
  NUMBER: "many",
  ORIGIN: "no origin",
  RATE: "fast",
  RULE: "/(/",
  SIZE: "much",
  TEXT: undefined,
  TIME: "soon",
  TOKEN: "",
  URL: "ftp://example.com/",
};

/** What must be there for a flag to mean anything. */
const BESIDE: Readonly<Record<string, readonly string[]>> = {
  interval: ["--mode", "push"],
  messages: ["--mode", "push"],
  size: ["--mode", "push"],
  "max-processes": ["--exec", "true"],
  "kill-after": ["--exec", "true"],
  "token-timeout": ["--token", "secret"],
  "ping-timeout": ["--ping-interval", "1s"],
  key: ["--cert", "/nowhere"],
  passphrase: ["--cert", "/nowhere"],
  seed: ["--fault", "drop"],
  "client-ca": ["--self-signed"],
  ...Object.fromEntries(
    RELAY_OPTIONS.filter(({ name }) => name !== "to").map(({ name }) => [
      name,
      ["--to", "ws://127.0.0.1:1/"],
    ]),
  ),
  "to-key": ["--to", "ws://127.0.0.1:1/", "--to-cert", "/nowhere"],
};

/** What none of its kind is wrong for, but this one. */
const WRONG_HERE: Readonly<Record<string, string>> = {
  "to-origin": "\u0001",
  "to-user-agent": "\u0001",
};

/** Runs `listen` on a free port; a server that starts is stopped, and its code 0 tells. */
async function run(argv: readonly string[]) {
  const io = memoryIo();
  const code = main(["listen", "0", ...argv], io);
  void io.seen(/listening/).then(() => io.raise("SIGTERM"));
  return { code: await code, err: io.err() };
}

/** In one line that names the flag, as it was given. */
async function expectRefused(argv: readonly string[], flag: string): Promise<void> {
  const result = await run(argv);
  expect(result.err).toMatch(/^framecat: [^\n]+\n$/);
  expect(result.err).toMatch(new RegExp(`(?<![\\w-])--${flag}(?![\\w-])`));
  expect(result).toMatchObject({ code: 2, err: expect.stringContaining("(exit 2)") as string });
}

const takesValue = ({ kind }: OptionSpec): boolean => kind === "text" || kind === "list";
const named = (options: readonly OptionSpec[]) =>
  options.map((option) => [option.name, option] as const);

describe("a value that is wrong is refused in one line", () => {
  it.each(named(LISTEN_OPTIONS.filter(takesValue)))(
    "--%s",
    async (name, { value = "", choices }) => {
      expect(choices !== undefined || value in WRONG, `what is wrong for ${value}?`).toBe(true);
      const wrong = WRONG_HERE[name] ?? (choices ? "neither" : WRONG[value]);
      if (wrong === undefined) return;
      await expectRefused([`--${name}`, wrong, ...(BESIDE[name] ?? [])], name);
    },
  );
});

describe("a value that is missing is told", () => {
  it.each(named(LISTEN_OPTIONS.filter(takesValue)))("--%s", (name) =>
    expectRefused([`--${name}`], name),
  );
});

describe("a value that none is wanted of is told", () => {
  it.each(named(LISTEN_OPTIONS.filter((option) => !takesValue(option))))("--%s", (name) =>
    expectRefused([`--${name}=1`], name),
  );
});
