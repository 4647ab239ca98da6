import { describe, expect, it } from "vitest";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { RULES, type RuleId } from "../../src/protocol/rules.ts";
import { hex } from "../helpers/bytes.ts";
import {
  close,
  compress,
  Conversation,
  ping,
  pong,
  rulesOf,
  type Said,
  SOUND_KEY,
  text,
} from "../helpers/lint.ts";

type Talk = (talk: Conversation) => unknown;

/** A rule of the checklist: what breaks it and what does not; no rules where it is legal. */
interface Row {
  readonly rules: readonly RuleId[];
  readonly breaks?: Readonly<Record<string, Talk>>;
  readonly sound: Readonly<Record<string, Talk>>;
}

const more = (said: Said): Said => ({ ...said, fin: false });
const rest = (payload: string | Uint8Array, said: Partial<Said> = {}): Said => ({
  opcode: Opcode.continuation,
  payload,
  ...said,
});
const deflated = (plain: string | Uint8Array, said: Partial<Said> = {}): Said => ({
  opcode: Opcode.text,
  rsv1: true,
  payload: compress(plain),
  ...said,
});
const LONG = "the quick brown fox ".repeat(40);
const masked =
  (...keys: readonly number[]): Talk =>
  (talk) =>
    keys.reduce((after, maskKey) => after.client(text("a", { maskKey })), talk.open()).bye();

