import { acceptKey } from "../../../src/protocol/accept-key.ts";
import { encodeClosePayload } from "../../../src/protocol/close-codes.ts";
import type { RuleId } from "../../../src/protocol/rules.ts";
import { hex } from "../bytes.ts";
import { close, compress, ping, pong, type Said, SOUND_KEY, text } from "../lint.ts";
import { CONNECT, data, headers, PREFACE, settings } from "../../capture/http2/wire.ts";
import { bytesOf, Call } from "./call.ts";
import { Dice } from "./dice.ts";

/** Speaks on a connection of a capture; gives the other connections that the case takes. */
type Script = (call: Call) => Call | readonly Call[];

/**
 * A connection that breaks a rule, and its twin that does much the same and does not break it.
 * `finds` is all that there is to find in the first: `severity rule`, then `→` from the client or
 * `←` from the server, the number of the frame there and the byte at which it begins.
 */
export interface RuleCase {
  readonly broken: Script;
  readonly sound: Script;
  readonly finds: readonly string[];
  /** What the twin has in common with it. */
  readonly also?: readonly string[];
}

const DEFLATE = "permessage-deflate";
const EXTENSIONS = "Sec-WebSocket-Extensions";
const PROTOCOL = "Sec-WebSocket-Protocol";
const VERSION = "Sec-WebSocket-Version";
const OTHER_KEY = "AQIDBAUGBwgJCgsMDQ4PEA==";
const SAMPLE_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const LONG = "the quick brown fox ".repeat(40);

const fragment = (payload: string | Uint8Array, more: Partial<Said> = {}): Said => ({
  opcode: 1,
  fin: false,
  payload,
  ...more,
});
const rest = (payload: string | Uint8Array, more: Partial<Said> = {}): Said => ({
  opcode: 0,
  payload,
  ...more,
});
const deflated = (payload: Uint8Array, more: Partial<Said> = {}): Said => ({
  opcode: 1,
  rsv1: true,
  payload,
  ...more,
});

/** The same, in the context of the first. */
const AGAIN = deflated(compress(LONG, { dictionary: Buffer.from(LONG) }));

/** An upgrade that is refused, as it is. */
function refusal(startLine: string, changes: Readonly<Record<string, string>> = {}) {
  const none = { Upgrade: undefined, Connection: undefined, "Sec-WebSocket-Accept": undefined };
  return (call: Call, asked: Readonly<Record<string, string>> = {}) =>
    call
      .ask(asked)
      .answer({ ...none, "Content-Length": "0", ...changes }, startLine)
      .hangUp();
}

const asked =
  (changes: Parameters<Call["ask"]>[0], startLine?: string): Script =>
  (call) =>
    call.ask(changes, startLine).answer().bye();
const answered =
  (ask: Parameters<Call["ask"]>[0], changes: Parameters<Call["answer"]>[0]): Script =>
  (call) =>
    call.ask(ask).answer(changes).bye();
const clientSays =
  (...said: readonly Said[]): Script =>
  (call) =>
    call
      .open()
      .client(...said)
      .bye();
const serverSays =
  (...said: readonly Said[]): Script =>
  (call) =>
    call
      .open()
      .server(...said)
      .bye();
/** Compressed: what the server says, by these terms. */
const packed =
  (terms: string, ...said: readonly Said[]): Script =>
  (call) =>
    call
      .open(`${DEFLATE}${terms}`)
      .server(...said)
      .bye();
const closes =
  (from: Said, answer: Said): Script =>
  (call) =>
    call.open().client(from).server(answer).hangUp();
/** The server closes first. */
const isClosed =
  (from: Said, answer: Said): Script =>
  (call) =>
    call.open().server(from).client(answer).hangUp();
const withKey = (call: Call, key: string): Call =>
  call
    .ask({ "Sec-WebSocket-Key": key })
    .answer({ "Sec-WebSocket-Accept": acceptKey(key) })
    .bye();
