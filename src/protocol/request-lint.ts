import { DEFLATE, parseDeflateOffer } from "./deflate.ts";
import type { Extension } from "./extensions.ts";
import { type Headers, headerValues, type HttpHead, parseRequestLine } from "./http-head.ts";
import { type Violation, violation } from "./rules.ts";
import { judgeRequest, type RequestVerdict } from "./server-handshake.ts";

/** The key that RFC 6455, section 1.3, works its example with. */
const SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";

/** Parameters that are named as what must not be seen; the value is looked at by nobody. */
const CREDENTIAL_PARAMETER =
  /[?&]((?:access_?|auth_?|id_?|refresh_?)?token|auth|authorization|api_?key|password|passwd|pwd|secret|client_secret|jwt|bearer|session_?id|signature)=(?=[^&])/i;

export interface RequestLint {
  readonly verdict: RequestVerdict;
  readonly violations: readonly Violation[];
}

interface Asking {
  readonly target: string;
  readonly headers: Headers;
  readonly secure: boolean | undefined;
}

/**
 * All that a request breaks: what a server refuses, and what it would not tell.
 * @param secure whether TLS is below; undefined where that is not known
 */
export function lintRequest(request: HttpHead, secure: boolean | undefined): RequestLint {
  const verdict = judgeRequest(request);
  const target = parseRequestLine(request.startLine)?.target ?? "";
  const sample = verdict.key === SAMPLE_KEY ? [violation("request-key-sample")] : [];
  const untold = judgeUntold({ target, headers: request.headers, secure }, verdict.extensions);
  return { verdict, violations: [...verdict.violations, ...sample, ...untold] };
}

/** What a request breaks that no server would tell, over any version of HTTP. */
export function judgeUntold(
  { target, headers, secure }: Asking,
  extensions: readonly Extension[],
): Violation[] {
  const found = [
    target.includes("#") && violation("request-fragment"),
    secure === false && judgeClear(headers),
    judgeUrl(target),
    ...extensions.map(judgeOffer),
  ];
  return found.filter((one) => one !== false && one !== undefined);
}

/** Names the headers and never what they hold. */
function judgeClear(headers: Headers): Violation | undefined {
  const names = ["Authorization", "Cookie"].filter(
    (name) => headerValues(headers, name).length > 0,
  );
  if (names.length === 0) return undefined;
  return violation("credentials-in-clear", names.join(" and "));
}

function judgeUrl(target: string): Violation | undefined {
  if (/^[a-z][a-z\d+.-]*:\/\/[^/?#]*@/i.test(target)) {
    return violation("credentials-in-url", "a user before the host");
  }
  const name = CREDENTIAL_PARAMETER.exec(target)?.[1];
  return name === undefined ? undefined : violation("credentials-in-url", `the parameter ${name}`);
}

/** A server declines an offer with wrong parameters, so that the client never hears of it. */
function judgeOffer(extension: Extension): Violation | undefined {
  const offer = extension.name === DEFLATE ? parseDeflateOffer(extension) : undefined;
  return typeof offer === "string" ? violation("deflate-offer", offer) : undefined;
}
