import { usageError } from "../../errors.ts";
import { encodeClosePayload } from "../../protocol/close-codes.ts";
import { describeOpcode, isControl, Opcode } from "../../protocol/opcodes.ts";
import type { Direction } from "../../transport/events.ts";
import { parseCount } from "../../units.ts";
import type { ModeCommand, PromptTools } from "../mode-command.ts";
import type { HeldItem, RelayControl } from "./relay-control.ts";
import type { RelayRule, RuleKind, RuleKinds } from "./relay-rules.ts";

/** How what is typed is read. */
export interface RelayNotation {
  /** @throws FramecatError (usage) */
  readonly rule: <Kind extends RuleKind>(kind: Kind, text: string) => Promise<RuleKinds[Kind]>;
  /** `text`, `hex:…`, `base64:…`. @throws FramecatError (usage) */
  readonly payload: (text: string) => {
    readonly bytes: Uint8Array;
    readonly kind: "text" | "binary";
  };
}

const RULE = "[in:|out:]PATTERN|*|opcode:NAME";
/** How much of a payload the list of what is held shows. */
const SHOWN = 60;

/** The slash commands of a relay. */
export function relayCommands(
  control: RelayControl,
  notation: RelayNotation,
): readonly ModeCommand[] {
  const { rules } = control;
  const candidates = (): readonly string[] => control.held.map(({ id }) => String(id));
  const ruleCommand = (kind: "hold" | "delay", takes: string, meaning: string): ModeCommand => ({
    name: kind,
    takes,
    meaning,
    run: (argument) => setRule(control, notation, kind, argument),
  });
  return [
    { name: "held", takes: "", meaning: "list what is held", run: () => heldLines(control) },
    ruleCommand("hold", `[${RULE}|off]`, "hold what matches; without one, all messages"),
    {
      name: "release",
      takes: "[ID|all]",
      meaning: "let the oldest that is held go on, or that one, or all",
      candidates,
      run: (argument) => {
        for (const id of chosen(control, argument)) control.release(id);
        return [];
      },
    },
    {
      name: "edit",
      takes: "[ID] [TEXT|hex:…|base64:…]",
      meaning: "let it go on with another payload; without one, in the editor",
      candidates,
      run: (argument, tools) => edit(control, notation, argument, tools),
    },
    {
      name: "drop",
      takes: `[ID|all|${RULE}|off]`,
      meaning: "drop what is held, or from now on what matches",
      candidates,
      run: (argument) => drop(control, notation, argument),
    },
    ruleCommand("delay", `TIME [${RULE}]|off`, "pass it on that much later"),
    {
      name: "inject",
      takes: "out|in [#ID] [ping|pong|close] TEXT|hex:…|base64:…",
      meaning: "send a message: out to the server, in to the client",
      candidates: () => ["out", "in", ...[...control.connections.keys()].map((id) => `#${id}`)],
      run: (argument) => inject(control, notation, argument),
    },
    {
      name: "rules",
      takes: "",
      meaning: "list the rules that hold",
      run: () => ruleLines(rules.all),
    },
  ];
}

function ruleLines(all: RelayControl["rules"]["all"]): readonly string[] {
  const lines = Object.entries(all).flatMap(([kind, rules]) =>
    (rules as readonly RelayRule[]).map(({ text }) => `${kind} ${text}`),
  );
  return lines.length === 0 ? ["no rules"] : lines;
}

async function setRule(
  { rules }: RelayControl,
  notation: RelayNotation,
  kind: "hold" | "delay" | "drop",
  argument: string,
): Promise<readonly string[]> {
  const text = argument.trim();
  if (text === "off") {
    rules.set(kind, []);
    return [`no ${kind} any more`];
  }
  if (text === "" && kind === "delay") throw usageError("it needs a time", "Example: /delay 200ms");
  const rule = await notation.rule(kind, text === "" ? "*" : text);
  // The compiler does not see that the rule is one of the kind.
  rules.set<RuleKind>(kind, [...rules.all[kind], rule]);
  return [];
}

