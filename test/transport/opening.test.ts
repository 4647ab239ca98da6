import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acceptKey, encodeKey } from "../../src/protocol/accept-key.ts";
import { ClientUpgrade, type UpgradeOptions } from "../../src/transport/client-upgrade.ts";
import { Opening, type OpeningResult, OpeningUpgrade } from "../../src/transport/opening.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { concat, hex, splitAt, splitPoints } from "../helpers/bytes.ts";
import { random, response } from "../helpers/transport.ts";

const target = parseTarget("ws://user:word@h/path?q");
const opening = (options: UpgradeOptions = {}) => new Opening(target, options, random(16));
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes).toString("latin1");
const good = (request: string, ...headers: string[]) => Buffer.from(response(request, headers));

/** An opening that has seen a good response. */
function taught(options: UpgradeOptions = {}, ...headers: string[]): Opening {
  const own = opening(options);
  const first = new OpeningUpgrade(own, random(16));
  expect(first.push(good(first.request, ...headers))?.state).toBe("open");
  return own;
}

describe("the request", () => {
  it.each<[string, UpgradeOptions]>([
    ["as it is", {}],
    [
      "with all that can be asked for",
      {
        subprotocols: ["a", "b"],
        deflate: {},
        origin: "https://o",
        headers: [
          ["X-A", "1"],
          ["Authorization", "other"],
        ],
      },
    ],
    ["with a key of the user's", { headers: [["sec-websocket-key", "mine"]] }],
    ["with a value beyond ASCII", { headers: [["X-A", "\u00e9"]] }],
  ])("%s is that of a handshake on its own", (_, options) => {
    const key = random(16);
    const { request } = new OpeningUpgrade(opening(options), key);
    expect(request).toBe(latin1(new ClientUpgrade(target, options, key).bytes));
  });

  it("has another key each time", () => {
    const own = opening();
    const requests = [1, 2, 3].map(() => new OpeningUpgrade(own, random(16)).request);
    expect(new Set(requests).size).toBe(3);
  });

  it("that cannot be sent is not made", () => {
    expect(() => opening({ headers: [["X", "a\nb"]] })).toThrow(/header X/);
  });
});

describe("a response that is known", () => {
  it("is good with the key of its own request, and what follows it is left", () => {
    const upgrade = new OpeningUpgrade(taught(), random(16));
    const result = upgrade.push(concat([good(upgrade.request), hex("81 01 61")]));
    expect(result).toMatchObject({ state: "open", rest: hex("81 01 61") });
  });

  it("is not read again", () => {
    const own = taught({ deflate: {} }, "Sec-WebSocket-Extensions: permessage-deflate");
    const key = random(16);
    const { request } = new OpeningUpgrade(own, key);
    const bytes = good(request, "Sec-WebSocket-Extensions: permessage-deflate");
    const result = own.recognize(bytes, encodeKey(key));
    expect(result).toMatchObject({ state: "open", verdict: { deflate: {} }, rest: { length: 0 } });
    expect(own.recognize(bytes, encodeKey(random(16)))).toBeUndefined();
    expect(own.recognize(bytes.subarray(0, -1), encodeKey(key))).toBeUndefined();
  });

  it("gives way to the one that came last", () => {
    const own = taught({}, "X-Server: a");
    const second = new OpeningUpgrade(own, random(16));
    second.push(good(second.request, "X-Server: b"));
    const key = random(16);
    const { request } = new OpeningUpgrade(own, key);
    const known = ["a", "b"].map((name) =>
      own.recognize(good(request, `X-Server: ${name}`), encodeKey(key)),
    );
    expect(known.map((result) => result?.state)).toEqual([undefined, "open"]);
  });

  it("is none where the accept key stands twice, or the head came in pieces", () => {
    for (const echoed of [true, false]) {
      const own = opening();
      const upgrade = new OpeningUpgrade(own, random(16));
      const key = /^sec-websocket-key: (.*)$/im.exec(upgrade.request)?.[1] ?? "";
      const bytes = good(upgrade.request, ...(echoed ? [`X-Echo: ${acceptKey(key)}`] : []));
      const pieces = echoed ? [bytes] : [bytes.subarray(0, 9), bytes.subarray(9)];
      expect(pieces.map((piece) => upgrade.push(piece)?.state).at(-1)).toBe("open");
      expect(own.recognize(bytes, key)).toBeUndefined();
    }
  });

  it("is a good one alone", () => {
    const own = opening();
    const refused = new OpeningUpgrade(own, random(16));
    const no = Buffer.from("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    expect(refused.push(no)?.state).toBe("failed");
    expect(own.recognize(no, encodeKey(random(16)))).toBeUndefined();
  });
});

describe("what was seen before changes no verdict", () => {
  /** All that is to be the same. */
  const told = (result: OpeningResult | undefined) =>
    result?.state === "failed"
      ? [result.failure.code, result.failure.message, result.failure.hint]
      : result && [result.verdict, latin1(result.rest)];

  const feed = (upgrade: Pick<OpeningUpgrade, "push" | "ended">, pieces: readonly Uint8Array[]) => {
    for (const piece of pieces) {
      const result = upgrade.push(piece);
      if (result) return told(result);
    }
    return told(upgrade.ended("closed"));
  };

  const expectAlike = (change: (bytes: Uint8Array) => readonly Uint8Array[]): void => {
    const own = taught({ subprotocols: ["chat"] }, "Sec-WebSocket-Protocol: chat");
    const key = random(16);
    const upgrade = new OpeningUpgrade(own, key);
    const pieces = change(
      concat([good(upgrade.request, "Sec-WebSocket-Protocol: chat"), hex("81 01 61")]),
    );
    const alone = new ClientUpgrade(target, { subprotocols: ["chat"] }, key);
    expect(feed(upgrade, pieces)).toEqual(feed(alone, pieces));
  };

  it("where it is split", () => {
    fc.assert(fc.property(splitPoints, (points) => expectAlike((bytes) => splitAt(bytes, points))));
  });

  it("where a byte is another", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.nat(255), (at, byte) =>
        expectAlike((bytes) => {
          const changed = bytes.slice();
          if (at < changed.length) changed[at] = byte;
          return [changed];
        }),
      ),
      { numRuns: 500 },
    );
  });

  it("where it is cut short", () => {
    fc.assert(
      fc.property(fc.nat(200), (length) => expectAlike((bytes) => [bytes.subarray(0, length)])),
    );
  });
});
