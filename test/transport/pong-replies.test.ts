import { expect, it } from "vitest";
import { PongReplies } from "../../src/transport/pong-replies.ts";
import { utf8 } from "../helpers/bytes.ts";

/** Keeps what is sent; `leave` says that the one under way has left. */
function replies() {
  const sent: string[] = [];
  const underWay: (() => void)[] = [];
  const pongs = new PongReplies((payload, left) => {
    sent.push(Buffer.from(payload).toString());
    underWay.push(left);
  });
  return {
    sent,
    ping: (text: string) => pongs.answer(utf8(text)),
    leave: () => underWay.shift()?.(),
    underWay,
  };
}

it("answers each ping when there is time", () => {
  const { sent, ping, leave } = replies();
  for (const text of ["a", "", "b"]) {
    ping(text);
    leave();
  }
  expect(sent).toEqual(["a", "", "b"]);
});

it("answers the latest of those that came while a pong was under way", () => {
  const { sent, ping, leave, underWay } = replies();
  for (const text of ["a", "b", "c", "d"]) ping(text);
  expect([sent, underWay.length]).toEqual([["a"], 1]);
  leave();
  expect([sent, underWay.length]).toEqual([["a", "d"], 1]);
  leave();
  expect(underWay).toEqual([]);
  ping("e");
  expect(sent).toEqual(["a", "d", "e"]);
});
