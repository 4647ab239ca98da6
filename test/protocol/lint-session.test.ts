import { describe, expect, it } from "vitest";
import type { ConnectionLint } from "../../src/protocol/connection-lint.ts";
import { LintSession } from "../../src/protocol/lint-session.ts";
import { Conversation, ping, pong, request, SOUND_KEY } from "../helpers/lint.ts";

const OTHER_KEY = "AAAAAAAAAAAAAAAAAAAAAA==";

function rules(session: LintSession, key: string | undefined): string[] {
  const head = request({ "Sec-WebSocket-Key": key });
  return session
    .connection()
    .request(head)
    .map(({ rule }) => rule);
}

describe("several connections", () => {
  it("need a key each", () => {
    const session = new LintSession();
    expect(rules(session, SOUND_KEY)).toEqual([]);
    expect(rules(session, OTHER_KEY)).toEqual([]);
    expect(rules(session, SOUND_KEY)).toEqual(["request-key-reused"]);
  });

  it("without a key have none in common", () => {
    const session = new LintSession();
    expect(rules(session, undefined)).toEqual(["request-key"]);
    expect(rules(session, undefined)).toEqual(["request-key"]);
  });

  it("of another session are not known", () => {
    expect(rules(new LintSession(), SOUND_KEY)).toEqual([]);
    expect(rules(new LintSession(), SOUND_KEY)).toEqual([]);
  });

  it("are remembered up to a limit, the latest ones", () => {
    const session = new LintSession({}, 3);
    const key = (i: number) => Buffer.alloc(16, i).toString("base64");
    for (let i = 0; i < 4; i++) expect(rules(session, key(i))).toEqual([]);
    expect(rules(session, key(3))).toEqual(["request-key-reused"]);
    expect(rules(session, key(0))).toEqual([]);
  });

  it("share the options of the session, unless they have their own", () => {
    const session = new LintSession({ findings: "conversation", limits: { slowPongMs: 100 } });
    const talk = (lint: ConnectionLint) =>
      new Conversation({}, lint).say("c2s", ping("1"), 0).server(pong("1"), 200).rules;
    expect(talk(session.connection())).toEqual(["pong-slow"]);
    expect(talk(session.connection({ findings: "all", limits: {} }))).toEqual([
      "client-frame-unmasked",
    ]);
  });
});
