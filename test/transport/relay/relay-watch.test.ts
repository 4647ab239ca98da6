import { expect, it } from "vitest";
import { systemClock } from "../../../src/io.ts";
import { encodeFrame } from "../../../src/protocol/encoder.ts";
import type { Event } from "../../../src/transport/events.ts";
import { RelayWatch } from "../../../src/transport/relay/relay-watch.ts";
import { concat, hex, utf8 } from "../../helpers/bytes.ts";

function watching() {
  const events: Event[] = [];
  const onEvent = (event: Event): void => void events.push(event);
  return {
    events,
    watch: new RelayWatch({ conn: "7", deflate: undefined, clock: systemClock, onEvent }),
  };
}

it("tells frames and messages as they come, and gives the frames", () => {
  const { events, watch } = watching();
  const stream = concat([
    encodeFrame({ opcode: 1, fin: false, payload: utf8("a") }),
    encodeFrame({ opcode: 0, payload: utf8("b") }),
  ]);
  expect(watch.push("in", stream.subarray(0, 4))).toHaveLength(1);
  expect(watch.push("in", stream.subarray(4))).toHaveLength(1);
  expect(events.map(({ type, conn }) => [type, conn])).toEqual([
    ["frame", "7"],
    ["frame", "7"],
    ["message", "7"],
  ]);
  expect(events[2]).toMatchObject({ dir: "in", kind: "text", data: utf8("ab"), fragments: 2 });
});

it("tells what is wrong", () => {
  const { events, watch } = watching();
  watch.push("out", hex("81 01 61"));
  expect(events[0]).toMatchObject({ violations: [{ rule: "client-frame-unmasked" }] });
});

it("tells frames of the relay's own", () => {
  const { events, watch } = watching();
  watch.made("out", encodeFrame({ opcode: 1, payload: utf8("own"), maskKey: 1 }));
  watch.made("out", encodeFrame({ opcode: 9, maskKey: 1 }));
  expect(events.map(({ type }) => type)).toEqual(["frame", "message", "frame"]);
  expect(events[2]).toMatchObject({ frame: { header: { offset: 9 } } });
});
