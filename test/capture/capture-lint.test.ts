import { describe, expect, it } from "vitest";
import { CaptureLint } from "../../src/capture/capture-lint.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { violation } from "../../src/protocol/rules.ts";
import type { Event, FindingEvent } from "../../src/transport/events.ts";
import { type FrameSketch, frameEvents } from "../helpers/frame-events.ts";
import { CONNECT_FIELDS, http2Handshake } from "../helpers/http2-handshake.ts";

const goodbye = encodeClosePayload(1000, "");
const CLOSES: readonly FrameSketch[] = [
  { opcode: 8, payload: goodbye, maskKey: 0x9abcdef0 },
  { opcode: 8, payload: goodbye },
];

/** The rules that a conversation breaks; `ends` happens on it after its frames. */
function rulesOf(sketches: readonly FrameSketch[], ends: (lint: CaptureLint) => void): string[] {
  const found: FindingEvent[] = [];
  const lint = new CaptureLint((event) => found.push(event));
  for (const event of frameEvents(sketches)) lint.event(event);
  ends(lint);
  lint.connectionEnd("1");
  return found.map((one) => one.violation.rule);
}

const inOrder = (lint: CaptureLint): void => {
  lint.directionEnd("1", "in", "fin", undefined);
  lint.directionEnd("1", "out", "fin", undefined);
};

describe("a conversation in a capture", () => {
  it("breaks nothing where all is well", () => {
    expect(rulesOf(CLOSES, inOrder)).toEqual([]);
  });

  it("is not answered, or ends without a Close", () => {
    expect(rulesOf(CLOSES.slice(0, 1), inOrder)).toContain("close-unanswered");
    expect(rulesOf([], inOrder)).toEqual([]);
    expect(rulesOf([{ opcode: 1, payload: "x" }], inOrder)).toContain("tcp-without-close");
  });

  it("is the client's to end last", () => {
    const found = rulesOf(CLOSES, (lint) => {
      lint.directionEnd("1", "out", "fin", undefined);
      lint.directionEnd("1", "in", "fin", undefined);
    });
    expect(found).toEqual(["client-closed-tcp-first"]);
  });

  it("is blamed for nothing that may be missing in the capture", () => {
    const found = rulesOf(CLOSES.slice(0, 1), (lint) => {
      lint.gap("1", "in");
      inOrder(lint);
    });
    expect(found).not.toContain("close-unanswered");
  });

  it("is judged at the time of its end", () => {
    const found: FindingEvent[] = [];
    const lint = new CaptureLint((event) => found.push(event));
    for (const event of frameEvents([{ opcode: 1, payload: "x" }])) lint.event(event);
    inOrder(lint);
    const at = { epochUs: 7e6, ns: 7_000_000_000n };
    const close = { code: 1006, reason: "", initiator: "peer", clean: false } as const;
    lint.event({ type: "close", conn: "1", at, ...close });
    lint.connectionEnd("1");
    expect(found).toMatchObject([{ at, violation: { rule: "tcp-without-close" } }]);
  });

  it("begins too early", () => {
    const found = rulesOf(CLOSES, (lint) => {
      lint.bytesBeforeResponse("2", 7);
      inOrder(lint);
    });
    expect(found).toEqual(["data-before-response"]);
  });
});

describe("a handshake over HTTP/2", () => {
  const SOUND = CONNECT_FIELDS.filter(([name]) => name !== ":path");
  const request = {
    startLine: "CONNECT /chat HTTP/2",
    headers: [...SOUND, [":path", "/chat"] as const],
  };
  const tls = { version: "TLS 1.3", cipher: "x" };

  function rules(...events: readonly Event[]): string[] {
    const found: FindingEvent[] = [];
    const lint = new CaptureLint((event) => found.push(event));
    for (const event of events) lint.event(event);
    return found.map((one) => one.violation.rule);
  }

  it("breaks no rule of HTTP/1.1", () => {
    expect(rules(http2Handshake(200, { request, tls }))).toEqual([]);
  });

  it("may break those that hold over any version", () => {
    expect(rules(http2Handshake(200))).toEqual(["credentials-in-clear", "credentials-in-url"]);
  });

  it("may be ended by either side first", () => {
    const found: FindingEvent[] = [];
    const lint = new CaptureLint((event) => found.push(event));
    lint.event(http2Handshake(200, { request, tls, conn: "1" }));
    for (const event of frameEvents(CLOSES)) lint.event(event);
    lint.directionEnd("1", "out", "fin", undefined);
    lint.directionEnd("1", "in", "fin", undefined);
    lint.connectionEnd("1");
    expect(found).toEqual([]);
  });

  it("must be closed before it is ended all the same", () => {
    const found: FindingEvent[] = [];
    const lint = new CaptureLint((event) => found.push(event));
    lint.event(http2Handshake(200, { request, tls, conn: "1" }));
    lint.directionEnd("1", "out", "fin", undefined);
    lint.directionEnd("1", "in", "fin", undefined);
    lint.connectionEnd("1");
    expect(found.map(({ violation: { rule } }) => rule)).toEqual(["tcp-without-close"]);
  });

  it("is not told again what its own violations say", () => {
    const violations = [violation("handshake-refused")];
    expect(rules(http2Handshake(403, { request, tls, violations }))).toEqual([]);
    expect(rules(http2Handshake(403, { request, tls }))).toEqual(["handshake-refused"]);
  });
});
