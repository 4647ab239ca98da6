import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionLint } from "../../src/protocol/connection-lint.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { hex } from "../helpers/bytes.ts";
import { anyStream } from "../helpers/frames.ts";
import { close, compress, Conversation, ping, pong, rulesOf, text } from "../helpers/lint.ts";

type Talk = (talk: Conversation) => unknown;

const LONG = "the quick brown fox ".repeat(40);
const deflated = (payload: Uint8Array) => ({ opcode: Opcode.text, rsv1: true, payload });

describe("a connection under the lint", () => {
  it("gives nothing for one that is in order", () => {
    const talk: Talk = (t) =>
      t
        .open("")
        .client(text("a"))
        .server(ping("1"))
        .client(pong("1"))
        .server(deflated(compress(LONG)))
        .bye();
    expect(rulesOf(talk)).toEqual([]);
  });

  it("tells which frame a finding is about, even if it comes later", () => {
    const talk = new Conversation().open().server(text("a")).server(ping("b")).client(text("c"));
    expect(talk.findings).toEqual([]);
    talk.bye();
    expect(talk.findings).toEqual([
      expect.objectContaining({
        rule: "ping-unanswered",
        place: { part: "frame", flow: "s2c", frame: 1, offset: 3 },
      }),
    ]);
  });

  it("can leave out what frames and messages tell themselves", () => {
    const talk: Talk = (t) =>
      t
        .open()
        .say("c2s", text("a"))
        .client({ opcode: Opcode.continuation, payload: "b" })
        .ends("s2c");
    expect(rulesOf(talk)).toEqual([
      "client-frame-unmasked",
      "continuation-without-start",
      "tcp-without-close",
    ]);
    expect(rulesOf(talk, { findings: "conversation" })).toEqual(["tcp-without-close"]);
  });

  it("takes other limits", () => {
    const talk: Talk = (t) =>
      t.open().client(ping("1"), 0).server(pong("1"), 200).server(text("12345")).bye();
    expect(rulesOf(talk)).toEqual([]);
    expect(rulesOf(talk, { limits: { slowPongMs: 100, maxFrameLength: 4 } })).toEqual([
      "pong-slow",
      "length-over-limit",
    ]);
  });

  it("does not tell twice of a limit that the parser has told of", () => {
    const talk: Talk = (t) => t.bytes("s2c", hex("89 7e 00 7e", new Uint8Array(126)));
    expect(rulesOf(talk, { limits: { maxFrameLength: 100 } })).toEqual([
      "control-too-long",
      "length-over-limit",
    ]);
  });

  it("expects no pong, and no echo, from who fails the connection for a breach", () => {
    const talk: Talk = (t) =>
      t
        .open()
        .client({ opcode: 3 })
        .client(ping("1"))
        .client(close(1000))
        .server(close(1002))
        .ends("s2c");
    expect(rulesOf(talk)).toEqual(["opcode-reserved"]);
  });

  it("passes over a response without its request", () => {
    expect(rulesOf((t) => t.answer({ Upgrade: "x" }).client(text("a")).bye())).toEqual([]);
  });

  it("inflates by the terms of a handshake that it did not see", () => {
    const deflate = {
      clientMaxWindowBits: 15,
      serverMaxWindowBits: 15,
      clientNoContextTakeover: false,
      serverNoContextTakeover: true,
    };
    const lint = new ConnectionLint({ deflate });
    const talk = new Conversation({}, lint);
    talk.server(deflated(compress("Hello"))).server(deflated(hex("f2 00 11 00 00")));
    expect(talk.rules).toContain("deflate-context-kept");
  });

  it.each(["fin", "reset", "cut"] as const)("tells once of half a header: %s", (how) => {
    for (const findings of ["all", "conversation"] as const) {
      const talk = new Conversation({ findings }).open().server(text("a"));
      talk.bytes("s2c", hex("b9")).end("s2c", how).end("s2c", "reset");
      const place = { part: "frame", flow: "s2c", frame: 1, offset: 3 };
      const cut = how === "fin" ? ["frame-truncated"] : [];
      expect(talk.rules).toEqual(["rsv-not-negotiated", ...cut]);
      expect(talk.findings[0]).toMatchObject({ place, closeCode: 1002, severity: "error" });
    }
  });

  it("tells exactly how long a frame is that is too long by far", () => {
    const talk = new Conversation({ findings: "conversation" }).open();
    talk.bytes("s2c", hex("82 7f 7f ff ff ff ff ff ff ff 61")).end("s2c");
    expect(talk.rules).toEqual(["length-over-limit"]);
    expect(talk.findings[0]!.message).toContain("Found: 9223372036854775807 bytes, limit");
  });

  it("goes on after the end, and ends once", () => {
    const talk = new Conversation().open().end("s2c").end("s2c", "reset").client(text("a"));
    expect(talk.end("c2s").finish().rules).toEqual(["tcp-without-close"]);
  });

  it("takes whatever comes, and places each finding on a frame that was there", () => {
    const steps = fc.array(
      fc.oneof(
        { weight: 5, arbitrary: fc.tuple(fc.constantFrom("c2s", "s2c"), anyStream) },
        { weight: 1, arbitrary: fc.tuple(fc.constantFrom("gap", "fin", "reset"), anyStream) },
      ),
      { maxLength: 8 },
    );
    const terms = fc.constantFrom(
      undefined,
      "",
      "server_no_context_takeover; client_no_context_takeover",
    );
    const property = fc.property(terms, steps, (deflate, said) => {
      const talk = new Conversation().open(deflate);
      for (const [what, bytes] of said) {
        if (what === "c2s" || what === "s2c") talk.bytes(what, bytes);
        else if (what === "gap") talk.gap("c2s");
        else talk.end("s2c", what);
      }
      talk.ends("c2s");
      for (const { place, message } of talk.findings) {
        expect(message).toMatch(/^[A-Z].*\.$/s);
        if (place.part !== "frame") continue;
        const sent = said.filter(([what]) => what === place.flow);
        expect(place.offset).toBeLessThan(sent.reduce((sum, [, bytes]) => sum + bytes.length, 0));
      }
    });
    fc.assert(property, { numRuns: 150 });
  });
});