const twoCalls = (call: Call, key: string): readonly Call[] => [
  withKey(call, SOUND_KEY),
  withKey(new Call({ port: 39_999, ms: 50 }), key),
];
const raw = (payload: string): Said => ({ opcode: 8, payload: hex(payload) });

/** A stream of HTTP/2 without TLS, as curl and others speak it with prior knowledge. */
function http2(
  ask: Readonly<Record<string, string>>,
  status: string,
  { enabled = 1 }: { readonly enabled?: number | undefined } = {},
): Script {
  const allowed = enabled === undefined ? {} : { 8: enabled };
  return (call) => {
    call.raw("client", PREFACE, settings()).raw("server", settings(allowed));
    call.raw("client", headers(1, ask)).raw("server", headers(1, { ":status": status }));
    const goodbye = encodeClosePayload(1000);
    const closing = bytesOf({ opcode: 8, payload: goodbye, maskKey: 0x12345678 });
    call.raw("client", data(1, closing, { end: true }));
    call.raw("server", data(1, bytesOf({ opcode: 8, payload: goodbye }), { end: true }));
    return call.hangUp();
  };
}

export const RULE_CASES: Readonly<Record<RuleId, RuleCase>> = {
  "request-method": {
    broken: asked({}, "POST /chat HTTP/1.1"),
    sound: asked({}, "GET /chat HTTP/1.1"),
    finds: ["error request-method"],
  },
  "request-host": {
    broken: asked({ Host: undefined }),
    sound: asked({ Host: "" }),
    finds: ["error request-host"],
  },
  "request-upgrade": {
    broken: asked({ Upgrade: "websockets" }),
    sound: asked({ Upgrade: "h2c, WebSocket" }),
    finds: ["error request-upgrade"],
  },
  "request-connection": {
    broken: asked({ Connection: "keep-alive" }),
    sound: asked({ Connection: "keep-alive, uPGRADE" }),
    finds: ["error request-connection"],
  },
  "request-key": {
    broken: (call) => withKey(call, "dGhlIHNhbXBsZQ=="),
    sound: asked({}),
    finds: ["error request-key"],
  },
  "request-key-sample": {
    broken: (call) => withKey(call, SAMPLE_KEY),
    sound: asked({}),
    finds: ["warn request-key-sample"],
  },
  "request-key-reused": {
    broken: (call) => twoCalls(call, SOUND_KEY),
    sound: (call) => twoCalls(call, OTHER_KEY),
    finds: ["2 warn request-key-reused"],
  },
  "request-version": {
    broken: asked({ [VERSION]: "8" }),
    sound: asked({ [VERSION]: "13" }),
    finds: ["error request-version"],
  },
  "request-origin-refused": {
    broken: (call) =>
      refusal("HTTP/1.1 403 Forbidden")(call, { Origin: "https://elsewhere.example" }),
    sound: (call) => refusal("HTTP/1.1 403 Forbidden")(call),
    finds: ["info handshake-refused", "info request-origin-refused"],
    also: ["info handshake-refused"],
  },
  "request-subprotocol": {
    broken: asked({ [PROTOCOL]: "chat, chat" }),
    sound: asked({ [PROTOCOL]: "chat, superchat" }),
    finds: ["error request-subprotocol"],
  },
  "request-extensions": {
    broken: asked({ [EXTENSIONS]: "permessage-deflate; =8" }),
    sound: asked({ [EXTENSIONS]: 'x-webkit-deflate-frame; a="b"' }),
    finds: ["error request-extensions"],
  },
  "data-before-response": {
    broken: (call) => call.ask().client(text("early")).answer().bye(),
    sound: (call) => call.ask().answer().client(text("early")).bye(),
    finds: ["error data-before-response"],
  },
  "credentials-in-clear": {
    broken: asked({ Authorization: "Basic dTpw" }),
    sound: asked({ "Proxy-Authorization": "Basic dTpw" }),
    finds: ["warn credentials-in-clear"],
  },
  "credentials-in-url": {
    broken: asked({}, "GET /chat?access_token=s3cret HTTP/1.1"),
    sound: asked({}, "GET /chat?tokens=3&access_token= HTTP/1.1"),
    finds: ["warn credentials-in-url"],
  },
  "request-fragment": {
    broken: asked({}, "GET /chat#top HTTP/1.1"),
    sound: asked({}, "GET /chat%23top HTTP/1.1"),
    finds: ["error request-fragment"],
  },
  "response-status": {
    broken: refusal("HTTP/1.1 200 OK"),
    sound: asked({}),
    finds: ["error response-status"],
  },
  "handshake-refused": {
    broken: refusal("HTTP/1.1 401 Unauthorized"),
    sound: asked({}),
    finds: ["info handshake-refused"],
  },
  "response-upgrade": {
    broken: answered({}, { Upgrade: "websocket, h2c" }),
    sound: answered({}, { Upgrade: "WebSocket" }),
    finds: ["error response-upgrade"],
  },
  "response-connection": {
    broken: answered({}, { Connection: "close" }),
    sound: answered({}, { Connection: "keep-alive, upgrade" }),
    finds: ["error response-connection"],
  },
  "response-accept": {
    broken: answered({}, { "Sec-WebSocket-Accept": acceptKey(OTHER_KEY) }),
    sound: asked({}),
    finds: ["error response-accept"],
  },
  "response-subprotocol": {
    broken: answered({ [PROTOCOL]: "chat" }, { [PROTOCOL]: "Chat" }),
    sound: answered({ [PROTOCOL]: "chat" }, { [PROTOCOL]: "chat" }),
    finds: ["error response-subprotocol"],
  },
  "response-extensions": {
    broken: answered({}, { [EXTENSIONS]: DEFLATE }),
    sound: answered({ [EXTENSIONS]: DEFLATE }, { [EXTENSIONS]: DEFLATE }),
    finds: ["error response-extensions"],
  },
  "response-version": {
    broken: refusal("HTTP/1.1 400 Bad Request", { [VERSION]: "7, 8" }),
    sound: refusal("HTTP/1.1 400 Bad Request", { [VERSION]: "13, 8" }),
    finds: ["error response-version", "info handshake-refused"],
    also: ["info handshake-refused"],
  },
  "upgrade-required-version": {
    broken: refusal("HTTP/1.1 426 Upgrade Required"),
    sound: refusal("HTTP/1.1 426 Upgrade Required", { [VERSION]: "13" }),
    finds: ["info handshake-refused", "error upgrade-required-version"],
    also: ["info handshake-refused"],
  },
  "client-frame-unmasked": {
    broken: (call) =>
      call
        .open()
        .raw("client", bytesOf(text("bare")))
        .bye(),
    sound: clientSays(text("bare")),
    finds: ["error client-frame-unmasked → 0@0"],
  },
  "server-frame-masked": {
    broken: serverSays(text("one"), text("two", { maskKey: 0x12345678 })),
    sound: serverSays(text("one"), text("two")),
    finds: ["error server-frame-masked ← 1@5"],
  },
  "rsv-not-negotiated": {
    broken: serverSays(text("a", { rsv3: true })),
    sound: packed("", deflated(compress(LONG))),
    finds: ["error rsv-not-negotiated ← 0@0"],
  },
  "opcode-reserved": {
    broken: clientSays(text("a"), { opcode: 0xb, payload: "b" }),
    sound: clientSays(text("a"), { opcode: 2, payload: "b" }),
    finds: ["error opcode-reserved → 1@7"],
  },
  "length-not-minimal": {
    broken: serverSays(text("x".repeat(125), { lengthForm: 16 })),
    sound: serverSays(text("x".repeat(126))),
    finds: ["error length-not-minimal ← 0@0"],
  },
  "length-top-bit": {
    broken: (call) => call.open().raw("server", hex("82 7f 80 00 00 00 00 00 00 01 61")).hangUp(),
    sound: (call) => call.open().raw("server", hex("82 7f 00 00 00 00 00 01 00 00 61")).hangUp(),
    finds: [
      "error length-over-limit ← 0@0",
      "error length-top-bit ← 0@0",
      "error frame-truncated ← 0@0",
      "error tcp-without-close ←",
    ],
    also: ["error frame-truncated ← 0@0", "error tcp-without-close ←"],
  },
  "length-over-limit": {
    broken: (call) => call.open().raw("server", hex("82 7f 00 00 00 00 06 40 00 01")).hangUp(),
    sound: (call) => call.open().raw("server", hex("82 7f 00 00 00 00 06 40 00 00")).hangUp(),
    finds: [
      "error length-over-limit ← 0@0",
      "error frame-truncated ← 0@0",
      "error tcp-without-close ←",
    ],
    also: ["error frame-truncated ← 0@0", "error tcp-without-close ←"],
  },
  "mask-key-zero": {
    broken: clientSays(text("a", { maskKey: 0 })),
    sound: clientSays(text("a", { maskKey: 0x8000_0000 })),
    finds: ["warn mask-key-zero → 0@0"],
  },
  "mask-key-repeated": {
    broken: clientSays(text("a", { maskKey: 0x9abcdef1 }), text("b", { maskKey: 0x9abcdef1 })),
    sound: clientSays(text("a", { maskKey: 0x9abcdef1 }), text("b", { maskKey: 0x1fedcba9 })),
    finds: ["warn mask-key-repeated → 1@7"],
  },
  "mask-key-predictable": {
    broken: clientSays(...[7, 8, 9].map((maskKey) => text("a", { maskKey }))),
    sound: clientSays(...[7, 8].map((maskKey) => text("a", { maskKey }))),
    finds: ["warn mask-key-predictable → 2@14"],
  },
  "control-too-long": {
    broken: (call) =>
      call
        .open()
        .server(ping("x".repeat(126)))
        .client(pong("x".repeat(126)))
        .bye(),
    sound: (call) =>
      call
        .open()
        .server(ping("x".repeat(125)))
        .client(pong("x".repeat(125)))
        .bye(),
    finds: ["error control-too-long ← 0@0", "error control-too-long → 0@0"],
  },
  "control-fragmented": {
    broken: (call) =>
      call.open().server({ opcode: 9, fin: false, payload: "p" }).client(pong("p")).bye(),
    sound: (call) => call.open().server(ping("p")).client(pong("p")).bye(),
    finds: ["error control-fragmented ← 0@0"],
  },
  "continuation-without-start": {
    broken: serverSays(text("a"), rest("b")),
    sound: serverSays(fragment("a"), rest("b")),
    finds: ["error continuation-without-start ← 1@3"],
  },
  "message-interrupted": {
    broken: serverSays(fragment("a"), text("b")),
    sound: serverSays(fragment("a"), rest(""), text("b")),
    finds: ["error message-interrupted ← 1@3"],
  },
  "message-unfinished": {
    broken: (call) => call.open().server(fragment("a")).hangUp(),
    sound: (call) => call.open().server(fragment("a"), rest("")).hangUp(),
    finds: ["warn message-unfinished ← 0@0", "error tcp-without-close ←"],
    also: ["error tcp-without-close ←"],
  },
  "tiny-fragments": {
    broken: serverSays(
      fragment("a"),
      ...Array.from({ length: 7 }, () => rest("", { fin: false })),
      rest("z"),
    ),
    sound: serverSays(
      fragment("a"),
      ...Array.from({ length: 6 }, () => rest("", { fin: false })),
      rest("zz"),
    ),
    finds: ["warn tiny-fragments ← 7@15"],
  },
  "frame-truncated": {
    broken: (call) => call.open().raw("client", hex("81 85 37 fa 21 3d 7f 9f")).hangUp("client"),
    sound: (call) => call.open().raw("client", hex("81 82 37 fa 21 3d 7f 9f")).hangUp("client"),
    finds: ["error frame-truncated → 0@0", "error tcp-without-close →"],
    also: ["error tcp-without-close →"],
  },
  "text-utf8": {
    broken: serverSays(fragment(hex("e2 82")), rest("x")),
    sound: serverSays(fragment(hex("e2 82")), rest(hex("ac"))),
    finds: ["error text-utf8 ← 1@4"],
  },
  "close-reason-utf8": {
    broken: isClosed(raw("03 e8 c3"), close(1007)),
    sound: isClosed(raw("03 e8 c3 bc"), close(1000)),
    finds: ["error close-reason-utf8 ← 0@0"],
  },
  "close-one-byte": {
    broken: closes(raw("03"), close(1002)),
    sound: closes(raw(""), close()),
    finds: ["error close-one-byte → 0@0"],
  },
  "close-code-forbidden": {
    broken: closes(raw("03 ed"), close(1002)),
    sound: closes(raw("03 eb"), close(1003)),
    finds: ["error close-code-forbidden → 0@0"],
  },
  "close-1010-from-server": {
    broken: isClosed(close(1010), close(1010)),
    sound: closes(close(1010), close(1010)),
    finds: ["warn close-1010-from-server ← 0@0"],
  },
  "close-code-unregistered": {
    broken: closes(close(3999), close(3999)),
    sound: closes(close(3003), close(3003)),
    finds: ["info close-code-unregistered → 0@0", "info close-code-unregistered ← 0@0"],
  },
  "frame-after-close": {
    broken: (call) => call.open().client(close(1000), text("ps")).server(close(1000)).hangUp(),
    sound: (call) => call.open().client(text("ps"), close(1000)).server(close(1000)).hangUp(),
    finds: ["error frame-after-close → 1@8"],
  },
  "close-twice": {
    broken: (call) => call.open().client(close(1000), close(1000)).server(close(1000)).hangUp(),
    sound: closes(close(1000), close(1000)),
    finds: ["error close-twice → 1@8"],
  },
  "close-unanswered": {
    broken: (call) => call.open().client(close(1000)).hangUp(),
    sound: closes(close(1000), close(1000)),
    finds: ["error close-unanswered → 0@0"],
  },
  "close-code-differs": {
    broken: closes(close(1000), close(1001)),
    sound: closes(close(), close(1001)),
    finds: ["warn close-code-differs ← 0@0"],
  },
  "client-closed-tcp-first": {
    broken: (call) => call.open().client(close(1000)).server(close(1000)).hangUp("client"),
    sound: (call) => call.open().client(close(1000)).server(close(1000)).hangUp("server"),
    finds: ["warn client-closed-tcp-first →"],
  },
  "tcp-without-close": {
    broken: (call) => call.open().server(text("a")).hangUp("client"),
    sound: serverSays(text("a")),
    finds: ["error tcp-without-close →"],
  },
  "close-inside-message": {
    broken: serverSays(fragment("a")),
    sound: serverSays(fragment("a"), rest("b")),
    finds: ["warn close-inside-message ← 1@3"],
  },
  "pong-mismatch": {
    broken: (call) => call.open().server(ping("a")).client(pong("b")).bye(),
    sound: (call) => call.open().server(ping("a")).client(pong("a")).bye(),
    finds: ["error pong-mismatch → 0@0"],
  },
  "ping-unanswered": {
    broken: (call) => call.open().server(ping("a")).client(text("no")).bye(),
    sound: (call) => call.open().server(ping("a")).client(text("no"), pong("a")).bye(),
    finds: ["error ping-unanswered ← 0@0"],
  },
  "pong-slow": {
    broken: (call) => call.open().server(ping("a")).wait(5001).client(pong("a")).bye(),
    sound: (call) => call.open().server(ping("a")).wait(4990).client(pong("a")).bye(),
    finds: ["warn pong-slow → 0@0"],
  },
  "pong-unsolicited": {
    broken: clientSays(pong("a")),
    sound: (call) => call.open().server(ping("a")).client(pong("a")).bye(),
    finds: ["info pong-unsolicited → 0@0"],
  },
  "rsv1-on-continuation": {
    broken: packed("", deflated(compress(LONG), { fin: false }), rest("", { rsv1: true })),
    sound: packed("", deflated(compress(LONG), { fin: false }), rest("")),
    finds: ["error rsv1-on-continuation ← 1@33"],
  },
  "rsv1-on-control": {
    broken: (call) =>
      call
        .open(DEFLATE)
        .server({ ...ping("a"), rsv1: true })
        .client(pong("a"))
        .bye(),
    sound: (call) => call.open(DEFLATE).server(ping("a")).client(pong("a")).bye(),
    finds: ["error rsv1-on-control ← 0@0"],
  },
  "deflate-corrupt": {
    broken: packed("", deflated(hex("ff ff ff ff"))),
    // BFINAL set, then a stored block.
    sound: packed(
      "",
      deflated(hex("f3 48 cd c9 c9 07 00 00")),
      deflated(hex("00 01 00 fe ff 61 00")),
    ),
    finds: ["error deflate-corrupt ← 0@0"],
    also: ["info compression-grew ← 0@0", "info compression-grew ← 1@10"],
  },
  "deflate-tail-kept": {
    broken: packed("", deflated(hex(compress(LONG), "00 00 ff ff"))),
    sound: packed("", deflated(compress(LONG))),
    finds: ["warn deflate-tail-kept ← 0@0"],
  },
  "deflate-beyond-window": {
    broken: packed("; server_max_window_bits=9", deflated(compress(apart(700)))),
    sound: packed("; server_max_window_bits=10", deflated(compress(apart(700)))),
    finds: ["error deflate-beyond-window ← 0@0"],
  },
  "deflate-context-kept": {
    broken: packed("; server_no_context_takeover", deflated(compress(LONG)), AGAIN),
    sound: packed("", deflated(compress(LONG)), AGAIN),
    finds: ["error deflate-corrupt ← 1@33", "error deflate-context-kept ← 1@33"],
  },
  "deflate-offer": {
    broken: asked({ [EXTENSIONS]: `${DEFLATE}; client_max_window_bits=08` }),
    sound: asked({ [EXTENSIONS]: `${DEFLATE}; client_max_window_bits=8` }),
    finds: ["error deflate-offer"],
  },
  "deflate-response": {
    broken: answered(
      { [EXTENSIONS]: DEFLATE },
      { [EXTENSIONS]: `${DEFLATE}; client_max_window_bits=10` },
    ),
    sound: answered(
      { [EXTENSIONS]: `${DEFLATE}; client_max_window_bits` },
      { [EXTENSIONS]: `${DEFLATE}; client_max_window_bits=10` },
    ),
    finds: ["error deflate-response"],
  },
  "inflation-ratio": {
    broken: packed("", deflated(compress(new Uint8Array(2 ** 20)), { opcode: 2 })),
    sound: packed("", deflated(compress(new Uint8Array(2 ** 17)), { opcode: 2 })),
    finds: ["error inflation-ratio ← 0@0"],
  },
  "compression-grew": {
    broken: packed("", deflated(hex("00 01 00 fe ff 61 00"))),
    sound: packed("", deflated(compress(LONG))),
    finds: ["info compression-grew ← 0@0"],
  },
  "connect-not-enabled": {
    broken: http2(CONNECT, "200", { enabled: 0 }),
    sound: http2(CONNECT, "200"),
    finds: ["error connect-not-enabled"],
  },
  "connect-pseudo-headers": {
    broken: http2({ ...CONNECT, ":scheme": "ftp" }, "200"),
    sound: http2({ ...CONNECT, ":scheme": "https" }, "200"),
    finds: ["error connect-pseudo-headers"],
  },
  "connect-upgrade-headers": {
    broken: http2({ ...CONNECT, upgrade: "websocket" }, "200"),
    sound: http2({ ...CONNECT, origin: "http://a" }, "200"),
    finds: ["error connect-upgrade-headers"],
  },
  "connect-status": {
    broken: http2(CONNECT, "101"),
    sound: http2(CONNECT, "204"),
    finds: ["error connect-status"],
  },
};

/** Text in which the same 40 octets come twice, so many bytes apart, and little else repeats. */
function apart(distance: number): Uint8Array {
  const letters = new Dice(distance).bytes(distance + 40).map((octet) => 0x61 + (octet & 15));
  return letters.copyWithin(distance, 0, 40);
}
