import type { OptionSpec } from "./command.ts";
import { FRAME_OPTIONS, OUTPUT_OPTIONS } from "./common-options.ts";
import { DECODE_OPTION } from "./decode-flags.ts";
import { EXEC_OPTIONS } from "./listen-exec-options.ts";
import { FAULT_OPTIONS } from "./listen-faults.ts";
import { GUARD_OPTIONS } from "./listen-guard-options.ts";
import { LISTEN_TLS_OPTIONS } from "./listen-tls-options.ts";
import { HTTP_OPTIONS } from "./listen-http-options.ts";
import { MODE_OPTIONS } from "./listen-modes.ts";
import { PROMPT_OPTIONS } from "./listen-prompt-options.ts";
import { PLACE_OPTIONS } from "./listen-place.ts";
import { RECORD_OPTIONS } from "./listen-record-options.ts";
import { RELAY_OPTIONS } from "./listen-relay-options.ts";
import { STOP_OPTIONS } from "./listen-stop.ts";
import { WORKER_OPTIONS } from "./listen-worker-flags.ts";

export const LISTEN_OPTIONS: readonly OptionSpec[] = [
  ...MODE_OPTIONS,
  ...PLACE_OPTIONS,
  {
    name: "subprotocol",
    alias: "s",
    kind: "list",
    value: "NAME",
    description: "accept this subprotocol; repeatable",
    default: "the first one a client offers",
    topic: "Server",
    common: true,
  },
  {
    name: "deflate",
    kind: "text",
    value: "WHEN",
    choices: ["on", "off"],
    description: "agree to permessage-deflate where a client offers it",
    default: "on",
    topic: "Server",
  },
  {
    name: "deflate-threshold",
    kind: "text",
    value: "SIZE",
    description: "send shorter messages as they are",
    default: "1KiB",
    topic: "Server",
  },
  ...RELAY_OPTIONS,
  ...EXEC_OPTIONS,
  ...GUARD_OPTIONS,
  ...LISTEN_TLS_OPTIONS,
  ...FAULT_OPTIONS,
  ...HTTP_OPTIONS,
  ...STOP_OPTIONS,
  ...WORKER_OPTIONS,
  {
    name: "json",
    kind: "flag",
    description: "print the address alone on stdout, as JSON",
    topic: "Output",
    common: true,
  },
  {
    name: "format",
    kind: "text",
    value: "FORM",
    choices: ["text", "ndjson"],
    description: "frames as lines, or every event as JSON",
    default: "text",
    topic: "Output",
    common: true,
  },
  {
    name: "quiet",
    alias: "q",
    kind: "flag",
    description: "show the address only, which is also the fastest",
    topic: "Output",
    common: true,
  },
  ...PROMPT_OPTIONS,
  ...RECORD_OPTIONS,
  DECODE_OPTION,
  ...FRAME_OPTIONS,
  ...OUTPUT_OPTIONS,
];
