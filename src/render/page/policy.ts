import { createHash } from "node:crypto";

/**
 * A policy by which nothing is applied or run but what stands in the page: each is named by its hash.
 * @param more further directives
 */
export function policyOf(
  style: string,
  scripts: readonly string[],
  more: readonly string[] = [],
): string {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hashOf).join(" ")}`,
    `style-src ${hashOf(style)}`,
    "img-src data:",
    "base-uri 'none'",
    "form-action 'none'",
    ...more,
  ].join("; ");
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** As an element can hold it; a browser reads line ends as `\n`, and hashes them so. */
export function inlineText(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/<(?=\/(?:script|style)|!--)/gi, "\\x3c");
}
