import { describe, expect, it } from "vitest";
import {
  EXIT_CODES,
  type FailureCode,
  FramecatError,
  messageOf,
  usageError,
} from "../src/errors.ts";

/** The exit codes that scripts rely on. */
const CONTRACT: Readonly<Record<FailureCode, number>> = {
  usage: 2,
  "name-resolution": 10,
  unreachable: 11,
  "connect-timeout": 12,
  tls: 13,
  refused: 14,
  "bad-handshake": 15,
  proxy: 16,
  bind: 17,
  protocol: 20,
  abnormal: 21,
  closed: 22,
  heartbeat: 23,
  "gave-up": 24,
  expectation: 30,
  threshold: 31,
  "time-limit": 32,
  lint: 33,
  interrupted: 130,
  terminated: 143,
};

describe("exit codes", () => {
  it("are those of the contract", () => expect(EXIT_CODES).toEqual(CONTRACT));

  it.each(Object.entries(CONTRACT))("a failure of %s carries %d", (code, exitCode) => {
    expect(new FramecatError(code as FailureCode, "x").exitCode).toBe(exitCode);
  });
});

it("a usage error says what to try", () => {
  const { code, message, hint } = usageError("bad flag", "See the help.");
  expect([code, message, hint]).toEqual(["usage", "bad flag", "See the help."]);
});

it.each([
  [new Error("text"), "text"],
  ["a string", "a string"],
  [undefined, "undefined"],
])("the words of anything thrown: %s", (thrown, words) => expect(messageOf(thrown)).toBe(words));
