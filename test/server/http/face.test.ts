import { describe, expect, it } from "vitest";
import { type FaceOptions, httpFace } from "../../../src/server/http/face.ts";
import { refusal } from "../../../src/transport/http-reply.ts";
import type { Headers } from "../../../src/protocol/http-head.ts";
import { askingOf } from "../../helpers/asking.ts";

function face(options: Partial<FaceOptions> = {}) {
  const refused: string[] = [];
  const missed: string[] = [];
  const respond = httpFace({
    page: () => Promise.resolve({ html: "<p>", headers: [["X-Page", "1"]] }),
    metrics: () => Promise.resolve({ type: "text/plain; version=0.0.4", text: "up 1\n" }),
    mayRead: () => undefined,
    refused: ({ kind }, conn) => void refused.push(`${conn} ${kind}`),
    missed: (why) => void missed.push(why),
    isStopping: () => false,
    ...options,
  });
  const ask = (startLine: string, headers: Headers = [["Host", "a"]]) =>
    respond({ ...askingOf(), request: { startLine: `${startLine} HTTP/1.1`, headers } });
  return { ask, refused, missed };
}

describe("plain requests", () => {
  it.each([
    ["GET /", 200, "<p>", "text/html; charset=utf-8"],
    ["GET /?token=x", 200, "<p>", "text/html; charset=utf-8"],
    ["GET http://a:1", 200, "<p>", "text/html; charset=utf-8"],
    ["GET /metrics?x", 200, "up 1\n", "text/plain; version=0.0.4"],
    ["GET http://a/healthz", 200, "ok\n", undefined],
    ["GET /chat", 404, /WebSocket/, undefined],
    ["POST /chat", 404, /WebSocket/, undefined],
    ["GET //", 404, /WebSocket/, undefined],
    ["POST /", 405, /nothing to write/, undefined],
    ["OPTIONS /metrics", 405, /nothing to write/, undefined],
  ] as const)("%s: %d", async (startLine, status, body, type) => {
    const reply = await face().ask(startLine);
    expect([reply?.status, reply?.type]).toEqual([status, type]);
    if (typeof body === "string") expect(reply?.body).toBe(body);
    else expect(reply?.body).toMatch(body);
    expect(reply?.headers).toContainEqual(["Cache-Control", "no-store"]);
  });

  it("are answered without a body after HEAD", async () => {
    for (const path of ["/", "/healthz", "/none"])
      expect(await face().ask(`HEAD ${path}`)).toMatchObject({ headOnly: true });
    expect(await face().ask("GET /")).not.toHaveProperty("headOnly");
  });

  it("say what is allowed where they are not, and what goes with the page", async () => {
    expect((await face().ask("PUT /"))?.headers).toContainEqual(["Allow", "GET, HEAD"]);
    expect((await face().ask("GET /"))?.headers).toContainEqual(["X-Page", "1"]);
  });

  it("are told where they ask for nothing that there is", async () => {
    const { ask, missed } = face();
    for (const line of ["GET /", "GET /chat?token=x", "PUT /", "GET /healthz"]) await ask(line);
    expect(missed).toEqual(['GET "/chat" is answered with 404', 'PUT "/" is answered with 405']);
  });

  it("that mean to open a WebSocket are left to others", async () => {
    const headers = [["Sec-WebSocket-Version", "13"]] as const;
    expect(await face().ask("GET /", headers)).toBeUndefined();
    expect(await face().ask("nonsense")).toBeUndefined();
  });
});

it("has whoever may not read turned away, but for the health", async () => {
  const denial = { reply: refusal(401, "No."), kind: "token", why: "" };
  const { ask, refused } = face({ mayRead: () => denial });
  expect([(await ask("GET /"))?.status, (await ask("HEAD /metrics"))?.status]).toEqual([401, 401]);
  expect((await ask("GET /healthz"))?.status).toBe(200);
  expect(refused).toEqual(["1 token", "1 token"]);
});

it("tells that the server stops", async () => {
  const reply = await face({ isStopping: () => true }).ask("GET /healthz");
  expect([reply?.status, reply?.body]).toEqual([503, "stopping\n"]);
});