async function drop(
  control: RelayControl,
  notation: RelayNotation,
  argument: string,
): Promise<readonly string[]> {
  const text = argument.trim();
  if (text !== "" && text !== "all" && !/^\d+$/.test(text)) {
    return setRule(control, notation, "drop", text);
  }
  for (const id of chosen(control, text)) control.drop(id);
  return [];
}

/** The numbers of what is meant; by default the oldest. */
function chosen({ held }: RelayControl, argument: string): readonly number[] {
  const word = argument.trim();
  if (held.length === 0) throw usageError("nothing is held");
  if (word === "all") return held.map(({ id }) => id);
  if (word === "") return held.slice(0, 1).map(({ id }) => id);
  return [parseCount(word, "ID")];
}

async function edit(
  control: RelayControl,
  notation: RelayNotation,
  argument: string,
  tools: PromptTools,
): Promise<readonly string[]> {
  const [, digits, text = ""] = /^\s*(?:(\d+)(?:\s|$))?(.*)$/s.exec(argument) ?? [];
  const [id = 0] = chosen(control, digits ?? "");
  if (text !== "") {
    control.release(id, notation.payload(text).bytes);
    return [];
  }
  const item = control.held.find((one) => one.id === id);
  const before = item && item.held.passing.opcode === Opcode.text ? textOf(item) : undefined;
  if (before === undefined) throw usageError("it is no text", "Example: /edit 1 hex:0102");
  const after = await tools.edit(before);
  control.release(id, after === before ? undefined : Buffer.from(after));
  return [];
}

function inject(
  control: RelayControl,
  notation: RelayNotation,
  argument: string,
): readonly string[] {
  const [, word, conn, frame, text = ""] =
    /^\s*(in|out)(?:\s+#(\S+))?(?:\s+(ping|pong|close)(?=\s|$))?(?:\s(.*))?$/s.exec(argument) ?? [];
  if (word === undefined) throw usageError("it needs a direction", 'Example: /inject in {"a":1}');
  const dir: Direction = word === "in" ? "in" : "out";
  const { opcode, data } = frameOf(frame, text, notation);
  const { id } = control.inject(dir, opcode, data, conn);
  const to = dir === "in" ? "the client" : "the server";
  return [`sent ${describeOpcode(opcode).name} of ${data.length} B to ${to} of #${id}`];
}

function frameOf(
  word: string | undefined,
  text: string,
  { payload }: RelayNotation,
): { readonly opcode: number; readonly data: Uint8Array } {
  if (word === "close") return { opcode: Opcode.close, data: closePayload(text) };
  const { bytes: data, kind } = payload(text);
  if (word === "ping") return { opcode: Opcode.ping, data };
  if (word === "pong") return { opcode: Opcode.pong, data };
  return { opcode: kind === "text" ? Opcode.text : Opcode.binary, data };
}

/** `[CODE [REASON]]` */
function closePayload(text: string): Uint8Array {
  const [, code, reason] = /^\s*(\d+)?\s*(.*)$/s.exec(text) ?? [];
  if (code !== undefined) return encodeClosePayload(parseCount(code, "CODE", 0, 65_535), reason);
  if (!reason) return encodeClosePayload();
  throw usageError("a reason needs a code", "Example: /inject in close 4000 bye");
}

function heldLines({ held }: RelayControl): readonly string[] {
  if (held.length === 0) return ["nothing is held"];
  return held.map((item) => {
    const { conn, dir, opcode, wireLength } = item.held.passing;
    const arrow = dir === "out" ? "→" : "←";
    const length = item.held.data?.length ?? item.held.passing.data?.length ?? wireLength;
    const what = `${arrow} ${describeOpcode(opcode).name} ${length} B`;
    return `${item.id}  #${conn} ${what}  ${shown(item)}`.trimEnd();
  });
}

function textOf({ held }: HeldItem): string | undefined {
  const data = held.data ?? held.passing.data;
  return data && Buffer.from(data).toString("utf8");
}

function shown(item: HeldItem): string {
  const { opcode, data } = item.held.passing;
  if (opcode !== Opcode.text && !isControl(opcode)) {
    return Buffer.from(data?.subarray(0, SHOWN / 3) ?? []).toString("hex");
  }
  const text = textOf(item) ?? "";
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
}
