import { describe, expect, it } from "vitest";
import { readOpeningRequest } from "../../src/transport/opening-request.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { openingRequest, type RawPeer, socketPair } from "../helpers/transport.ts";

async function reading(timeoutMs = 5000) {
  const { here, there } = await socketPair();
  const reasons: string[] = [];
  const opening = readOpeningRequest(here, timeoutMs, (why) => reasons.push(why));
  here.resume();
  return { here, there, opening, reasons };
}

// What clients are told, and those that dribble: server-upgrade.test.ts.
describe("the opening request", () => {
  it("is read to its end and no further, and the socket is left paused", async () => {
    const { here, there, opening } = await reading();
    there.send(openingRequest("X-Own: yes"), hex("81 80 00000000"));
    const { request, rest } = (await opening)!;
    expect(request.startLine).toBe("GET /chat HTTP/1.1");
    expect(request.headers.at(-1)).toEqual(["X-Own", "yes"]);
    expect(Buffer.from(rest).toString("hex")).toBe("818000000000");
    expect(here.isPaused()).toBe(true);
    expect(here.listenerCount("data")).toBe(0);
  });

  it.each<[string, (peer: RawPeer) => void, RegExp, string[]]>([
    [
      "no HTTP",
      (peer) => peer.send(utf8("SSH-2.0\r\n")),
      /^HTTP\/1\.1 400 /,
      ["what it sent is no request: it is not HTTP"],
    ],
    [
      "a hello of TLS",
      (peer) => peer.send(hex("16 03 01 00 05 01 00 00 01 00")),
      /^HTTP\/1\.1 400 /,
      ["it began with TLS, and this port has none: its address begins with ws://, not wss://"],
    ],
    ["nothing in time", () => undefined, /^HTTP\/1\.1 408 /, ["its request did not come in 0.1 s"]],
    ["nothing any more", ({ socket }) => void socket.end(), /^$/, []],
  ])("is none where there is %s", async (_, script, told, why) => {
    const { there, opening, reasons } = await reading(100);
    script(there);
    expect(await opening).toBeUndefined();
    await there.end();
    expect(there.received.toString()).toMatch(told);
    expect(reasons).toEqual(why);
  });
});
