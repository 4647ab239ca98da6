import { type Case, closeFrame, closes, fails, OP, type Plan, text } from "../case.ts";
import { frame } from "../frame-codec.ts";

const HELLO = frame("Hello World!", { opcode: OP.text });
const NORMAL = { codes: [1000] } as const;

const all = (...frames: readonly Uint8Array[]): Plan["steps"] => [{ send: Buffer.concat(frames) }];

/** 7.1: what comes behind a Close frame is not looked at. */
const behind: readonly Case[] = [
  {
    id: "7.1.1",
    title: "text, then Close",
    plan: () => closes(all(HELLO, closeFrame(1000)), { ...NORMAL, before: [text("Hello World!")] }),
  },
  {
    id: "7.1.2",
    title: "two Close frames",
    plan: () => closes(all(closeFrame(1000), closeFrame(1000)), NORMAL),
  },
  {
    id: "7.1.3",
    title: "Close, then a ping",
    plan: () => closes(all(closeFrame(1000), frame("", { opcode: OP.ping })), NORMAL),
  },
  {
    id: "7.1.4",
    title: "Close, then a text",
    plan: () => closes(all(closeFrame(1000), HELLO), NORMAL),
  },
  {
    id: "7.1.5",
    title: "Close within a fragmented text",
    plan: () =>
      closes(
        all(
          frame("fragment1", { opcode: OP.text, fin: false }),
          closeFrame(1000),
          frame("fragment2", { opcode: OP.continuation }),
        ),
        NORMAL,
      ),
  },
  {
    id: "7.1.6",
    title: "text of 256 KiB, Close, then a ping",
    plan: () => {
      const payload = "BAsd7&jh23".repeat(26_215).slice(0, 256 * 1024);
      const frames = [
        frame(payload, { opcode: OP.text }),
        closeFrame(1000),
        frame("", { opcode: OP.ping }),
      ];
      return closes(all(...frames), { ...NORMAL, before: [text(payload)] });
    },
  },
];

/** 7.3: payloads of Close frames. */
const payloads: readonly Case[] = [
  {
    id: "7.3.1",
    title: "Close without a code",
    plan: () => closes(all(closeFrame()), { codes: [1005, 1000] }),
  },
  {
    id: "7.3.2",
    title: "Close with one octet",
    plan: () => fails([{ send: frame("a", { opcode: OP.close }) }], { codes: [1002] }),
  },
  { id: "7.3.3", title: "Close with a code", plan: () => closes(all(closeFrame(1000)), NORMAL) },
  {
    id: "7.3.4",
    title: "Close with a reason",
    plan: () => closes(all(closeFrame(1000, "Hello World!")), NORMAL),
  },
  {
    id: "7.3.5",
    title: "Close with the longest reason",
    plan: () => closes(all(closeFrame(1000, "*".repeat(123))), NORMAL),
  },
  {
    id: "7.3.6",
    title: "Close with a reason that is too long",
    plan: () => fails(all(closeFrame(1000, "*".repeat(124))), { codes: [1002] }),
  },
  {
    id: "7.5.1",
    title: "Close with a reason that is not UTF-8",
    plan: () =>
      fails(all(closeFrame(1000, Buffer.from("cebae1bdb9cf83cebcceb5eda080656469746564", "hex"))), {
        codes: [1007],
      }),
  },
];

const SOUND = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
/** Registered after RFC 6455. */
const LATER = [1012, 1013, 1014];
const UNSOUND = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
/** The RFC does not say what they mean. */
const UNDEFINED = [5000, 65_535];

function sound(id: string, code: number): Case {
  return {
    id,
    title: `Close with ${code}`,
    plan: () => closes(all(closeFrame(code)), { codes: [code], tolerable: [1000, 1005] }),
  };
}

function unsound(id: string, code: number): Case {
  return {
    id,
    title: `Close with ${code}, which never travels`,
    plan: () => fails(all(closeFrame(code)), { codes: [1002] }),
  };
}

/** 7: the closing handshake. */
export const closing: readonly Case[] = [
  ...behind,
  ...payloads,
  ...SOUND.map((code, i) => sound(`7.7.${i + 1}`, code)),
  ...LATER.map((code, i): Case => {
    const one = sound(`7.7.${SOUND.length + i + 1}`, code);
    const fault = { events: [], close: [1002] };
    return {
      ...one,
      plan: (compressor) => {
        const plan = one.plan(compressor);
        return { ...plan, tolerable: [...plan.tolerable, fault] };
      },
    };
  }),
  ...UNSOUND.map((code, i) => unsound(`7.9.${i + 1}`, code)),
  unsound("7.9.10", 1015),
  ...UNDEFINED.map((code, i): Case => ({
    id: `7.13.${i + 1}`,
    title: `Close with ${code}, which nothing defines`,
    plan: () =>
      closes(all(closeFrame(code)), { codes: [1002], tolerable: [1000, 1005, code, "none"] }),
  })),
];
