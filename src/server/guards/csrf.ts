import type { Headers } from "../../protocol/http-head.ts";
import type { Asking } from "../../transport/serve.ts";
import { type Check, cookiesOf, deny, headersOf, parametersOf } from "./request.ts";
import { isSecret } from "./secrets.ts";

/** Where what is no browser may put the token. */
const HEADER = "X-CSRF-Token";

/** As many as nobody guesses. */
const TOKEN_BYTES = 32;

/** What a page of this server needs to be let in. */
export interface CsrfPass {
  /** For the page to show beside the cookie. */
  readonly token: string;
  /** What sets the cookie, where the browser has none. */
  readonly headers: Headers;
}

/**
 * Gives a page its token, and the browser the cookie: no script can read it, and pages of other sites
 * do not have it sent. A browser that has one keeps it, so that several pages may be open.
 */
export function issueCsrf(
  name: string,
  asking: Asking,
  random: (length: number) => Uint8Array,
): CsrfPass {
  const [kept] = cookiesOf(asking, name).filter((text) => text !== "");
  if (kept !== undefined) return { token: kept, headers: [] };
  const token = Buffer.from(random(TOKEN_BYTES)).toString("base64url");
  const secure = asking.tls ? "; Secure" : "";
  const cookie = `${name}=${token}; Path=/; HttpOnly; SameSite=Strict${secure}`;
  return { token, headers: [["Set-Cookie", cookie]] };
}

/**
 * Wants a token twice, in a cookie and beside it in the address or a header: a page of another origin
 * has a browser send the cookie, but cannot read it.
 * @param name of the cookie and of the parameter
 */
export function csrfCheck(name: string): Check {
  return (asking) => {
    const cookies = cookiesOf(asking, name).filter((text) => text !== "");
    const repeated = [...parametersOf(asking, name), ...headersOf(asking, HEADER)];
    if (cookies.length === 0) return deny("csrf", 403, `it sent no cookie ${name}`);
    const [token] = repeated;
    if (token === undefined) return deny("csrf", 403, "it sent no CSRF token beside its cookie");
    if (repeated.length === 1 && isSecret(token, cookies)) return undefined;
    return deny("csrf", 403, "its CSRF token is not that of its cookie");
  };
}
