import { expect, it } from "vitest";
import { limitsGuard } from "../../../src/server/guards/limits.ts";
import { event, guardedClient } from "../../helpers/guarded-client.ts";

const failed = event({ type: "error", code: "protocol", message: "" });
const closed = (code: number) =>
  event({ type: "close", code, reason: "", initiator: "local", clean: false });

it.each([
  [[failed, closed(1009)], ["max-payload: its message is beyond --max-payload"]],
  [[failed, closed(1008)], ["max-fragments: its message is beyond --max-fragments"]],
  [[failed, closed(1002)], []],
  // Other guards have reasons of their own.
  [[closed(1008)], []],
  [[closed(1009)], []],
])("counts what the connection refused: %#", (events, told) => {
  const guard = limitsGuard();
  const { client, done } = guardedClient(guard);
  for (const each of events) guard.heard?.(client, each);
  expect(done).toEqual(told);
});
