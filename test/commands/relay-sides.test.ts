import { expect, it } from "vitest";
import { RelaySides } from "../../src/commands/relay-sides.ts";
import type { CloseEvent } from "../../src/transport/events.ts";

const at = { ns: 0n, epochUs: 0 };
const closed = (conn: string, initiator: CloseEvent["initiator"]): CloseEvent => ({
  type: "close",
  conn,
  at,
  code: 1001,
  reason: "",
  initiator,
  clean: true,
});

it("names who closed: a side, or the relay", () => {
  const sides = new RelaySides();
  expect(sides.of(closed("1", "local"))).toMatchObject({ local: "the client", peer: "the server" });
  sides.take({ type: "state", conn: "1", at, state: "CLOSING" });
  expect(sides.of(closed("2", "local")).local).toBe("the client");
  expect(sides.of(closed("1", "local")).local).toBe("the relay");
  expect(sides.of(closed("1", "local")).local).toBe("the client");
});
