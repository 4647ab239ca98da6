import { judgeResponse } from "./client-handshake.ts";
import type { DeflateParams } from "./deflate.ts";
import { headerList, type HttpHead, parseStatusLine } from "./http-head.ts";
import { type Violation, violation } from "./rules.ts";
import type { RequestVerdict } from "./server-handshake.ts";

export interface ResponseLint {
  /** `interim` is a 1xx that another response follows. */
  readonly state: "open" | "refused" | "interim";
  readonly violations: readonly Violation[];
  readonly deflate: DeflateParams | undefined;
}

/** All that a response breaks, seen by the request that it answers. */
export function lintResponse(response: HttpHead, request: RequestVerdict): ResponseLint {
  const { status = 0 } = parseStatusLine(response.startLine) ?? {};
  if (status === 101) {
    const { key, subprotocols, extensions: offered } = request;
    const { violations, deflate } = judgeResponse(response, { key, subprotocols, offered });
    return { state: "open", violations, deflate };
  }
  const state = status >= 100 && status < 200 ? "interim" : "refused";
  const violations = state === "refused" ? judgeRefusal(response, status, request) : [];
  return { state, violations, deflate: undefined };
}

/** A server may redirect, ask for credentials or refuse; it may not answer as if all were well. */
function judgeRefusal(
  { startLine, headers }: HttpHead,
  status: number,
  request: RequestVerdict,
): Violation[] {
  if (status < 300) {
    const found = status === 0 ? JSON.stringify(startLine.slice(0, 80)) : `status ${status}`;
    return [violation("response-status", found)];
  }
  const refused = violation("handshake-refused", `status ${status}`);
  if (status === 403 && request.origin !== undefined) {
    return [refused, violation("request-origin-refused")];
  }
  // Who did not ask for a WebSocket need not be told about its versions.
  const asked = !request.violations.some(({ rule }) => rule === "request-upgrade");
  const untold = headerList(headers, "Sec-WebSocket-Version").length === 0;
  if (status === 426 && asked && untold) return [refused, violation("upgrade-required-version")];
  return [refused];
}
