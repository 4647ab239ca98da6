import { expect, it } from "vitest";
import { maxMessageLengthOf } from "../../src/transport/connection-options.ts";

it.each([
  ["nothing is said", {}, 104_857_600],
  ["undefined is said", { maxMessageLength: undefined }, 104_857_600],
  ["a limit is said", { maxMessageLength: 5 }, 5],
  ["it is said that no message may have a byte", { maxMessageLength: 0 }, 0],
])("accepts messages of 100 MiB, or of what is said: %s", (_, options, length) => {
  expect(maxMessageLengthOf(options)).toBe(length);
});
