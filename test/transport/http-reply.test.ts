import { describe, expect, it } from "vitest";
import { type HttpReply, refusal, sendReply } from "../../src/transport/http-reply.ts";
import { utf8 } from "../helpers/bytes.ts";
import { socketPair } from "../helpers/transport.ts";

async function answered(reply: HttpReply): Promise<string> {
  const { here, there } = await socketPair();
  const { startLine } = sendReply(here, reply);
  await there.end();
  const text = there.received.toString();
  expect(text.startsWith(`${startLine}\r\n`)).toBe(true);
  return text;
}

describe("an answer that opens nothing", () => {
  it("is one line of text unless it says otherwise, and the end", async () => {
    expect(await answered(refusal(403, "No."))).toBe(
      "HTTP/1.1 403 Forbidden\r\nConnection: close\r\n" +
        "Content-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\nNo.\n",
    );
  });

  it("may be a page, with headers of its own", async () => {
    const page: HttpReply = {
      status: 200,
      headers: [["Cache-Control", "no-store"]],
      type: "text/html",
      body: utf8("<p>✓"),
    };
    const text = await answered(page);
    expect(text).toContain("\r\nCache-Control: no-store\r\nContent-Type: text/html\r\n");
    expect(text).toMatch(/Content-Length: 6\r\n\r\n<p>✓$/);
  });

  it("has no body for HEAD, and says how long it would be", async () => {
    const text = await answered({ status: 200, body: "hello", headOnly: true });
    expect(text).toMatch(/Content-Length: 5\r\n\r\n$/);
  });

  it.each([
    [405, /^Allow: GET$/m],
    [426, /^Connection: Upgrade, close\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13$/m],
    [401, /^WWW-Authenticate: Basic$/m],
  ])("%d has the headers that belong to it, and further ones", async (status, expected) => {
    const headers: HttpReply["headers"] = status === 401 ? [["WWW-Authenticate", "Basic"]] : [];
    expect(await answered(refusal(status, "No.", headers))).toMatch(expected);
  });
});
