import { expect, it } from "vitest";
import { opposite } from "../../../src/capture/streams/stage.ts";

it("each direction has the other one", () => {
  expect([opposite("out"), opposite("in")]).toEqual(["in", "out"]);
});
