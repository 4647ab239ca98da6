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
  "to-key": ["--to-cert", "/nowhere"],
  key: ["--cert", "/nowhere"],
  passphrase: ["--cert", "/nowhere"],
  ...Object.fromEntries(
    RELAY_OPTIONS.filter(({ name }) => name !== "to").map(({ name }) => [
      name,
      ["--to", "ws://127.0.0.1:1/"],
    ]),
  ),
};

/** Where it is not the flag that the message names, or another code tells. */
const TOLD: Readonly<Record<string, readonly [words: string, code: number]>> = {
  host: ["no address at all", 17],
  to: ["ftp://example.com/", 2],
  "to-ciphers": ["TLS ciphers", 2],
  "to-cookie": ["header Cookie", 2],
  "to-origin": ["header Origin", 2],
};

/** Runs `listen` on a free port; a server that starts is stopped, and its code 0 tells. */
async function run(argv: readonly string[]) {
  const io = memoryIo();
  const code = main(["listen", "0", ...argv], io);
  void io.seen(/listening/).then(() => io.raise("SIGTERM"));
  return { code: await code, err: io.err() };
}

async function expectRefused(
  argv: readonly string[],
  flag: string,
  [words, code]: readonly [string, number] = [`--${flag}`, 2],
): Promise<void> {
  const result = await run(argv);
  expect(result.err).toMatch(/^framecat: [^\n]+\n$/);
  expect(result.err).toContain(words);
  expect(result).toMatchObject({ code, err: expect.stringContaining(`(exit ${code})`) as string });
}

const takesValue = ({ kind }: OptionSpec): boolean => kind === "text" || kind === "list";
const named = (options: readonly OptionSpec[]) =>
  options.map((option) => [option.name, option] as const);

describe("a value that is wrong is refused in one line", () => {
  it.each(named(LISTEN_OPTIONS.filter(takesValue)))(
    "--%s",
    async (name, { value = "", choices }) => {
      expect(choices !== undefined || value in WRONG, `what is wrong for ${value}?`).toBe(true);
      const wrong = choices ? "neither" : name === "to-origin" ? "\u0001" : WRONG[value];
      if (wrong === undefined) return;
      await expectRefused([`--${name}`, wrong, ...(BESIDE[name] ?? [])], name, TOLD[name]);
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
