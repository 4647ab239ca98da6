import { describe, expect, it } from "vitest";
import { hintFor, hintForInvalid, hintForOther } from "../../src/transport/refusal-hint.ts";
import { hex } from "../helpers/bytes.ts";
import { type HeaderValues, makeHead } from "../helpers/heads.ts";

function hint(status: number, headers: HeaderValues = {}, sent: HeaderValues = {}, secure = false) {
  const request = makeHead("GET / HTTP/1.1", {
    Host: "h:8080",
    "Sec-WebSocket-Version": "13",
    ...sent,
  });
  return hintFor({ status, request, response: makeHead(`HTTP/1.1 ${status}`, headers), secure });
}

describe("what a status means for who wanted a WebSocket", () => {
  it.each([
    [200, /^A plain web page answered: is the path right\?$/],
    [204, /plain web server/],
    [300, undefined],
    [304, undefined],
    [400, /^It found the request wrong\. .*path right\? .*Upgrade/],
    [401, /^It wants credentials: try --auth, --bearer, --cookie or a header\.$/],
    [402, undefined],
    [403, /^Often an Origin is wanted: try --origin http:\/\/h:8080\.$/],
    [404, /^Is the path right\?$/],
    [405, /no GET/],
    [407, /^A proxy wants credentials: try --proxy http:\/\/USER:PASSWORD@HOST:PORT\.$/],
    [410, /once/],
    [418, undefined],
    [426, /^Is the path right\? .*Upgrade/],
    [429, /^It has had too many requests\.$/],
    [500, /in trouble/],
    [502, /cannot reach the server behind it/],
    [503, /^It is overloaded or down for a while\.$/],
    [504, /cannot reach/],
    [599, /in trouble/],
  ])("%d", (status, expected) => {
    if (expected) expect(hint(status)).toMatch(expected);
    else expect(hint(status)).toBeUndefined();
  });
});

describe("what the headers say besides", () => {
  it.each<[number, HeaderValues, string, HeaderValues?]>([
    [301, { Location: "/other" }, "It redirects to /other: use that address, or connect with -L."],
    [
      308,
      { Location: "https://u:p@h/?token=x" },
      "It redirects to https://***@h/?token=***: use that address, or connect with -L.",
    ],
    [302, {}, "It redirects, and does not say where to."],
    [
      401,
      { "WWW-Authenticate": 'Basic realm="a"' },
      "It wants credentials (Basic): try --auth USER:PASSWORD.",
    ],
    [
      401,
      { "WWW-Authenticate": ["Bearer", "Basic x"] },
      "It wants credentials (Bearer, Basic): try --bearer TOKEN or --auth USER:PASSWORD.",
    ],
    [
      401,
      { "WWW-Authenticate": "Negotiate" },
      "It wants credentials (Negotiate): try --auth, --bearer, --cookie or a header.",
    ],
    [
      401,
      { "WWW-Authenticate": '"\u001b[31m' },
      "It wants credentials: try --auth, --bearer, --cookie or a header.",
    ],
    [
      401,
      { "WWW-Authenticate": "Basic" },
      "It does not accept these credentials (Basic).",
      { authorization: "Basic x" },
    ],
    [403, {}, "Is the Origin https://o allowed there?", { origin: "https://o" }],
    [
      426,
      { "Sec-WebSocket-Version": ["8", "7, 0"] },
      "It speaks version 8, 7, 0 of the protocol: --ws-version asks for one.",
    ],
    [
      400,
      { "Sec-WebSocket-Version": "13" },
      "It speaks version 13 of the protocol: --ws-version asks for one.",
      { "Sec-WebSocket-Version": "8" },
    ],
    [429, { "Retry-After": "120" }, "It has had too many requests. It asks to wait 120 s."],
    [
      503,
      { "Retry-After": "Fri, 31 Dec 1999 23:59:59 GMT" },
      "It is overloaded or down for a while. It asks to wait until Fri, 31 Dec 1999 23:59:59 GMT.",
    ],
  ])("%d with %j", (status, headers, expected, sent = {}) => {
    expect(hint(status, headers, sent)).toBe(expected);
  });

  it("a certificate may be wanted where there is TLS", () => {
    expect(hint(400, {}, {}, true)).toMatch(/Upgrade.* client certificate \(--cert\)\.$/);
    expect(hint(400)).not.toContain("certificate");
  });

  it("an Origin of TLS is one of https", () => {
    expect(hint(403, {}, {}, true)).toContain("--origin https://h:8080");
  });

  it("is cut where it is long", () => {
    expect(hint(301, { Location: "/x".repeat(5000) })?.length).toBeLessThan(200);
    expect(hint(401, { "WWW-Authenticate": "x".repeat(5000) })?.length).toBeLessThan(250);
  });
});

describe("what an answer that opens nothing means", () => {
  it.each([
    ["response-status", /1\.1/],
    ["response-upgrade", /pass Upgrade on/],
    ["response-connection", /pass Upgrade on/],
    ["response-accept", /cache/],
    ["response-subprotocol", /-s NAME/],
    ["response-extensions", /--deflate off/],
    ["no-such-rule", undefined],
  ])("%s", (rule, expected) => {
    if (expected) expect(hintForInvalid(rule)).toMatch(expected);
    else expect(hintForInvalid(rule)).toBeUndefined();
  });

  it.each([
    ["15 03 01 00 02 02 16", /wss:\/\//],
    ["16 03 03 00 02", /wss:\/\//],
    ["53 53 48 2d 32 2e 30", /Is the port right/],
    ["", /Is the port right/],
  ])("bytes that are no HTTP: %s", (bytes, expected) => {
    expect(hintForOther(hex(bytes))).toMatch(expected);
  });
});
