import { type Headers, headerList, headerValues } from "./http-head.ts";
import { type RuleId, type Violation, violation } from "./rules.ts";

/** `own` with every header replaced that `headers` names, then `headers`. */
export function override(own: Headers, headers: Headers): Headers {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...own.filter(([name]) => !names.has(name.toLowerCase())), ...headers];
}

/** A request may offer other protocols beside websocket (4.2.1); a response may not (4.1). */
export function judgeUpgrade(
  headers: Headers,
  rule: "request-upgrade" | "response-upgrade",
): Violation[] {
  const protocols = headerList(headers, "Upgrade").map((protocol) => protocol.toLowerCase());
  const named = protocols.includes("websocket");
  const alone = protocols.every((protocol) => protocol === "websocket");
  return named && (alone || rule === "request-upgrade")
    ? []
    : [violation(rule, told(headers, "Upgrade"))];
}

/** Both sides must name Upgrade among the Connection options, in any case (sections 4.1, 4.2.1). */
export function judgeConnection(headers: Headers, rule: RuleId): Violation[] {
  const options = headerList(headers, "Connection").map((option) => option.toLowerCase());
  return options.includes("upgrade") ? [] : [violation(rule, told(headers, "Connection"))];
}

/** What came under a header name, for messages. */
export function told(headers: Headers, name: string): string {
  const values = headerValues(headers, name);
  if (values.length === 0) return `no ${name} header`;
  return values.map((value) => `${name}: ${value.slice(0, 80)}`).join(" and ");
}
