import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  asJson,
  Channels,
  DEFAULT_CHANNELS,
  parseChannelShape,
} from "../../src/scenario/channels.ts";
import { utf8 } from "../helpers/bytes.ts";
import { expectUsage } from "../helpers/usage.ts";

describe("what is said of a channel", () => {
  it("by default", () => {
    expect(DEFAULT_CHANNELS.subscribe("a")).toBe('{"type":"subscribe","channel":"a"}');
    expect(DEFAULT_CHANNELS.unsubscribe("a")).toBe('{"type":"unsubscribe","channel":"a"}');
    expect(DEFAULT_CHANNELS.publish("a", "[1]")).toBe(
      '{"type":"publish","channel":"a","data":[1]}',
    );
  });

  it("is JSON whatever the channel is called", () => {
    fc.assert(
      fc.property(fc.string(), (channel) => {
        const { subscribe, unsubscribe, publish } = DEFAULT_CHANNELS;
        for (const text of [subscribe(channel), unsubscribe(channel), publish(channel, "1")]) {
          expect(JSON.parse(text)).toMatchObject({ channel });
        }
      }),
    );
  });

  it("in a shape of its own", async () => {
    const shape = await parseChannelShape({
      subscribe: "SUB {{channel}}",
      publish: '{"to":{{json channel}},"body":{{data}}}',
      label: "$.meta.topic",
    });
    const channels = new Channels(shape);
    expect(channels.subscribe("a b")).toBe("SUB a b");
    expect(channels.unsubscribe("x")).toBe('{"type":"unsubscribe","channel":"x"}');
    expect(channels.publish('"', "hi")).toBe('{"to":"\\"","body":"hi"}');
    expect(channels.labelOf(utf8('{"meta":{"topic":"a b"}}'))).toBe("a b");
    expect(channels.labelOf(utf8('{"channel":"a b"}'))).toBeUndefined();
    const unsubscribe = { unsubscribe: "BYE {{channel}}" };
    expect((await parseChannelShape(unsubscribe)).unsubscribe("x")).toBe("BYE x");
  });

  it.each([
    [{ subscribe: "SUB" }, /^--sub-as needs \{\{channel\}\}$/],
    [{ unsubscribe: "{{channel" }, /^--unsub-as, character 1: \{\{channel has no end$/],
    [{ publish: "{{channel}}" }, /^--pub-as needs \{\{data\}\}$/],
    [{ label: "channel" }, /^--channel-path: "channel" is no JSONPath/],
  ])("not by %j", (given, message) => expectUsage(parseChannelShape(given), message));
});

it.each([
  ["hello", '"hello"'],
  ["", '""'],
  ['{"a":1}', '{"a":1}'],
  [' {"n":12345678901234567890} ', '{"n":12345678901234567890}'],
  ["5", "5"],
  ["a\nb", '"a\\nb"'],
])("%j is published as %s", (text, json) => {
  expect(asJson(text)).toBe(json);
  expect(new Channels().publish("a", text)).toBe(`{"type":"publish","channel":"a","data":${json}}`);
});

describe("labels", () => {
  const channels = () => {
    const made = new Channels();
    made.subscribe("news.*");
    return made;
  };

  it.each([
    ['{"channel":"news.sport","data":1}', "news.sport"],
    ['{"type":"subscribed","channel":"news.*"}', "news.*"],
    ['{"channel":5}', undefined],
    ["{}", undefined],
    ["[]", undefined],
    ["null", undefined],
    ["no JSON", undefined],
  ])("%s", (text, label) => expect(channels().labelOf(utf8(text))).toBe(label));

  it("are given while something is subscribed to", () => {
    const made = channels();
    const message = utf8('{"channel":"x"}');
    expect(made.labelOf(message)).toBe("x");
    made.unsubscribe("other");
    expect(made.labelOf(message)).toBe("x");
    made.unsubscribe("news.*");
    expect(made.labelOf(message)).toBeUndefined();
    expect(new Channels().labelOf(message)).toBeUndefined();
  });
});

it("knows what is subscribed to, in order and once", () => {
  const made = new Channels();
  for (const channel of ["b", "a", "b"]) made.subscribe(channel);
  expect(made.subscribed).toEqual(["b", "a"]);
});
