import { expect, it } from "vitest";
import { deflateContext } from "../../src/protocol/deflate-context.ts";

it("takes the terms that carry the name of who sends", () => {
  const deflate = {
    clientNoContextTakeover: true,
    clientMaxWindowBits: 9,
    serverNoContextTakeover: false,
    serverMaxWindowBits: 12,
  };
  expect(deflateContext(deflate, "client")).toEqual({ noContextTakeover: true, windowBits: 9 });
  expect(deflateContext(deflate, "server")).toEqual({ noContextTakeover: false, windowBits: 12 });
});