/** By the numbers of the checklist of WebSocket rules that captured bytes can break. */
const CHECKLIST: Readonly<Record<number, Row>> = {
  1: {
    rules: ["request-method", "request-host"],
    breaks: {
      "POST and no Host": (t) => t.ask({ Host: undefined }, "POST / HTTP/1.1"),
      "HTTP/1.0, two Hosts": (t) => t.ask({ Host: ["a", "b"] }, "GET / HTTP/1.0"),
    },
    sound: { "GET over HTTP/1.1": (t) => t.ask() },
  },
  2: {
    rules: ["request-upgrade"],
    breaks: { "another protocol": (t) => t.ask({ Upgrade: "h2c" }) },
    sound: { "any case, among others": (t) => t.ask({ Upgrade: "h2c, WebSocket" }) },
  },
  3: {
    rules: ["request-connection"],
    breaks: { "keep-alive alone": (t) => t.ask({ Connection: "keep-alive" }) },
    sound: { "among others": (t) => t.ask({ Connection: "keep-alive, upgrade" }) },
  },
  4: {
    rules: ["request-key"],
    breaks: {
      none: (t) => t.ask({ "Sec-WebSocket-Key": undefined }),
      "ten bytes": (t) => t.ask({ "Sec-WebSocket-Key": "dGhlIHNhbXBsZQ==" }),
      twice: (t) => t.ask({ "Sec-WebSocket-Key": [SOUND_KEY, SOUND_KEY] }),
    },
    sound: { "sixteen bytes": (t) => t.ask() },
  },
  5: {
    rules: ["request-key-sample"],
    breaks: { "the sample": (t) => t.ask({ "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==" }) },
    sound: { another: (t) => t.ask() },
  },
  6: {
    rules: ["request-version"],
    breaks: {
      "8": (t) => t.ask({ "Sec-WebSocket-Version": "8" }),
      twice: (t) => t.ask({ "Sec-WebSocket-Version": ["13", "13"] }),
    },
    sound: { "13": (t) => t.ask() },
  },
  7: {
    rules: ["request-origin-refused"],
    breaks: {
      "403": (t) => t.ask({ Origin: "http://evil.example" }).answer({}, "HTTP/1.1 403 Forbidden"),
    },
    sound: {
      "403 to no browser": (t) => t.ask().answer({}, "HTTP/1.1 403 Forbidden"),
      "an Origin that is accepted": (t) => t.ask({ Origin: "http://a.example" }).answer(),
    },
  },
  8: {
    rules: ["request-subprotocol"],
    breaks: {
      "no token": (t) => t.ask({ "Sec-WebSocket-Protocol": "a b" }),
      twice: (t) => t.ask({ "Sec-WebSocket-Protocol": "mqtt, mqtt" }),
    },
    sound: { two: (t) => t.ask({ "Sec-WebSocket-Protocol": "mqtt, soap" }) },
  },
  9: {
    rules: ["request-extensions"],
    breaks: { "a semicolon too many": (t) => t.ask({ "Sec-WebSocket-Extensions": "a;;b" }) },
    sound: { quoted: (t) => t.ask({ "Sec-WebSocket-Extensions": 'a; b="c", d' }) },
  },
  10: {
    rules: ["data-before-response"],
    breaks: {
      "a frame": (t) => t.ask().findings.push(...t.lint.bytesBeforeResponse(6)),
    },
    sound: { nothing: (t) => t.ask().findings.push(...t.lint.bytesBeforeResponse(0)) },
  },
  11: {
    rules: ["credentials-in-clear", "credentials-in-url"],
    breaks: {
      "all of them": (t) =>
        t.ask({ Authorization: "Basic x", Cookie: "a=b" }, "GET /?access_token=x HTTP/1.1", false),
    },
    sound: {
      "over TLS": (t) => t.ask({ Authorization: "Basic x", Cookie: "a=b" }),
      "ordinary parameters": (t) => t.ask({}, "GET /?tokens=3&token= HTTP/1.1", false),
    },
  },
  12: {
    rules: ["request-fragment"],
    breaks: { "a fragment": (t) => t.ask({}, "GET /chat#room HTTP/1.1") },
    sound: { escaped: (t) => t.ask({}, "GET /chat%23room HTTP/1.1") },
  },
  13: {
    rules: ["response-status"],
    breaks: {
      "200": (t) => t.ask().answer({}, "HTTP/1.1 200 OK"),
      "no HTTP": (t) => t.ask().answer({}, "ICY 200 OK"),
      "HTTP/1.0": (t) => t.ask().answer({}, "HTTP/1.0 101 OK"),
    },
    sound: {
      "101": (t) => t.open().bye(),
      "103 before it": (t) => t.ask().answer({}, "HTTP/1.1 103 Early Hints").answer().bye(),
    },
  },
  14: {
    rules: ["response-upgrade", "response-connection"],
    breaks: { neither: (t) => t.ask().answer({ Upgrade: "h2c", Connection: "close" }) },
    sound: { "any case": (t) => t.ask().answer({ Upgrade: "WebSocket", Connection: "upgrade" }) },
  },
  15: {
    rules: ["response-accept"],
    breaks: {
      another: (t) => t.ask().answer({ "Sec-WebSocket-Accept": "x" }),
      none: (t) => t.ask().answer({ "Sec-WebSocket-Accept": undefined }),
    },
    sound: { "the right one": (t) => t.ask().answer() },
  },
  16: {
    rules: ["response-subprotocol"],
    breaks: { "not offered": (t) => t.ask().answer({ "Sec-WebSocket-Protocol": "mqtt" }) },
    sound: {
      offered: (t) =>
        t.ask({ "Sec-WebSocket-Protocol": "mqtt, a" }).answer({ "Sec-WebSocket-Protocol": "a" }),
      "none taken": (t) => t.ask({ "Sec-WebSocket-Protocol": "mqtt" }).answer(),
    },
  },
  17: {
    rules: ["response-extensions"],
    breaks: {
      "not offered": (t) => t.ask().answer({ "Sec-WebSocket-Extensions": "permessage-deflate" }),
      repeated: (t) =>
        t.ask({ "Sec-WebSocket-Extensions": "x" }).answer({ "Sec-WebSocket-Extensions": "x, x" }),
    },
    sound: {
      "another one": (t) =>
        t.ask({ "Sec-WebSocket-Extensions": "x" }).answer({ "Sec-WebSocket-Extensions": "x" }),
    },
  },
  18: {
    rules: ["upgrade-required-version"],
    breaks: {
      "426 alone": (t) =>
        t.ask({ "Sec-WebSocket-Version": "7" }).answer({}, "HTTP/1.1 426 Upgrade Required"),
    },
    sound: {
      "with the version": (t) =>
        t.ask().answer({ "Sec-WebSocket-Version": "13" }, "HTTP/1.1 426 Upgrade Required"),
      "401": (t) => t.ask().answer({}, "HTTP/1.1 401 Unauthorized"),
      "302": (t) => t.ask().answer({ Location: "/" }, "HTTP/1.1 302 Found"),
      "to plain HTTP": (t) =>
        t.ask({ Upgrade: undefined }).answer({}, "HTTP/1.1 426 Upgrade Required"),
    },
  },
  19: {
    rules: ["client-frame-unmasked"],
    breaks: { unmasked: (t) => t.open().say("c2s", text("a")).bye() },
    sound: { masked: (t) => t.open().client(text("a")).bye() },
  },
  20: {
    rules: ["server-frame-masked"],
    breaks: {
      masked: (t) =>
        t
          .open()
          .server(text("a", { maskKey: 1 }))
          .bye(),
    },
    sound: { unmasked: (t) => t.open().server(text("a")).bye() },
  },
  21: {
    rules: ["rsv-not-negotiated"],
    breaks: {
      RSV1: (t) =>
        t
          .open()
          .server(text("a", { rsv1: true }))
          .bye(),
      RSV2: (t) =>
        t
          .open("")
          .server(text("a", { rsv2: true }))
          .bye(),
      RSV3: (t) =>
        t
          .open()
          .server(text("a", { rsv3: true }))
          .bye(),
    },
    sound: { negotiated: (t) => t.open("").server(deflated(LONG)).bye() },
  },
  22: {
    rules: ["opcode-reserved"],
    breaks: Object.fromEntries(
      [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) => [
        `0x${opcode.toString(16)}`,
        (t: Conversation) => t.open().client({ opcode }).bye(),
      ]),
    ),
    sound: { defined: (t) => t.open().client({ opcode: 2 }).bye() },
  },
  23: {
    rules: ["length-not-minimal"],
    breaks: {
      "16 bits": (t) =>
        t
          .open()
          .server(text("a", { lengthForm: 16 }))
          .bye(),
      "64 bits": (t) =>
        t
          .open()
          .server(text("a", { lengthForm: 64 }))
          .bye(),
    },
    sound: {
      minimal: (t) =>
        t
          .open()
          .server(text("a".repeat(126)))
          .bye(),
    },
  },
  24: {
    rules: ["length-top-bit"],
    breaks: {
      "the top bit": (t) =>
        t.open().bytes("s2c", hex("82 7f 80 00 00 00 00 00 00 01 00")).ends("s2c"),
    },
    sound: {
      "64 bits": (t) =>
        t
          .open()
          .server(text("a".repeat(65_536)))
          .bye(),
    },
  },
  25: {
    rules: ["length-over-limit"],
    breaks: {
      announced: (t) =>
        t.open().bytes("s2c", hex("82 7f 00 00 00 00 40 00 00 00 00")).ends("s2c", "cut"),
    },
    sound: {
      shorter: (t) =>
        t
          .open()
          .server(text("a".repeat(70_000)))
          .bye(),
    },
  },
  26: {
    rules: ["mask-key-zero"],
    breaks: { zero: masked(0) },
    sound: { random: masked(0x37fa213d, 0x00000100) },
  },
  27: {
    rules: ["mask-key-repeated"],
    breaks: { "the same twice": masked(0x37fa213d, 0x5a1c99e0, 0x37fa213d) },
    sound: { "all different": masked(0x37fa213d, 0x5a1c99e0, 0x0bb7e6f4) },
  },
  28: {
    rules: ["mask-key-predictable"],
    breaks: {
      counting: masked(1, 2, 3, 4),
      "by a large step": masked(0x10203040, 0x31425364, 0x52647688, 0x738699ac),
      letters: masked(...Array.from("abcdefgh", (c) => c.charCodeAt(0) * 0x01010101)),
    },
    sound: { random: (t) => masked(...random(64))(t) },
  },
  29: {
    rules: ["control-too-long"],
    breaks: {
      "126 bytes": (t) =>
        t
          .open()
          .server(ping("a".repeat(126)))
          .bye(),
    },
    sound: {
      "125 bytes": (t) =>
        t
          .open()
          .server(ping("a".repeat(125)))
          .client(pong("a".repeat(125)))
          .bye(),
    },
  },
  30: {
    rules: ["control-fragmented"],
    breaks: {
      "no FIN": (t) =>
        t
          .open()
          .server({ ...pong(), fin: false })
          .bye(),
    },
    sound: { FIN: (t) => t.open().server(pong()).bye() },
  },
  31: {
    rules: ["continuation-without-start"],
    breaks: { alone: (t) => t.open().client(rest("a")).bye() },
    sound: {
      started: (t) =>
        t
          .open()
          .client(more(text("a")))
          .client(rest("b"))
          .bye(),
    },
  },
  32: {
    rules: ["message-interrupted"],
    breaks: {
      "a new one": (t) =>
        t
          .open()
          .client(more(text("a")))
          .client(text("b"))
          .bye(),
    },
    sound: {
      "control between": (t) =>
        t
          .open()
          .client(more(text("a")))
          .client(pong())
          .client(rest("b"))
          .bye(),
    },
  },
  33: {
    rules: ["message-unfinished"],
    breaks: {
      "no last frame": (t) =>
        t
          .open()
          .server(more(text("a")))
          .ends("s2c"),
    },
    sound: {
      "the record ends": (t) =>
        t
          .open()
          .server(more(text("a")))
          .ends("s2c", "cut"),
      finished: (t) =>
        t
          .open()
          .server(more(text("a")))
          .server(rest(""))
          .bye(),
    },
  },
  34: {
    rules: ["tiny-fragments"],
    breaks: {
      "many of one byte": (t) => {
        t.open().client(more(text("a")));
        for (let i = 0; i < 20; i++) t.client(more(rest("b")));
        t.client(rest("")).bye();
      },
    },
    sound: {
      "a few": (t) =>
        t
          .open()
          .client(more(text("a")))
          .client(more(rest("")))
          .client(rest("b"))
          .bye(),
      "many small messages": (t) => {
        t.open();
        for (let i = 0; i < 20; i++) t.client(text("b"));
        t.bye();
      },
    },
  },
  35: {
    rules: ["frame-truncated"],
    breaks: {
      "in the payload": (t) => t.open().bytes("s2c", hex("81 05 48 65")).ends("s2c"),
      "in the header": (t) => t.open().bytes("s2c", hex("81")).ends("s2c"),
    },
    sound: {
      "the record ends": (t) => t.open().bytes("s2c", hex("81 05 48 65")).ends("s2c", "cut"),
    },
  },
  36: {
    rules: ["text-utf8"],
    breaks: Object.fromEntries(
      [
        ["overlong", "c0 80"],
        ["a surrogate", "ed a0 80"],
        ["above 10FFFF", "f4 90 80 80"],
        ["cut", "e2 82"],
      ].map(([name, bytes]) => [
        name!,
        (t: Conversation) =>
          t
            .open()
            .server({ opcode: 1, payload: hex(bytes!) })
            .bye(),
      ]),
    ),
    sound: {
      "UTF-8, compressed": (t) =>
        t
          .open("")
          .server(deflated("€ 𝄞 ".repeat(9)))
          .bye(),
    },
  },
  37: {
    rules: [],
    sound: {
      "a code point in two fragments": (t) =>
        t
          .open()
          .server({ opcode: 1, fin: false, payload: hex("e2") })
          .server(rest(hex("82 ac")))
          .bye(),
      "compressed, too": (t) => {
        const payload = compress("€".repeat(30));
        t.open("")
          .server({ opcode: 1, rsv1: true, fin: false, payload: payload.subarray(0, 2) })
          .server(rest(payload.subarray(2)))
          .bye();
      },
    },
  },
  38: {
    rules: ["close-reason-utf8"],
    breaks: {
      "no UTF-8": (t) =>
        t
          .open()
          .server({ opcode: 8, payload: hex("03 e8 ff") })
          .ends("s2c"),
    },
    sound: {
      "a € in it": (t) => t.open().server(close(1000, "5 €")).client(close(1000)).ends("s2c"),
    },
  },
  39: {
    rules: ["close-one-byte"],
    breaks: {
      "one byte": (t) =>
        t
          .open()
          .server({ opcode: 8, payload: hex("03") })
          .ends("s2c"),
    },
    sound: { none: (t) => t.open().server(close()).client(close()).ends("s2c") },
  },
  40: {
    rules: ["close-code-forbidden"],
    breaks: Object.fromEntries(
      [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map((code) => [
        String(code),
        (t: Conversation) => t.open().server(close(code)).ends("s2c"),
      ]),
    ),
    sound: Object.fromEntries(
      [1000, 1001, 1003, 1007, 1011, 1014, 3000, 4000, 4999].map((code) => [
        String(code),
        (t: Conversation) => t.open().server(close(code)).client(close(code)).ends("s2c"),
      ]),
    ),
  },
  41: {
    rules: ["close-1010-from-server"],
    breaks: { server: (t) => t.open().server(close(1010)).client(close(1010)).ends("s2c") },
    sound: { client: (t) => t.open().client(close(1010)).server(close(1000)).ends("s2c") },
  },
  42: {
    rules: ["close-code-unregistered"],
    breaks: { "3999": (t) => t.open().client(close(3999)).ends("s2c") },
    sound: Object.fromEntries(
      [1012, 1013, 1014, 3000, 3003, 3008, 4000, 4999].map((code) => [
        String(code),
        (t: Conversation) => t.open().client(close(code)).server(close(code)).ends("s2c"),
      ]),
    ),
  },
  43: {
    rules: ["frame-after-close"],
    breaks: {
      data: (t) => t.open().client(close(1000)).client(text("a")).server(close(1000)).ends("s2c"),
      control: (t) => t.open().client(close(1000)).client(pong()).server(close(1000)).ends("s2c"),
    },
    sound: {
      "the other side goes on until it answers": (t) =>
        t.open().client(close(1000)).server(text("late")).server(close(1000)).ends("s2c"),
    },
  },
  44: {
    rules: ["close-twice"],
    breaks: {
      "two from one side": (t) =>
        t.open().client(close(1000)).client(close(1001)).server(close(1000)).ends("s2c"),
    },
    sound: { "one from each": (t) => t.open().bye() },
  },
  45: {
    rules: ["close-unanswered"],
    breaks: { "TCP ends": (t) => t.open().client(close(1000)).ends("s2c") },
    sound: {
      answered: (t) => t.open().bye(),
      "the record ends": (t) => t.open().client(close(1000)).ends("s2c", "cut"),
      "the answer may be missing": (t) => t.open().client(close(1000)).gap("s2c").ends("s2c"),
      "who closed has reset TCP": (t) =>
        t.open().client(close(1000)).end("c2s", "reset").end("s2c").finish(),
    },
  },
  46: {
    rules: ["close-code-differs"],
    breaks: {
      "another code": (t) => t.open().client(close(4001)).server(close(1000)).ends("s2c"),
      "no code": (t) => t.open().client(close(1000)).server(close()).ends("s2c"),
    },
    sound: {
      "the same code": (t) => t.open().server(close(4001)).client(close(4001, "x")).ends("s2c"),
      "no code asked": (t) => t.open().client(close()).server(close(1000)).ends("s2c"),
      "1002 to a code that may not travel": (t) =>
        t.open().client(close(1005)).server(close(1002)).ends("s2c"),
    },
  },
  47: {
    rules: ["client-closed-tcp-first"],
    breaks: { client: (t) => t.open().client(close()).server(close()).ends("c2s") },
    sound: {
      server: (t) => t.open().client(close()).server(close()).ends("s2c"),
      "the record ends": (t) => t.open().client(close()).server(close()).ends("c2s", "cut"),
    },
  },
  48: {
    rules: ["tcp-without-close"],
    breaks: {
      FIN: (t) => t.open().server(text("a")).ends("s2c"),
      RST: (t) => t.open().server(text("a")).end("s2c", "reset").finish(),
      "before the other side sends its Close": (t) =>
        t.open().end("s2c").client(close()).end("s2c", "reset").finish(),
      "before the first frame": (t) => t.open().ends("c2s"),
      "without a handshake in the record": (t) => t.client(text("a")).ends("c2s"),
    },
    sound: {
      closed: (t) => t.open().bye(),
      "the record ends": (t) => t.open().server(text("a")).ends("s2c", "cut"),
      "one direction goes on": (t) => t.open().server(text("a")).end("s2c").finish(),
      "bytes are missing": (t) => t.open().server(text("a")).gap("c2s").ends("s2c"),
      "it was refused": (t) => t.ask().answer({}, "HTTP/1.1 401 Unauthorized").ends("s2c"),
      "it was never answered": (t) => t.ask().ends("s2c"),
    },
  },
  49: {
    rules: ["close-inside-message"],
    breaks: {
      inside: (t) =>
        t
          .open()
          .client(more(text("a")))
          .bye(),
    },
    sound: {
      after: (t) =>
        t
          .open()
          .client(more(text("a")))
          .client(rest("b"))
          .bye(),
    },
  },
  50: {
    rules: ["pong-mismatch"],
    breaks: {
      "another payload": (t) => t.open().client(ping("a")).server(pong("b")).bye(),
      "cut short": (t) => t.open().server(ping("ab")).client(pong("a")).bye(),
    },
    sound: {
      "the same": (t) => t.open().client(ping("a")).server(pong("a")).bye(),
      "only the latest": (t) =>
        t.open().client(ping("a")).client(ping("b")).server(pong("b")).bye(),
      "one unasked before it": (t) =>
        t.open().client(ping("a")).server(pong("beat")).server(pong("a")).bye(),
    },
  },
  51: {
    rules: ["ping-unanswered", "pong-slow"],
    breaks: {
      slow: (t) => t.open().client(ping("a"), 0).server(pong("a"), 5001).bye(),
      never: (t) => t.open().client(ping("a")).server(text("b")).bye(),
    },
    sound: {
      answered: (t) => t.open().client(ping("a")).server(text("b")).server(pong("a")).bye(),
      "in time": (t) => t.open().client(ping("a"), 0).server(pong("a"), 5000).bye(),
      "the other side was closing": (t) =>
        t.open().client(ping("a")).server(close(1000)).client(close(1000)).ends("s2c"),
    },
  },
  52: {
    rules: ["pong-unsolicited"],
    breaks: { unasked: (t) => t.open().client(pong("a")).bye() },
    sound: { asked: (t) => t.open().server(ping("a")).client(pong("a")).bye() },
  },
  53: {
    rules: ["rsv1-on-continuation"],
    breaks: {
      "on both": (t) =>
        t
          .open("")
          .server({ ...deflated(LONG), fin: false })
          .server(rest("", { rsv1: true }))
          .bye(),
    },
    sound: {
      "on the first": (t) =>
        t
          .open("")
          .server({ ...deflated(LONG), fin: false })
          .server(rest(""))
          .bye(),
    },
  },
  54: {
    rules: ["rsv1-on-control"],
    breaks: {
      pong: (t) =>
        t
          .open("")
          .server({ ...pong(), rsv1: true })
          .bye(),
    },
    sound: { "not set": (t) => t.open("").server(pong()).bye() },
  },
  55: {
    rules: ["deflate-corrupt"],
    breaks: {
      nonsense: (t) =>
        t
          .open("")
          .server(deflated("", { payload: hex("ff ff") }))
          .bye(),
    },
    sound: { sound: (t) => t.open("").server(deflated(LONG)).bye() },
  },
  56: {
    rules: ["deflate-tail-kept"],
    breaks: {
      "left on": (t) =>
        t
          .open("")
          .server(deflated("", { payload: hex(compress(LONG), "00 00 ff ff") }))
          .bye(),
    },
    sound: { "taken off": (t) => t.open("").server(deflated(LONG)).bye() },
  },
  57: {
    rules: ["deflate-beyond-window", "deflate-context-kept"],
    breaks: {
      "both of them": (t) => {
        const far = letters(600);
        const terms = "server_max_window_bits=9; server_no_context_takeover";
        t.open(terms)
          .server(deflated("Hello"))
          .server(deflated("", { payload: hex("f2 00 11 00 00") }))
          .server(deflated(`${far}${far}`))
          .bye();
      },
    },
    sound: {
      "within the window": (t) => {
        const far = letters(600);
        const payload = compress(`${far}${far}`, { windowBits: 9 });
        t.open("server_max_window_bits=9").server(deflated("", { payload })).bye();
      },
      "into an earlier message, with context takeover": (t) =>
        t
          .open("server_max_window_bits=9")
          .server(deflated("Hello"))
          .server(deflated("", { payload: hex("f2 00 11 00 00") }))
          .bye(),
    },
  },
  58: {
    rules: [],
    sound: Object.fromEntries(
      [
        ["BFINAL", "f3 48 cd c9 c9 07 00 00"],
        ["a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
        ["two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
        ["a lone 00", "00"],
      ].map(([name, bytes]) => [
        name!,
        (t: Conversation) =>
          t
            .open("server_no_context_takeover; server_max_window_bits=10")
            .server({ opcode: 1, rsv1: true, payload: hex(bytes!) })
            .bye(),
      ]),
    ),
  },
  59: {
    rules: ["deflate-offer", "deflate-response"],
    breaks: Object.fromEntries(
      [
        "unknown=1",
        "server_max_window_bits=7",
        "server_max_window_bits=16",
        "server_max_window_bits=09",
        "server_no_context_takeover; server_no_context_takeover",
      ].map((terms) => [terms, (t: Conversation) => t.open(terms)]),
    ),
    sound: {
      "answered with less": (t) =>
        t
          .ask({
            "Sec-WebSocket-Extensions":
              "permessage-deflate; client_max_window_bits; server_max_window_bits=12",
          })
          .answer({
            "Sec-WebSocket-Extensions":
              "permessage-deflate; client_max_window_bits=9; server_max_window_bits=10",
          }),
    },
  },
  60: {
    rules: [],
    sound: {
      "plain between compressed": (t) =>
        t.open("").server(deflated(LONG)).server(text("plain")).server(deflated(LONG)).bye(),
      "plain in fragments": (t) =>
        t
          .open("")
          .client(more(text("a")))
          .client(rest("b"))
          .bye(),
    },
  },
  61: {
    rules: ["inflation-ratio"],
    breaks: {
      zeros: (t) =>
        t
          .open("")
          .server(deflated(new Uint8Array(2_000_000), { opcode: 2 }))
          .bye(),
    },
    sound: {
      "a small one": (t) =>
        t
          .open("")
          .server(deflated(new Uint8Array(100_000), { opcode: 2 }))
          .bye(),
    },
  },
  62: {
    rules: ["compression-grew"],
    breaks: { "one letter": (t) => t.open("").server(deflated("a")).bye() },
    sound: { long: (t) => t.open("").server(deflated(LONG)).bye() },
  },
  67: {
    rules: ["client-frame-unmasked"],
    breaks: { "no head of HTTP/1": (t) => t.say("c2s", text("a")).bye() },
    sound: { masked: (t) => t.client(text("a")).bye() },
  },
};

/** Over HTTP/2, in extended-connect.test.ts. */
const ELSEWHERE: Readonly<Record<number, readonly RuleId[]>> = {
  63: ["connect-not-enabled"],
  64: ["connect-pseudo-headers"],
  65: ["connect-upgrade-headers"],
  66: ["connect-status"],
};

/** Tested in lint-session.test.ts, response-lint.test.ts and client-handshake.test.ts. */
const BEYOND: readonly RuleId[] = ["request-key-reused", "handshake-refused", "response-version"];

/** Letters that look random: what repeats is only what is repeated on purpose. */
function letters(length: number): string {
  return random(length)
    .map((number) => String.fromCharCode(97 + (number % 26)))
    .join("");
}

function random(count: number): number[] {
  let state = 2463534242;
  return Array.from({ length: count }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  });
}

function cases(kind: "breaks" | "sound") {
  return Object.entries(CHECKLIST).flatMap(([number, row]) =>
    Object.entries(row[kind] ?? {}).map(([name, talk]) => ({ number, name, talk, row })),
  );
}

describe("the checklist", () => {
  it("is complete", () => {
    const numbers = Array.from({ length: 67 }, (_, i) => i + 1);
    const known = [...Object.keys(CHECKLIST), ...Object.keys(ELSEWHERE)].map(Number);
    expect(known.toSorted((a, b) => a - b)).toEqual(numbers);
  });

  it("has all rules but for those that are no part of it", () => {
    const here = Object.values(CHECKLIST).flatMap(({ rules }) => rules);
    const known = new Set([...here, ...Object.values(ELSEWHERE).flat(), ...BEYOND]);
    expect(Object.keys(RULES).filter((rule) => !known.has(rule as RuleId))).toEqual([]);
  });

  it.each(Object.entries(CHECKLIST))("%s: every rule of it is broken somewhere", (_, row) => {
    const broken = Object.values(row.breaks ?? {}).flatMap((talk) => rulesOf(talk));
    expect(broken).toEqual(expect.arrayContaining([...row.rules]));
  });

  it.each(cases("breaks"))("$number is broken: $name", ({ talk, row }) => {
    const broken = rulesOf(talk);
    expect(row.rules.some((rule) => broken.includes(rule))).toBe(true);
  });

  it.each(cases("sound"))("$number is not broken: $name", ({ talk, row }) => {
    const conversation = new Conversation();
    talk(conversation);
    const { findings } = conversation;
    const alarms = findings.filter(({ severity }) => severity === "error" || severity === "warn");
    expect(alarms.filter(({ rule }) => row.rules.length === 0 || row.rules.includes(rule))).toEqual(
      [],
    );
    expect(findings.filter(({ rule }) => row.rules.includes(rule))).toEqual([]);
  });
});
