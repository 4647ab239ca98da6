import { expect, it } from "vitest";
import { Conversation } from "../../src/repl/conversation.ts";
import { deferred } from "../../src/transport/deferred.ts";
import type { Link } from "../../src/transport/link.ts";

it("sends one message after the other, also behind one that failed", async () => {
  const sent: string[] = [];
  const link = { send: async (data: string) => void sent.push(data) } as unknown as Link;
  const conversation = new Conversation(link);
  const slow = deferred();
  const first = conversation.turn(async () => {
    sent.push("begun");
    await slow.promise;
    throw new Error("broken");
  });
  const typed = [conversation.send("typed"), conversation.send("more")];
  await Promise.resolve();
  expect([sent, conversation.waiting]).toEqual([["begun"], 2]);
  slow.resolve();
  await expect(first).rejects.toThrow("broken");
  await Promise.all(typed);
  expect([sent, conversation.waiting]).toEqual([["begun", "typed", "more"], 0]);
});

it("what waits for a message that goes in one step, or for the connection, is not counted", async () => {
  const slow = deferred();
  const link = { send: () => slow.promise } as unknown as Link;
  const conversation = new Conversation(link);
  const sent = [conversation.send("a"), conversation.send("b")];
  expect(conversation.waiting).toBe(0);
  slow.resolve();
  await Promise.all(sent);
});
