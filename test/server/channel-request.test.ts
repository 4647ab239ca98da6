import { expect, it } from "vitest";
import { MAX_CHANNEL_NAME, readChannelRequest } from "../../src/server/channel-request.ts";
import { utf8 } from "../helpers/bytes.ts";

const read = (value: unknown) =>
  readChannelRequest(utf8(typeof value === "string" ? value : JSON.stringify(value)));

it.each(["subscribe", "unsubscribe", "publish"])("reads %s", (type) => {
  const channel = "x".repeat(MAX_CHANNEL_NAME);
  expect(read({ type, channel, data: null, id: 7 })).toEqual({ type, channel });
});

it.each([
  ["", "bad-json"],
  ['"subscribe"', "bad-type"],
  [{ type: "__proto__", channel: "a" }, "bad-type"],
  [{ type: "subscribe", channel: "" }, "bad-channel"],
  [{ type: "subscribe", channel: 7 }, "bad-channel"],
  [{ type: "subscribe", channel: "x".repeat(MAX_CHANNEL_NAME + 1) }, "bad-channel"],
  [{ type: "publish", channel: "a" }, "no-data"],
])("tells what is wrong with %j: %s", (value, code) => {
  expect(read(value)).toMatchObject({ type: "error", code });
});

it("reads only its own part of a larger buffer", () => {
  const bytes = utf8('  {"type":"subscribe","channel":"a"}!!');
  expect(readChannelRequest(bytes.subarray(2, -2))).toEqual({ type: "subscribe", channel: "a" });
});

it("takes no bytes that are not UTF-8", () => {
  expect(readChannelRequest(Buffer.from("22ff22", "hex"))).toMatchObject({
    code: "bad-json",
    message: "a request is JSON: it is not UTF-8",
  });
});
