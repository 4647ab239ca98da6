import type { Selection } from "../capture/select.ts";
import {
  parseConnections,
  parseDirection,
  parseLast,
  parseOpcodes,
  parsePayloadMatch,
  parseSizeRange,
  parseTimeRange,
} from "../capture/select-words.ts";
import { usageError } from "../errors.ts";
import { parseCount } from "../units.ts";
import type { Args } from "./command.ts";

/**
 * Reads which frames are wanted.
 * @throws FramecatError (usage)
 */
export function readSelection(args: Args): Selection {
  if (args.text("first") !== undefined && args.text("last") !== undefined) {
    throw usageError("--first and --last exclude each other", "Give one of them.");
  }
  const read = <T>(name: string, parse: (text: string, flag: string) => T): T | undefined => {
    const text = args.text(name);
    return text === undefined ? undefined : parse(text, `--${name}`);
  };
  return {
    dir: read("direction", parseDirection),
    opcodes: read("opcode", parseOpcodes),
    connections: read("connection", parseConnections),
    size: read("size", parseSizeRange),
    time: read("time", parseTimeRange),
    payload: read("grep", parsePayloadMatch),
    violations: args.flag("violations"),
    skip: read("skip", (text, flag) => parseCount(text, flag, 0)),
    first: read("first", (text, flag) => parseCount(text, flag)),
    last: read("last", parseLast),
  };
}

/** True where frames of a connection may be left out. */
export function isPartial(selection: Selection): boolean {
  const { violations = false } = selection;
  const limits = { ...selection, connections: undefined, violations: undefined };
  return violations || Object.values(limits).some((limit) => limit !== undefined);
}
