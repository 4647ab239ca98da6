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

it("acts in the order of those who wait, also where some go meanwhile, and some wait twice", () => {
  const { signal, abort } = waitingFor();
  const acted: string[] = [];
  const note = (): unknown => acted.push("twice");
  whenAborted(signal, note);
  whenAborted(signal, note);
  const leave = whenAborted(signal, () => acted.push("left"));
  whenAborted(signal, () => {
    acted.push("first");
    leaveLater();
  });
  const leaveLater = whenAborted(signal, () => acted.push("too late"));
  leave();
  abort();
  abort();
  expect(acted).toEqual(["twice", "twice", "first"]);
});

it("has one listener, however many wait, and none when nobody does any more", () => {
  const { signal, abort } = waitingFor();
  const [add, remove] = [
    vi.spyOn(signal, "addEventListener"),
    vi.spyOn(signal, "removeEventListener"),
  ];
  const act = vi.fn<() => void>();
  const all = Array.from({ length: 20 }, () => whenAborted(signal, act));
  expect(add).toHaveBeenCalledOnce();
  for (const takeBack of [...all, ...all]) takeBack();
  expect(remove).toHaveBeenCalledOnce();
  whenAborted(signal, act);
  abort();
  expect(add).toHaveBeenCalledTimes(2);
  expect(act).toHaveBeenCalledOnce();
});

function waitingFor() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
