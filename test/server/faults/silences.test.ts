import { expect, it } from "vitest";
import { silences } from "../../../src/server/faults/silences.ts";
import { faultOf, playedClient } from "../../helpers/played-client.ts";

it("leaves unanswered what its faults say, and tells each time", () => {
  const { told, tell } = playedClient();
  const numbers = [0.4, 0.6, 0.4];
  const faults = [faultOf("silence", "no-pong@50%")];
  const { answersPing, answersClose } = silences(faults, () => () => numbers.shift() ?? 0, tell);
  expect([answersPing!(), answersPing!(), answersPing!()]).toEqual([false, true, false]);
  expect(answersClose).toBeUndefined();
  expect(told).toEqual(["no-pong: a ping gets no pong", "no-pong: a ping gets no pong"]);
});

it("is about Close frames, too", () => {
  const { told, tell } = playedClient();
  const connection = silences([faultOf("silence", "no-close")], () => () => 0.99, tell);
  expect(connection.answersClose!()).toBe(false);
  expect([connection.answersPing, told]).toEqual([
    undefined,
    ["no-close: a Close frame gets no answer"],
  ]);
});
