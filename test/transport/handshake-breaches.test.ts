import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import type { HandshakeEvent } from "../../src/transport/events.ts";
import { handshakeBreaches } from "../../src/transport/handshake-breaches.ts";
import { captureEvents } from "../helpers/dump-events.ts";

describe("handshakeBreaches", () => {
  const [opened] = captureEvents().filter((event) => event.type === "handshake");
  const answered = (startLine: string): HandshakeEvent => ({
    ...opened!,
    response: { startLine, headers: [] },
    violations: [violation("response-status"), violation("request-version")],
  });

  it.each([
    ["HTTP/1.1 401 Unauthorized", ["request-version"]],
    ["HTTP/1.1 302 Found", ["request-version"]],
    ["HTTP/1.1 200 OK", ["response-status", "request-version"]],
    ["no HTTP", ["response-status", "request-version"]],
  ])("of %s", (startLine, rules) => {
    expect(handshakeBreaches(answered(startLine)).map(({ rule }) => rule)).toEqual(rules);
  });
});
