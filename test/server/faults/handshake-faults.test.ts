import { expect, it } from "vitest";
import { acceptKey } from "../../../src/protocol/accept-key.ts";
import { handshakeFaults } from "../../../src/server/faults/handshake-faults.ts";
import { faultOf, playedClient } from "../../helpers/played-client.ts";

function welcomed(random: number, ...texts: string[]) {
  const { told, tell } = playedClient();
  const faults = texts.map((text) => faultOf("handshake", text));
  return { told, ...handshakeFaults(faults, () => () => random, tell) };
}

it("answers with the accept key of another key, and leaves the rest as it is", () => {
  const { told, alterResponse } = welcomed(0, "wrong-accept");
  const response = {
    startLine: "HTTP/1.1 101 Switching Protocols",
    headers: [
      ["Upgrade", "websocket"],
      ["Sec-WebSocket-Accept", acceptKey("dGhlIHNhbXBsZSBub25jZQ==")],
    ] as const,
  };
  const { startLine, headers } = alterResponse!(response);
  expect([startLine, headers[0]]).toEqual([response.startLine, response.headers[0]]);
  expect(headers[1]?.[1]).toMatch(/^[A-Za-z0-9+/]{27}=$/);
  expect(headers[1]?.[1]).not.toBe(response.headers[1][1]);
  expect(told).toEqual(["wrong-accept: Sec-WebSocket-Accept is that of another key"]);
});

it("answers late, or never", () => {
  expect(welcomed(0, "stall-handshake=5s")).toEqual({
    stallMs: 5000,
    told: ["stall-handshake: the answer comes after 5000 ms"],
  });
  expect(welcomed(0, "stall-handshake").stallMs).toBe(Infinity);
});

it("answers in order where chance has it so", () => {
  expect(welcomed(0.5, "wrong-accept@50%", "stall-handshake@10%")).toEqual({ told: [] });
});
