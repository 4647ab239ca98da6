import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { inlineText, policyOf } from "../../../src/render/page/policy.ts";

const hash = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

it("allows what stands in the page, and what else is named", () => {
  expect(policyOf("a{}", ["b", "c"], ["connect-src 'self'"])).toBe(
    `default-src 'none'; script-src ${hash("b")} ${hash("c")}; style-src ${hash("a{}")}; ` +
      "img-src data:; base-uri 'none'; form-action 'none'; connect-src 'self'",
  );
});

it("takes away what would end an element, or be read as another text", () => {
  expect(inlineText("a\r\nb\rc </Script> </style> <!-- <b>")).toBe(
    String.raw`a` + "\nb\nc " + String.raw`\x3c/Script> \x3c/style> \x3c!-- <b>`,
  );
});
