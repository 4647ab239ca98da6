import { expect, it } from "vitest";
import { subprotocolCheck } from "../../../src/server/guards/subprotocol.ts";
import { askingOf } from "../../helpers/asking.ts";

it.each<[readonly string[], string | undefined, string]>([
  [[], "chat", "in"],
  [["chat"], "other, chat", "in"],
  [["chat", "v2"], "v2", "in"],
  [[], undefined, "it offered no subprotocol"],
  [["chat"], undefined, "it offered no subprotocol"],
  [["chat"], "Chat, v1", 'it offered no subprotocol of ours, but "Chat, v1"'],
])("of %j, %s is offered: %s", (accepted, offered, verdict) => {
  const headers = offered === undefined ? [] : [["Sec-WebSocket-Protocol", offered] as const];
  const denial = subprotocolCheck(accepted)(askingOf(headers));
  expect(denial?.why ?? "in").toBe(verdict);
  if (denial) expect([denial.kind, denial.reply.status]).toEqual(["subprotocol", 400]);
});
