import { expect, it } from "vitest";
import { DroppedStage } from "../../../src/capture/streams/dropped-stage.ts";

it("a dropped connection takes everything and counts as what it is", () => {
  const stage = new DroppedStage("http2");
  stage.data();
  stage.gapIn();
  stage.endOf();
  stage.finish();
  expect(stage.kind).toBe("http2");
});
