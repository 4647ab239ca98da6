import { expect, it } from "vitest";
import { concealed } from "../../src/server/concealed.ts";
import { makeGuards } from "../../src/server/guards/index.ts";
import { echo } from "../../src/server/modes/echo.ts";
import { systemClock } from "../../src/io.ts";
import { startListener } from "../helpers/listener.ts";
import { dialTo } from "../helpers/transport.ts";
import { event, messageOf } from "../helpers/guarded-client.ts";

const text = (data: Uint8Array) => Buffer.from(data).toString();

async function shownWith(showSecrets: boolean) {
  const token = { tokens: ["s3cret"], timeoutMs: 60_000, showSecrets };
  const { log, url } = await startListener(echo, {
    guards: makeGuards({ token }, systemClock),
    serve: { frames: true, deflate: {} },
  });
  const { connection, log: seen } = await dialTo(url, { deflate: { clientMaxWindowBits: true } });
  await connection.send("s3cret", { compress: true });
  await connection.send("hello");
  await seen.count("message", 1, "in");
  return {
    messages: log.texts("in"),
    frames: log.of("frame").filter(({ dir }) => dir === "in"),
  };
}

it("a token in a first message is shown as stars, and what follows as it is", async () => {
  const { messages, frames } = await shownWith(false);
  expect(messages).toEqual(["******", "hello"]);
  const [first] = frames;
  expect(text(first!.message!.data)).toBe("******");
  expect(text(first!.frame.payload)).toMatch(/^\*+$/);
  expect(first!.frame.header.length).toBe(first!.frame.payload.length);
});

it("or as it is, where secrets are shown", async () => {
  const { messages, frames } = await shownWith(true);
  expect([messages[0], text(frames[0]!.message!.data)]).toEqual(["s3cret", "s3cret"]);
});

it("what we send, and what is no data, stays", () => {
  const ping = event({ type: "ping", dir: "in", data: Buffer.from("p") });
  const own = messageOf("ours", "out");
  expect([concealed(ping), concealed(own)]).toEqual([ping, own]);
  expect(text((concealed(messageOf("theirs")) as typeof own).data)).toBe("******");
});
