import { describe, expect, it } from "vitest";
import { asHttp1, MADE_UP_KEY } from "../../src/capture/http1-handshake.ts";
import { judgeResponse } from "../../src/protocol/client-handshake.ts";
import { headerValues } from "../../src/protocol/http-head.ts";
import { judgeRequest } from "../../src/protocol/server-handshake.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";

describe("a handshake over HTTP/2, told over HTTP/1.1", () => {
  it("is one that both sides accept, and says what it was", () => {
    const more = [["sec-websocket-protocol", "chat"]] as const;
    const { request, response } = http2Handshake(200, { more });
    const [asked, answered] = asHttp1([request, response], { opens: true });
    expect(asked.startLine).toBe("GET /chat?token=s3cret&room=1 HTTP/1.1");
    expect(headerValues(asked.headers, "Host")).toEqual(["example.test"]);
    expect(asked.headers.filter(([name]) => name.startsWith(":"))).toEqual([]);
    const { violations, subprotocols } = judgeRequest(asked);
    expect(violations).toEqual([]);
    const verdict = judgeResponse(answered, { key: MADE_UP_KEY, subprotocols });
    expect([verdict.violations, verdict.subprotocol]).toEqual([[], "chat"]);
    for (const { headers } of [asked, answered]) {
      expect(headerValues(headers, "X-Framecat")).toEqual(["this handshake was made over HTTP/2"]);
    }
  });

  it("keeps the status of a refusal", () => {
    const { request, response } = http2Handshake(403, { more: [["content-type", "text/plain"]] });
    const [, answered] = asHttp1([request, response], { opens: false });
    expect(answered.startLine).toBe("HTTP/1.1 403");
    expect(headerValues(answered.headers, "content-type")).toEqual(["text/plain"]);
    expect(headerValues(answered.headers, "Upgrade")).toEqual([]);
  });

  it("has some path and status where there was none", () => {
    const empty = { startLine: "", headers: [] };
    const [asked, answered] = asHttp1([empty, empty], { opens: false });
    expect([asked.startLine, answered.startLine]).toEqual(["GET / HTTP/1.1", "HTTP/1.1 000"]);
  });
});
