import { type Check, cookiesOf, deny, headersOf, parametersOf } from "./request.ts";
import { isSecret } from "./secrets.ts";

/** Where what is no browser may put the token. */
const HEADER = "X-CSRF-Token";

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
