import { describe, expect, it, vi } from "vitest";
import { endings } from "../../../src/server/faults/endings.ts";
import { stopTime } from "../../helpers/guarded-client.ts";
import { faultOf, playedClient } from "../../helpers/played-client.ts";

function ending(...texts: string[]) {
  stopTime();
  const played = playedClient();
  const faults = texts.map((text) => faultOf("end", text));
  const numbers = [0.9, 0.01, 0.9];
  endings(played.client, { faults, random: () => () => numbers.shift() ?? 0.9, tell: played.tell });
  const say = (...words: string[]): void => words.forEach((word) => void played.client.send(word));
  return { ...played, say };
}

describe("behind a message", () => {
  it.each([
    ["close=4000@2msgs", "close 4000", "close: with 4000"],
    ["close=none@2msgs", "close 1005", "close: without a code"],
    ["close=1005@2msgs", "closeUnchecked 1005", "close: with 1005"],
    ["close=999@2msgs", "closeUnchecked 999", "close: with 999"],
    ["half-close@2msgs", "halfClose", "half-close: TCP is ended from here"],
    ["reset@2msgs", "reset", "reset: TCP is reset"],
    ["reset@5%", "reset", "reset: TCP is reset"],
  ])("%s", (text, act, words) => {
    const { say, done, told } = ending(text);
    say("one", "two", "three");
    expect([done, told]).toEqual([["one", "two", act], [words]]);
  });
});

it("comes when it is time, and nothing is sent then", () => {
  const { client, say, done } = ending("reset@5s");
  vi.advanceTimersByTime(4999);
  say("one");
  vi.advanceTimersByTime(1);
  const sent: boolean[] = [];
  void client.send("two", { sent: (ok) => sent.push(ok) });
  expect([done, sent]).toEqual([["one", "reset"], [false]]);
});

it("comes at once, where nothing else is said, but not before the opening is over", () => {
  const { done } = ending("half-close");
  expect(done).toEqual([]);
  vi.runAllTimers();
  expect(done).toEqual(["halfClose"]);
});

it("waits until the message has left, and tells its sender first", async () => {
  const { client, connection, done } = ending("reset@1msg");
  const told: boolean[] = [];
  let leave: ((ok: boolean) => void) | undefined;
  connection.send = (_, { sent }) => {
    leave = sent;
    return Promise.resolve();
  };
  void client.send("one", { sent: (ok) => told.push(ok) });
  expect(done).toEqual([]);
  leave?.(true);
  expect([done, told]).toEqual([["reset"], [true]]);
});

it("counts a message that goes in fragments once", () => {
  const { client, say, done } = ending("reset@2msgs");
  void client.send("a", { fin: false });
  void client.send("b");
  say("c", "d");
  expect(done).toEqual(["a…", "b", "c", "reset"]);
});

it("is of no effect on who has gone, and keeps no timer of it", async () => {
  const { connection, leave, done, told } = ending("reset@5s", "close=1000@1h");
  connection.state = "CLOSED";
  leave();
  await connection.closed;
  await Promise.resolve();
  expect(vi.getTimerCount()).toBe(0);
  vi.runAllTimers();
  expect([done, told]).toEqual([[], []]);
});
