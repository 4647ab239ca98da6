import { expect, it, vi } from "vitest";
import { whenAborted } from "../src/abort.ts";

it("acts at the abort, and at once where it has been", () => {
  const controller = new AbortController();
  const act = vi.fn<() => void>();
  whenAborted(controller.signal, act);
  expect(act).not.toHaveBeenCalled();
  controller.abort();
  expect(act).toHaveBeenCalledOnce();
  whenAborted(controller.signal, act);
  expect(act).toHaveBeenCalledTimes(2);
});

it("does not act once it is taken back, or without a signal", () => {
  const controller = new AbortController();
  const act = vi.fn<() => void>();
  whenAborted(controller.signal, act)();
  whenAborted(undefined, act);
  controller.abort();
  expect(act).not.toHaveBeenCalled();
});
