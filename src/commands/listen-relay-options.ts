import type { OptionSpec } from "./command.ts";
import { LOAD_DIAL_OPTIONS } from "./dial-options.ts";

/** What the client asks for itself. */
const OF_THE_CLIENT: ReadonlySet<string> = new Set(["subprotocol", "ws-version"]);
/** A flag that says nothing else in a server keeps its name. */
const KEPT: ReadonlySet<string> = new Set(["insecure"]);

/** What a flag of `connect` is called that is about the connection onward. */
export function onwardName(name: string): string {
  return KEPT.has(name) ? name : `to-${name}`;
}

/** Which flags of `connect` a relay has for its connections onward. */
export function isOnward(name: string): boolean {
  return !OF_THE_CLIENT.has(name) && LOAD_DIAL_OPTIONS.some((option) => option.name === name);
}

const ONWARD_OPTIONS: readonly OptionSpec[] = LOAD_DIAL_OPTIONS.filter(({ name }) =>
  isOnward(name),
).map(({ name, alias, ...option }) => ({
  ...option,
  name: onwardName(name),
  ...(name === "header" && alias !== undefined && { alias }),
  topic: "Relay, onward",
  common: false,
}));

export const RELAY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "to",
    kind: "text",
    value: "URL",
    description: "relay each client to this server; see what passes",
    topic: "Relay",
    common: true,
  },
  {
    name: "hold",
    kind: "list",
    value: "RULE",
    description:
      "hold messages that match: pong, /regex/i, json:$.path=1, *, in:…, out:…, opcode:ping",
    topic: "Relay",
  },
  {
    name: "drop",
    kind: "list",
    value: "RULE",
    description: "drop messages that match",
    topic: "Relay",
  },
  {
    name: "edit",
    kind: "list",
    value: "[in:|out:]s/RE/TEXT/g",
    description: "change texts, as in sed",
    topic: "Relay",
  },
  {
    name: "delay",
    kind: "list",
    value: "'TIME [RULE]'",
    description: "pass everything on later, or what matches",
    topic: "Relay",
  },
  {
    name: "keep-host",
    kind: "flag",
    description: "leave the client's Host header as it is",
    default: "that of the server",
    topic: "Relay, onward",
  },
  ...ONWARD_OPTIONS,
];
