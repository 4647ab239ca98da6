import { expect, it } from "vitest";
import { parseDecoder } from "../../src/decode/parse-decoder.ts";
import { hex } from "../helpers/bytes.ts";
import { fixture, plainDecoded } from "../helpers/decoded.ts";
import { expectUsage } from "../helpers/usage.ts";

it.each([
  ["json", "json", "5b315d", [["1"]]],
  ["cbor", "cbor", "8101", [["1"]]],
  ["msgpack", "msgpack", "9101", [["1"]]],
  ["struct:B:a", "struct", "01", [new Map([["a", "1"]])]],
  [
    `protobuf:${fixture("chat.proto")}:Message`,
    "protobuf chat.v1.Message",
    "1001",
    [new Map([["kind", "<HELLO>"]])],
  ],
])("%s", async (text, name, bytes, values) => {
  const decoder = await parseDecoder(text, "--decode");
  expect(decoder.name).toBe(name);
  const decoded = decoder.decode(hex(bytes), "binary");
  expect(decoded && plainDecoded(decoded)).toEqual([values, undefined]);
  expect(decoder.decode(hex(bytes), "text") !== undefined).toBe(name === "json");
});

it.each([
  ["xml", /^--decode "xml" is no decoder$/],
  ["", /is no decoder/],
  ["json:x", /is no decoder/],
  ["constructor", /is no decoder/],
  ["struct", /--decode struct: the format has no fields/],
  ["protobuf", /--decode protobuf needs a file and a message/],
  ["protobuf:x.proto", /needs a file and a message/],
  ["protobuf:/nonexistent/x.proto:A", /no such file/],
])("%j is refused", (text, message) => expectUsage(parseDecoder(text, "--decode"), message));
