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
  const second = conversation.send("typed");
  await Promise.resolve();
  expect(sent).toEqual(["begun"]);
  slow.resolve();
  await expect(first).rejects.toThrow("broken");
  await second;
  expect(sent).toEqual(["begun", "typed"]);
});
