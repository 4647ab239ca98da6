import { judgeAgreedExtensions } from "./agreed-extensions.ts";
import {
  judgeExtendedConnect,
  judgeExtendedResponse,
  type Offered,
  offeredBy,
} from "./extended-connect.ts";
import { type Headers, headerValues, type HttpHead } from "./http-head.ts";
import {
  isPseudoHeader,
  namesWebSocketProtocol,
  opensStream,
  parseAnyStatusLine,
} from "./http2-head.ts";
import { judgeUntold } from "./request-lint.ts";
import type { ResponseLint } from "./response-lint.ts";
import { type Violation, violation } from "./rules.ts";

export interface ConnectLint {
  readonly offered: Offered & { readonly websocket: boolean; readonly origin: string | undefined };
  readonly violations: readonly Violation[];
}

/**
 * All that a request over HTTP/2 breaks (RFC 8441). Whether the server had allowed it is not in its
 * head, and is judged where its settings are seen.
 * @param secure whether TLS is below; undefined where that is not known
 */
export function lintConnect(request: HttpHead, secure: boolean | undefined): ConnectLint {
  const pseudoHeaders = request.headers.filter(([name]) => isPseudoHeader(name));
  const headers = ordinary(request);
  const offered = {
    ...offeredBy({ headers }),
    websocket: namesWebSocketProtocol(request),
    origin: headerValues(headers, "Origin")[0],
  };
  const target = headerValues(pseudoHeaders, ":path")[0] ?? "";
  return {
    offered,
    violations: [
      ...judgeExtendedConnect({ enableConnect: "unseen", pseudoHeaders, headers }),
      ...judgeUntold({ target, headers, secure }, offered.extensions),
    ],
  };
}

/** All that a response over HTTP/2 breaks, seen by the request that it answers. */
export function lintConnectResponse(
  response: HttpHead,
  offered: ConnectLint["offered"],
): ResponseLint {
  const { status = 0 } = parseAnyStatusLine(response.startLine) ?? {};
  const headers = ordinary(response);
  const violations = judgeExtendedResponse(status, headers, offered);
  const opens = offered.websocket && opensStream(status);
  if (opens) {
    const { deflate } = judgeAgreedExtensions(headers, offered.extensions);
    return { state: "open", violations, deflate };
  }
  const forbidden = status === 403 && offered.origin !== undefined;
  return {
    state: status >= 100 && status < 200 ? "interim" : "refused",
    violations: [...violations, ...(forbidden ? [violation("request-origin-refused")] : [])],
    deflate: undefined,
  };
}

function ordinary({ headers }: HttpHead): Headers {
  return headers.filter(([name]) => !isPseudoHeader(name));
}
