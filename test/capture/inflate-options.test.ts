import { expect, it } from "vitest";
import { inflateOptions } from "../../src/capture/inflate-options.ts";

it("takes the terms that carry the name of who sends", () => {
  const deflate = {
    clientNoContextTakeover: true,
    clientMaxWindowBits: 9,
    serverNoContextTakeover: false,
    serverMaxWindowBits: 12,
  };
  expect(inflateOptions(deflate, "out")).toEqual({ noContextTakeover: true, windowBits: 9 });
  expect(inflateOptions(deflate, "in")).toEqual({ noContextTakeover: false, windowBits: 12 });
});
