import { expect, it } from "vitest";
import { handshake } from "../helpers/har.ts";
import { conversationLint } from "../../src/commands/lint-view.ts";
import { systemClock } from "../../src/io.ts";
import { createTheme } from "../../src/render/theme.ts";
import { encodeFrame } from "../../src/protocol/encoder.ts";
import type { Event } from "../../src/transport/events.ts";
import { RelayWatch } from "../../src/transport/relay/relay-watch.ts";

it("says in lines what a conversation breaks", () => {
  const events: Event[] = [];
  const watch = new RelayWatch({
    conn: "3",
    deflate: undefined,
    clock: systemClock,
    onEvent: (event) => events.push(event),
  });
  for (let i = 0; i < 8; i++) watch.push("out", encodeFrame({ opcode: 1, maskKey: 7 }));
  const judge = conversationLint({ theme: createTheme(0), labelConnections: true });
  const lines = events.flatMap(judge);
  expect(lines[0]).toMatch(/^#3 .*frame \d → at byte \d+: .*masking key/);
});

it("does not tell a refusal, which is told as such", () => {
  const judge = conversationLint({ theme: createTheme(0) });
  const refused = { ...handshake("1"), response: { startLine: "HTTP/1.1 403 No", headers: [] } };
  expect(judge(refused).join()).not.toMatch(/refused/);
});
