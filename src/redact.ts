import type { HttpHead } from "./protocol/http-head.ts";

/**
 * Secrets stay out of logs, captures and reports. What is left is enough to see that they were
 * there: the scheme of an Authorization, the names of cookies and of parameters.
 */
export const REDACTED = "***";

const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "proxy-authorization"]);
/** Over HTTP/2 the target of a request is a field of its own. */
const LINKS: ReadonlySet<string> = new Set([
  "location",
  "content-location",
  "referer",
  "link",
  ":path",
]);

/** Names of parameters and of further headers that hold a secret, in lower case, letters alone. */
const SECRET_NAME =
  /(?:token|secret|password|passwd|passphrase|pwd|apikey|accesskey|signature|credential|credentials|jwt|bearer|sessionid|ticket|auth|authorization|csrf|xsrf)$|^(?:key|sig|sid|pass|session|otp)$/;

/** The head with every secret in its request line and headers replaced by `***`. */
export function redactHead({ startLine, headers }: HttpHead): HttpHead {
  return {
    // A target that is wrong may hold spaces.
    startLine: startLine.replace(/^(\S+ )([\s\S]*?)( HTTP\/\S*)?$/, (_, method, target, version) =>
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
  if (name === ":authority") return value.replace(/^[\s\S]*@/, `${REDACTED}@`);
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

/**
 * Text that a person typed, of any form, with what looks like a secret replaced by `***`: values of
 * JSON members, parameters and headers that are named as secrets, credentials of an HTTP scheme,
 * JSON Web Tokens, userinfo of URLs. What has neither name nor form of a secret stays.
 */
export function redactText(text: string): string {
  const headers = redactValues(text, HEADER);
  const members = redactValues(headers, MEMBER);
  return redactValues(members, ESCAPED_MEMBER)
    .replace(PARAMETER, (whole, name: string) =>
      isSecretName(name) ? `${name}=${REDACTED}` : whole,
    )
    .replace(USERINFO, `$1${REDACTED}@`)
    .replace(CREDENTIAL, `$1 ${REDACTED}`)
    .replace(JSON_WEB_TOKEN, REDACTED);
}

/** How names and the values after them are written. */
interface Notation {
  readonly name: RegExp;
  readonly isSecret: (name: string) => boolean;
  readonly value: RegExp;
  readonly redact: (value: string, name: string) => string;
}

/** `Authorization: Bearer abc`, to the end of the line or of the quotes around it. */
const HEADER: Notation = {
  name: /(?<![\w"\\-])([a-z][\w-]*):[ \t]*/gi,
  isSecret: (name) => isSecretName(name) || /^(?:set-)?cookie$/i.test(name),
  value: /[^\s"'][^\r\n"']*/y,
  redact: (value, name) => redactHeader(name.toLowerCase(), value),
};

/** A value that is a string, a number, or a list or object with nothing nested in it. */
const MEMBER: Notation = {
  name: /"([^"\\\n]+)"\s*:\s*/g,
  isSecret: isSecretName,
  value: /"(?:[^"\\]|\\.)*"?|-?\d[\d.eE+-]*|\[[^[\]{}]*\]|\{[^[\]{}]*\}/y,
  redact: () => `"${REDACTED}"`,
};

/** A member of JSON inside a JSON string. */
const ESCAPED_MEMBER: Notation = {
  name: /\\"([^"\\\n]+)\\+"\s*:\s*/g,
  isSecret: isSecretName,
  value: /(\\+")(?:(?!\1)[^\n])*\1/y,
  redact: (value) => value.replace(/^(\\+").*$/s, `$1${REDACTED}$1`),
};

/** A name inside a value that was redacted is none. */
function redactValues(text: string, { name, isSecret, value, redact }: Notation): string {
  let redacted = "";
  let at = 0;
  for (const { 0: whole, 1: named = "", index } of text.matchAll(name)) {
    if (index < at || !isSecret(named)) continue;
    const from = index + whole.length;
    value.lastIndex = from;
    const [found] = value.exec(text) ?? [];
    if (found === undefined) continue;
    redacted += text.slice(at, from) + redact(found, named);
    at = from + found.length;
  }
  return redacted + text.slice(at);
}

const PARAMETER = /(?<![^\s?&;#,({"'])([\w.%[\]-]+)=(?:"[^"]*"|'[^']*'|[^\s&;#,"')}]+)/g;
const USERINFO = /\b([a-z][a-z\d+.-]{0,30}:\/\/)[^\s/?#"']*@/gi;
const CREDENTIAL = /\b(bearer|basic)\s+(?!\*\*\*)[\w.~+/=-]+/gi;
const JSON_WEB_TOKEN = /(?<![\w-])eyJ[\w-]+\.[\w-]+(?:\.[\w-]*)*/g;

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
