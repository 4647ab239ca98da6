import type { HttpHead } from "./protocol/http-head.ts";

/**
 * Secrets stay out of logs, captures and reports. What is left is enough to see that they were
 * there: the scheme of an Authorization, the names of cookies and of parameters.
 */
export const REDACTED = "***";

const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "proxy-authorization"]);
const LINKS: ReadonlySet<string> = new Set(["location", "content-location", "referer", "link"]);

/** Names of parameters and of further headers that hold a secret, in lower case, letters alone. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|passphrase|pwd|apikey|accesskey|signature|credential|credentials|jwt|bearer|sessionid|ticket|auth|authorization)$|^(?:key|sig|sid|pass|session|otp)$/;

/** The head with every secret in its request line and headers replaced by `***`. */
export function redactHead({ startLine, headers }: HttpHead): HttpHead {
  return {
    startLine: startLine.replace(/^(\S+ )(\S+)( HTTP\/)/, (_, method, target, version) =>
      [method, redactUrl(String(target)), version].join(""),
    ),
    headers: headers.map(([name, value]) => [name, redactHeader(name.toLowerCase(), value)]),
  };
}

function redactHeader(name: string, value: string): string {
  if (CREDENTIALS.has(name)) return value.replace(/^(\s*[\w-]+\s+)?[\s\S]*$/, `$1${REDACTED}`);
  if (name === "set-cookie") return value.replace(/^[^;]*/, redactCookie);
  if (name === "cookie") return value.split(";").map(redactCookie).join(";");
  if (LINKS.has(name)) return redactUrl(value);
  if (name === "sec-websocket-protocol") return redactSubprotocols(value);
  // The handshake's own key and answer are no secrets.
  if (name.startsWith("sec-websocket-")) return value;
  return isSecretName(name) ? REDACTED : value;
}

/** The name stays; a cookie without a name is all value. */
function redactCookie(cookie: string): string {
  return cookie.replace(/^(\s*(?:[^=]*=)?)[\s\S]*$/, `$1${REDACTED}`);
}

/** Browsers cannot set headers, so a token often travels as a subprotocol: `bearer.eyJhbGci…`. */
function redactSubprotocols(value: string): string {
  return value.replace(
    /\b((?:[\w.-]*\.)?(?:bearer|token|jwt|authorization)[\w-]*[.-])[^\s,]+/gi,
    `$1${REDACTED}`,
  );
}

/** The URL, or a path with a query, with its userinfo and every secret parameter replaced by `***`. */
export function redactUrl(url: string): string {
  return url
    .replace(/^([a-z][a-z\d+.-]*:\/\/)[^/?#]*@/i, `$1${REDACTED}@`)
    .replace(/([?&;#])([^=&;#?]+)=([^&;#]*)/g, (whole, separator, name, value) =>
      value !== "" && isSecretName(String(name)) ? `${separator}${name}=${REDACTED}` : whole,
    );
}

function isSecretName(name: string): boolean {
  return SECRET_NAME.test(
    decoded(name)
      .toLowerCase()
      .replace(/[^a-z]/g, ""),
  );
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
