import { FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import { parsePayload } from "../repl/payload-notation.ts";
import { parseDelay, parseEdit, parseRule } from "../scenario/relay-rule.ts";
import type { MakeMode } from "../server/mode.ts";
import { relay, type RelayOptions } from "../server/relay/relay.ts";
import { relayCommands, type RelayNotation } from "../server/relay/relay-commands.ts";
import { RelayControl } from "../server/relay/relay-control.ts";
import type { ListenPlace } from "../transport/listen-sockets.ts";
import type { RelayRuleSet, RuleKind, RuleKinds } from "../server/relay/relay-rules.ts";
import { prepareTls } from "../transport/secure-socket.ts";
import type { Args } from "./command.ts";
import { readLoadDialFlags } from "./dial-flags.ts";
import { readRelayLimits } from "./listen-guards.ts";
import { looksAtFrames } from "./listen-record.ts";
import { hasPrompt } from "./listen-prompt-options.ts";
import { readPlace } from "./listen-place.ts";
import { isOnward, onwardName, RELAY_OPTIONS } from "./listen-relay-options.ts";

export interface Relaying {
  readonly make: MakeMode;
  /** Each frame is looked at. */
  readonly frames: boolean;
}

/**
 * Reads the flags of RELAY_OPTIONS; undefined where no relay is asked for.
 * @param mode what `--mode` says, where it was given
 * @throws FramecatError (usage)
 */
export async function readRelay(
  args: Args,
  io: Io,
  mode: string | undefined,
): Promise<Relaying | undefined> {
  const url = args.text("to");
  if (url === undefined) return refuseOrphans(args, mode);
  if (mode !== undefined && mode !== "relay") {
    throw usageError(`--to makes a relay, which --mode ${mode} is not`, "Leave one of them away.");
  }
  refuseDecided(args);
  const onward = readOnward(url, args, io);
  refuseLoop(onward, readPlace(args));
  const rules = await readRules(args);
  const limits = readRelayLimits(args);
  const control = new RelayControl(rules);
  const commands = relayCommands(control, NOTATION);
  const hasRules = Object.values(rules).some((kind) => kind.length > 0);
  // At a prompt rules may be set.
  const frames = hasRules || looksAtFrames(args) || hasPrompt(args, io);
  return { make: relay({ onward, limits, control, commands, frames }), frames };
}

/** Each client would bring another one, and so forth until there are no files left. */
function refuseLoop({ target, proxy, hosts }: RelayOptions["onward"], place: ListenPlace): void {
  // Elsewhere the names of this machine may mean another one.
  if (proxy || hosts || target.socketPath !== undefined) return;
  if (place.socketPath !== undefined || place.port !== target.port) return;
  const { host } = place;
  const ours = host === undefined || WILDCARDS.has(host) ? LOOPBACK : new Set([host]);
  if (!ours.has(target.hostname)) return;
  const other = target.port === 9000 ? 9001 : 9000;
  const example = `Example: framecat listen ${other} --to ${target.url}`;
  throw usageError(`--to ${target.url} is where the relay itself listens`, example);
}

const LOOPBACK: ReadonlySet<string> = new Set(["127.0.0.1", "::1", "localhost"]);
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::"]);

/** What the server decides is not ours to say. */
function refuseDecided(args: Args): void {
  const flags = ["deflate", "deflate-threshold"].filter((name) => args.text(name) !== undefined);
  const [given] = [...flags, ...(args.list("subprotocol").length > 0 ? ["subprotocol"] : [])];
  if (given) throw usageError(`--${given} is not for a relay: its server and its clients agree`);
}

function refuseOrphans(args: Args, mode: string | undefined): undefined {
  if (mode === "relay") {
    throw usageError("--mode relay needs --to URL", "Example: --to wss://example.com/ws.");
  }
  const orphan = RELAY_OPTIONS.find((option) => isGiven(args, option));
  if (orphan) throw usageError(`--${orphan.name} is for a relay: it needs --to URL`);
}

function isGiven(args: Args, { name, kind }: (typeof RELAY_OPTIONS)[number]): boolean {
  if (kind === "flag") return args.flag(name);
  return kind === "list" ? args.list(name).length > 0 : args.text(name) !== undefined;
}

function readOnward(url: string, args: Args, io: Io): RelayOptions["onward"] {
  try {
    const { host, origin, ...flags } = readLoadDialFlags(url, onwardArgs(args), io.env, "--to");
    const keepHost = args.flag("keep-host");
    if (keepHost && host !== undefined) {
      throw usageError("--keep-host and --host both set the Host header", "Give one of them.");
    }
    if (flags.tls) prepareTls(flags.tls);
    return { ...flags, keepHost, ...(host && { host }), ...(origin && { origin }) };
  } catch (thrown) {
    throw thrown instanceof FramecatError ? renamed(thrown) : thrown;
  }
}

/** The flags of `connect`, by the names that they have here. */
function onwardArgs(args: Args): Args {
  return {
    positionals: [],
    flag: (name) => isOnward(name) && args.flag(onwardName(name)),
    count: () => 0,
    text: (name) => (isOnward(name) ? args.text(onwardName(name)) : undefined),
    list: (name) => (isOnward(name) ? args.list(onwardName(name)) : []),
  };
}

/** What is wrong with a flag, by the name it has here. */
function renamed({ code, message, hint, errno }: FramecatError): FramecatError {
  const rename = (text: string): string =>
    text.replaceAll(/--([a-z][\w-]*)/g, (whole, name: string) =>
      isOnward(name) ? `--${onwardName(name)}` : whole,
    );
  return new FramecatError(code, rename(message), hint && rename(hint), errno);
}

async function readRules(args: Args): Promise<RelayRuleSet> {
  const read = <Kind extends RuleKind>(kind: Kind): Promise<RuleKinds[Kind][]> =>
    Promise.all(args.list(kind).map((text) => PARSE[kind](text, `--${kind}`)));
  return {
    hold: await read("hold"),
    drop: await read("drop"),
    delay: await read("delay"),
    edit: await read("edit"),
  };
}

type Parse = {
  readonly [Kind in RuleKind]: (text: string, flag: string) => Promise<RuleKinds[Kind]>;
};

const PARSE: Parse = {
  hold: parseRule,
  drop: parseRule,
  delay: parseDelay,
  edit: (text, flag) => Promise.resolve(parseEdit(text, flag)),
};

const NOTATION: RelayNotation = {
  rule: (kind, text) => PARSE[kind](text, `/${kind}`),
  payload: parsePayload,
};
