import { type Headers, headerList, headerValues } from "./http-head.ts";
import { type RuleId, type Violation, violation } from "./rules.ts";

/** `own` with every header replaced that `headers` names, then `headers`. */
export function override(own: Headers, headers: Headers): Headers {
  const names = new Set(headers.map(([name]) => name.toLowerCase()));
  return [...own.filter(([name]) => !names.has(name.toLowerCase())), ...headers];
}

/** Both sides must say Upgrade: websocket and Connection: Upgrade, in any case (sections 4.1, 4.2.1). */
export function judgeUpgrade(
  headers: Headers,
  upgradeRule: RuleId,
  connectionRule: RuleId,
): Violation[] {
  const violations: Violation[] = [];
  if (!headerList(headers, "Upgrade").some((value) => value.toLowerCase() === "websocket")) {
    violations.push(violation(upgradeRule, told(headers, "Upgrade")));
  }
  if (!headerList(headers, "Connection").some((value) => value.toLowerCase() === "upgrade")) {
    violations.push(violation(connectionRule, told(headers, "Connection")));
  }
  return violations;
}

/** What came under a header name, for messages. */
export function told(headers: Headers, name: string): string {
  const values = headerValues(headers, name);
  if (values.length === 0) return `no ${name} header`;
  return values.map((value) => `${name}: ${value.slice(0, 80)}`).join(" and ");
}
