import { expect, it } from "vitest";
import { MAX_PONGS_UNDER_WAY, PongReplies } from "../../src/transport/pong-replies.ts";
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

it("answers each of a few that come at once, in order", () => {
  const { sent, ping } = replies();
  for (const text of ["a", "b", "c", "d"]) ping(text);
  expect(sent).toEqual(["a", "b", "c", "d"]);
});

it("answers the latest of those that came while many pongs were under way", () => {
  const { sent, ping, leave, underWay } = replies();
  const first = Array.from({ length: MAX_PONGS_UNDER_WAY }, (_, i) => `first ${i}`);
  for (const text of [...first, "b", "c", "d"]) ping(text);
  expect([sent, underWay.length]).toEqual([first, MAX_PONGS_UNDER_WAY]);
  leave();
  expect([sent, underWay.length]).toEqual([[...first, "d"], MAX_PONGS_UNDER_WAY]);
  for (let i = 0; i < MAX_PONGS_UNDER_WAY; i++) leave();
  expect(underWay).toEqual([]);
  ping("e");
  expect(sent).toEqual([...first, "d", "e"]);
});
