import { answers, type Asking, type Case, OP, text } from "../case.ts";
import { frame } from "../frame-codec.ts";

type Row = readonly [title: string, asking: Asking, status: NonNullable<Case["status"]>];

const OPENS = { right: [101] };
const REFUSED = { right: [400] };
const EARLY = frame("early", { opcode: OP.text });

const rows: readonly Row[] = [
  ["a plain request", {}, OPENS],
  ["octet by octet", { chop: 1 }, OPENS],
  [
    "names and values in other letters",
    { headers: { Upgrade: "WebSocket", Connection: "keep-alive, UPGRADE" } },
    OPENS,
  ],
  [
    "Upgrade in a second Connection header",
    { headers: { Connection: ["keep-alive", "Upgrade"] } },
    OPENS,
  ],
  ["names in lower case", { headers: { Upgrade: undefined, upgrade: "websocket" } }, OPENS],
  ["a path with a query", { requestLine: "GET /a/b?c=d&e=%20 HTTP/1.1" }, OPENS],
  [
    "headers that mean nothing",
    { headers: { "X-Long": "x".repeat(4000), Cookie: "a=b; c=d" } },
    OPENS,
  ],
  ["an Origin", { headers: { Origin: "https://app.example.com" } }, { right: [101, 403] }],
  ["a text together with the request", { early: EARLY }, OPENS],
  ["no key", { headers: { "Sec-WebSocket-Key": undefined } }, REFUSED],
  ["a key of 10 octets", { headers: { "Sec-WebSocket-Key": "AAAAAAAAAAAAAA==" } }, REFUSED],
  [
    "a key that is not base64",
    { headers: { "Sec-WebSocket-Key": "this is no base64 at all" } },
    REFUSED,
  ],
  [
    "two keys",
    { headers: { "Sec-WebSocket-Key": ["c2l4dGVlbiBvY3RldHMgIQ==", "c2l4dGVlbiBvY3RldHMgIQ=="] } },
    REFUSED,
  ],
  [
    "no version",
    { headers: { "Sec-WebSocket-Version": undefined } },
    { right: [426], tolerable: [400] },
  ],
  [
    "version 12",
    { headers: { "Sec-WebSocket-Version": "12" } },
    { right: [426], tolerable: [400] },
  ],
  ["no Host", { headers: { Host: undefined } }, REFUSED],
  ["POST", { requestLine: "POST / HTTP/1.1" }, { right: [405], tolerable: [400, 501] }],
  ["HTTP/1.0", { requestLine: "GET / HTTP/1.0" }, { right: [400, 505] }],
  [
    "no Connection",
    { headers: { Connection: undefined } },
    { right: [426, 400], tolerable: [200, 404] },
  ],
  [
    "another Upgrade",
    { headers: { Upgrade: "h2c" } },
    { right: [426, 400, 200], tolerable: [404] },
  ],
  ["what is no HTTP", { requestLine: "HELO mail.example.com" }, { right: [400] }],
];

/** H: opening handshakes (RFC 6455, section 4.2); they have no number in the Autobahn test suite. */
export const handshakes: readonly Case[] = rows.map(([title, asking, status], i) => ({
  id: `H.${i + 1}`,
  title,
  asking,
  status,
  plan: () => {
    const hello = { send: frame("Hello", { opcode: OP.text }) };
    return answers([hello], [...(asking.early ? [text("early")] : []), text("Hello")]);
  },
}));
