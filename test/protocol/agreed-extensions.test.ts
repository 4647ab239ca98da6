import { describe, expect, it } from "vitest";
import { judgeAgreedExtensions } from "../../src/protocol/agreed-extensions.ts";
import { parseExtensions } from "../../src/protocol/extensions.ts";
import type { RuleId } from "../../src/protocol/rules.ts";

const NAME = "permessage-deflate";

function judge(offered: string, response: string) {
  const headers = [["Sec-WebSocket-Extensions", response]] as const;
  return judgeAgreedExtensions(headers, parseExtensions([offered])!);
}

describe("the extensions of a response", () => {
  it.each<[offered: string, response: string, broken: RuleId | undefined, found?: string]>([
    ["", "", undefined],
    [NAME, "", undefined],
    [NAME, NAME, undefined],
    ["x-other; a=1", "x-other; b", undefined],
    ["", NAME, "response-extensions", `${NAME} was not offered`],
    [NAME, "x-other", "response-extensions", "x-other was not offered"],
    [NAME, `${NAME}, ${NAME}`, "response-extensions", "named twice"],
    [`x-other, ${NAME}`, "x-other, x-other", "response-extensions", "x-other is named twice"],
    [NAME, `${NAME};`, "response-extensions", "malformed"],
    [NAME, `${NAME}; fast`, "deflate-response", "fast is unknown"],
    [NAME, `${NAME}; server_max_window_bits=7`, "deflate-response", "8 to 15"],
    [NAME, `${NAME}; server_max_window_bits=08`, "deflate-response", "leading zero"],
    [NAME, `${NAME}; client_max_window_bits=9`, "deflate-response", "was not offered"],
    [
      NAME,
      `${NAME}; server_no_context_takeover; server_no_context_takeover`,
      "deflate-response",
      "given twice",
    ],
    [
      `${NAME}; server_max_window_bits=10`,
      `${NAME}; server_max_window_bits=11`,
      "deflate-response",
      "at most 10",
    ],
    [`${NAME}; server_max_window_bits=7`, NAME, "deflate-response", "no offer"],
  ])("to %j: %j breaks %s", (offered, response, broken, found = "") => {
    const { violation } = judge(offered, response);
    expect(violation?.rule).toBe(broken);
    expect(violation?.message ?? "").toContain(found);
  });

  it("need fit one offer of several", () => {
    const offers = `${NAME}; server_max_window_bits=9, ${NAME}; client_max_window_bits`;
    expect(judge(offers, `${NAME}; client_max_window_bits=12`).deflate).toMatchObject({
      serverMaxWindowBits: 15,
      clientMaxWindowBits: 12,
    });
    expect(judge(offers, `${NAME}; server_max_window_bits=9`).deflate).toMatchObject({
      serverMaxWindowBits: 9,
    });
  });
});
