import { describe, expect, it } from "vitest";
import { lintResponse } from "../../src/protocol/response-lint.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { judgeRequest } from "../../src/protocol/server-handshake.ts";
import type { HeaderValues } from "../helpers/heads.ts";
import { request, response } from "../helpers/lint.ts";

const REFUSAL = { "Sec-WebSocket-Accept": undefined, Upgrade: undefined };
const PLAIN = { Upgrade: undefined };
const ORIGIN = { Origin: "http://a.example" };

type Row = readonly [
  status: string,
  asked: HeaderValues,
  answered: HeaderValues,
  state: string,
  broken: readonly RuleId[],
];

describe("a response", () => {
  it.each<Row>([
    ["101 Switching Protocols", {}, {}, "open", []],
    ["101 Switching Protocols", {}, { Upgrade: "h2c" }, "open", ["response-upgrade"]],
    ["100 Continue", {}, REFUSAL, "interim", []],
    ["103 Early Hints", {}, REFUSAL, "interim", []],
    ["200 OK", {}, REFUSAL, "refused", ["response-status"]],
    ["204 No Content", {}, REFUSAL, "refused", ["response-status"]],
    ["302 Found", {}, REFUSAL, "refused", ["handshake-refused"]],
    ["401 Unauthorized", {}, REFUSAL, "refused", ["handshake-refused"]],
    ["403 Forbidden", {}, REFUSAL, "refused", ["handshake-refused"]],
    ["403 Forbidden", ORIGIN, {}, "refused", ["handshake-refused", "request-origin-refused"]],
    ["404 Not Found", ORIGIN, {}, "refused", ["handshake-refused"]],
    ["426 No", {}, REFUSAL, "refused", ["handshake-refused", "upgrade-required-version"]],
    ["426 No", {}, { "Sec-WebSocket-Version": "13, 8" }, "refused", ["handshake-refused"]],
    ["426 No", PLAIN, REFUSAL, "refused", ["handshake-refused"]],
    ["400 Bad Request", { "Sec-WebSocket-Version": "7" }, {}, "refused", ["handshake-refused"]],
    ["503 Unavailable", {}, {}, "refused", ["handshake-refused"]],
  ])("%s to %j with %j: %s, %j", (status, asked, answered, state, broken) => {
    const verdict = judgeRequest(request(asked));
    const judged = lintResponse(response(answered, `HTTP/1.1 ${status}`), verdict);
    expect(judged.state).toBe(state);
    expect(judged.violations.map(({ rule }) => rule)).toEqual(broken);
  });

  it("without a status opens nothing", () => {
    const judged = lintResponse(response({}, "hello"), judgeRequest(request()));
    expect(judged).toMatchObject({ state: "refused", violations: [{ rule: "response-status" }] });
  });

  it("is judged by all that the request offered", () => {
    const offers = "x-other, permessage-deflate; server_max_window_bits=10, permessage-deflate";
    const asked = judgeRequest(
      request({ "Sec-WebSocket-Extensions": offers, "Sec-WebSocket-Protocol": "a, b" }),
    );
    const granted = {
      "Sec-WebSocket-Extensions": "permessage-deflate",
      "Sec-WebSocket-Protocol": "b",
    };
    expect(lintResponse(response(granted), asked)).toMatchObject({
      violations: [],
      deflate: { serverMaxWindowBits: 15 },
    });
  });
});
