import { answers, type Case, fails, inPieces, OP, pong, type Plan, text } from "../case.ts";
import { frame } from "../frame-codec.ts";

const first = (payload: string): Buffer => frame(payload, { opcode: OP.text, fin: false });
const middle = (payload: string): Buffer => frame(payload, { opcode: OP.continuation, fin: false });
const last = (payload: string): Buffer => frame(payload, { opcode: OP.continuation });
const ping = (payload: string): Buffer => frame(payload, { opcode: OP.ping });
const whole = (payload: string): Buffer => frame(payload, { opcode: OP.text });

/** The same bytes in one write, frame by frame, and octet by octet. */
function inThreeWays(
  from: number,
  title: string,
  frames: readonly Buffer[],
  plan: (steps: Plan["steps"]) => Plan,
): Case[] {
  return inPieces(frames).map(([how, steps], i) => ({
    id: `5.${from + i}`,
    title: `${title}, ${how}`,
    plan: () => plan(steps),
  }));
}

const fault = (steps: Plan["steps"], before: readonly string[] = []): Plan =>
  fails(steps, { codes: [1002], before });

/** A text in five fragments with two pings between, the server waited for at each or not. */
function fiveFragments(id: string, title: string, waits: boolean): Case {
  const parts = ["fragment1", "fragment2", "fragment3", "fragment4", "fragment5"];
  const [a, b, c, d, e] = parts as [string, string, string, string, string];
  const wait = (events: number): Plan["steps"] => (waits ? [{ events }] : []);
  return {
    id,
    title,
    plan: () =>
      answers(
        [
          { send: first(a) },
          { send: middle(b) },
          { send: ping("pongme 1!") },
          ...wait(1),
          { send: middle(c) },
          { send: middle(d) },
          { send: ping("pongme 2!") },
          ...wait(2),
          { send: last(e) },
        ],
        [pong("pongme 1!"), pong("pongme 2!"), text(parts.join(""))],
      ),
  };
}

/** 5: fragments. */
export const fragments: readonly Case[] = [
  ...(["ping", "pong"] as const).map((kind, i): Case => ({
    id: `5.${1 + i}`,
    title: `${kind} in two fragments`,
    plan: () =>
      fault([
        { send: frame("fragment1", { opcode: OP[kind], fin: false }) },
        { send: last("fragment2") },
      ]),
  })),
  ...inThreeWays(3, "text in two fragments", [first("fragment1"), last("fragment2")], (steps) =>
    answers(steps, [text("fragment1fragment2")]),
  ),
  ...inThreeWays(
    6,
    "text in two fragments with a ping between",
    [first("fragment1"), ping("ping payload"), last("fragment2")],
    (steps) => answers(steps, [pong("ping payload"), text("fragment1fragment2")]),
  ),
  ...inThreeWays(
    9,
    "last fragment without a first, then a text",
    [last("non-continuation payload"), whole("Hello, world!")],
    (steps) => fault(steps),
  ),
  ...inThreeWays(
    12,
    "middle fragment without a first, then a text",
    [middle("non-continuation payload"), whole("Hello, world!")],
    (steps) => fault(steps),
  ),
  {
    id: "5.15",
    title: "text in two fragments, then a middle fragment, then a text",
    plan: () =>
      fault(
        [first("fragment1"), last("fragment2"), middle("fragment3"), whole("fragment4")].map(
          (send) => ({ send }),
        ),
        [text("fragment1fragment2")],
      ),
  },
  ...[middle, last].map((stray, i): Case => ({
    id: `5.${16 + i}`,
    title: `${i === 0 ? "middle" : "last"} fragment without a first, then a text in two, and again`,
    plan: () => {
      const once = [stray("fragment1"), first("fragment2"), last("fragment3")];
      return fault([...once, ...once].map((send) => ({ send })));
    },
  })),
  {
    id: "5.18",
    title: "text in two fragments that both say text",
    plan: () => fault([{ send: first("fragment1") }, { send: whole("fragment2") }]),
  },
  fiveFragments("5.19", "text in five fragments with pings between", true),
  fiveFragments("5.20", "the same, without waiting for the pongs", false),
  {
    id: "5.21",
    title: "text in fragments of which all but one are empty",
    plan: () =>
      answers(
        [
          {
            send: Buffer.concat([first(""), middle(""), middle("all of it"), middle(""), last("")]),
          },
        ],
        [text("all of it")],
      ),
  },
  {
    id: "5.22",
    title: "binary within a fragmented text",
    plan: () =>
      fault([{ send: first("fragment1") }, { send: frame("binary", { opcode: OP.binary }) }]),
  },
];
