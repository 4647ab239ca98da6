import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, it } from "vitest";
import { sha1 } from "../../src/protocol/sha1.ts";

it("agrees with node:crypto on any message", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (message) => {
      const expected = createHash("sha1").update(message).digest("hex");
      expect(Buffer.from(sha1(message)).toString("hex")).toBe(expected);
    }),
  );
});
