import { INPUT_FORMATS } from "../capture/read-events.ts";
import type { OptionSpec } from "./command.ts";
import { FRAME_OPTIONS, INCLUDE_OPTION, OUTPUT_OPTIONS } from "./common-options.ts";
import { DECODE_OPTION } from "./decode-flags.ts";

const INPUT: readonly OptionSpec[] = [
  {
    name: "input-format",
    kind: "text",
    value: "FORM",
    choices: INPUT_FORMATS,
    description: "auto, hex, base64, binary, pcap, pcapng, har or ndjson",
    default: "auto, found by the content",
    topic: "Input",
  },
  {
    name: "follow",
    kind: "flag",
    description: "go on as the file grows",
    topic: "Input",
    common: true,
  },
  {
    name: "keylog",
    kind: "text",
    value: "FILE",
    description: "decrypt TLS by this key log (SSLKEYLOGFILE)",
    topic: "Input",
    common: true,
  },
  {
    name: "assume-websocket",
    kind: "list",
    value: "PORT",
    description: "connections to this port without a handshake are WebSocket; repeatable",
    topic: "Input",
  },
  {
    name: "deflate",
    kind: "flag",
    description: "inflate messages with RSV1 where no handshake tells",
    topic: "Input",
  },
];

const FORMS: readonly OptionSpec[] = [
  {
    name: "diagram",
    kind: "flag",
    description: "draw the bit layout of each frame",
    topic: "Output",
    common: true,
  },
  {
    name: "hex",
    kind: "flag",
    description: "hex of each frame: header, mask, payload",
    topic: "Output",
    common: true,
  },
  {
    name: "table",
    kind: "flag",
    description: "columns under headings",
    topic: "Output",
  },
  {
    name: "tree",
    kind: "flag",
    description: "messages with their fragments and what came between",
    topic: "Output",
  },
  {
    name: "messages",
    kind: "flag",
    description: "whole messages, inflated, a line each",
    topic: "Output",
    common: true,
  },
  {
    name: "payload",
    kind: "flag",
    description: "the bytes of messages and nothing else",
    topic: "Output",
  },
  {
    name: "summary",
    kind: "flag",
    description: "figures of the whole: messages, sizes, round trips, gaps, close codes",
    topic: "Output",
  },
  {
    name: "json",
    kind: "flag",
    description: "all events as one JSON document; or the --summary, or the --rules",
    topic: "Output",
  },
  {
    name: "format",
    kind: "text",
    value: "FORM",
    choices: ["text", "ndjson"],
    description: "lines, or each event as JSON",
    default: "text",
    topic: "Output",
    common: true,
  },
  {
    name: "har",
    kind: "text",
    value: "FILE",
    description: "write messages to this file as HAR, too",
    topic: "Output",
  },
  {
    name: "pcapng",
    kind: "text",
    value: "FILE",
    description: "write it all to this file for Wireshark, too",
    topic: "Output",
  },
];

const LINT: readonly OptionSpec[] = [
  {
    name: "lint",
    kind: "flag",
    description: "judge by every rule; exit 33 where an error is found",
    topic: "Rules",
    common: true,
  },
  {
    name: "rules",
    kind: "flag",
    description: "list the rules",
    topic: "Rules",
  },
];

const FILTERS: readonly OptionSpec[] = [
  {
    name: "direction",
    kind: "text",
    value: "SIDE",
    description: "what this side sent: client or out, server or in",
    topic: "Filters",
  },
  {
    name: "opcode",
    kind: "text",
    value: "LIST",
    description: "opcodes, as text,ping,0x3; data and control are all of a kind",
    topic: "Filters",
  },
  {
    name: "connection",
    kind: "text",
    value: "LIST",
    description: "connections by number, or HOST:PORT of the server",
    topic: "Filters",
  },
  {
    name: "size",
    kind: "text",
    value: "RANGE",
    description: "payloads of this length: 126..64KiB, 1KiB.., ..125",
    topic: "Filters",
  },
  {
    name: "time",
    kind: "text",
    value: "RANGE",
    description: "10s..20s from the first packet, or ISO times",
    topic: "Filters",
  },
  {
    name: "grep",
    kind: "text",
    value: "TEXT",
    description: "payloads that hold this text, or match /regex/",
    topic: "Filters",
    common: true,
  },
  {
    name: "violations",
    kind: "flag",
    description: "only what breaks a rule",
    topic: "Filters",
  },
  {
    name: "skip",
    kind: "text",
    value: "N",
    description: "leave out the first N of those",
    topic: "Filters",
  },
  {
    name: "first",
    kind: "text",
    value: "N",
    description: "no more than N frames",
    topic: "Filters",
  },
  {
    name: "last",
    kind: "text",
    value: "N",
    description: "the last N frames",
    topic: "Filters",
  },
];

export const FRAME_DUMP_OPTIONS: readonly OptionSpec[] = [
  ...FORMS,
  ...FRAME_OPTIONS,
  INCLUDE_OPTION,
  DECODE_OPTION,
  ...LINT,
  ...FILTERS,
  ...INPUT,
  {
    name: "quiet",
    alias: "q",
    kind: "flag",
    description: "say nothing on stderr but errors",
    topic: "Output",
  },
  ...OUTPUT_OPTIONS,
];
