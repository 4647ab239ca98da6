import { usageError } from "../errors.ts";
import { parseListenHost } from "../transport/bind-port.ts";
import type { ListenPlace } from "../transport/listen-sockets.ts";
import type { Args, OptionSpec } from "./command.ts";

const DEFAULT_PORT = "8080";
const MAX_PORT = 65_535;

export const PLACE_OPTIONS: readonly OptionSpec[] = [
  {
    name: "host",
    kind: "text",
    value: "ADDRESS",
    description: "bind this address; 0.0.0.0 or :: opens the server to the network",
    default: "127.0.0.1 and ::1",
    topic: "Server",
    common: true,
  },
  {
    name: "socket-mode",
    kind: "text",
    value: "MODE",
    description: "who may connect to a unix socket, as chmod has it: 660, 666",
    default: "600, its owner alone",
    topic: "Server",
  },
];

/** Where to listen: at a port, or at a unix socket, whose path has a slash. @throws FramecatError (usage) */
export function readPlace(args: Args): ListenPlace {
  const [where = DEFAULT_PORT] = args.positionals;
  const [host, mode] = [args.text("host"), args.text("socket-mode")];
  if (where.includes("/") && !isUrl(where)) {
    if (host !== undefined) {
      throw usageError(`--host is of no use with the unix socket ${JSON.stringify(where)}`);
    }
    return { socketPath: where, ...(mode !== undefined && { socketMode: parseMode(mode) }) };
  }
  if (mode !== undefined) {
    throw usageError("--socket-mode is for a unix socket", "Example: framecat listen ./app.sock.");
  }
  const port = parsePort(where);
  return { host: host === undefined ? undefined : parseListenHost(host, "--host"), port };
}

/** As clients have it: `ws://…`, `ws+unix:…`. */
function isUrl(where: string): boolean {
  return /^(?:wss?|https?|unix)[+:]/i.test(where);
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT) return Number(text);
  throw usageError(
    `PORT must be a whole number from 0 to ${MAX_PORT}, not ${JSON.stringify(text)}`,
    "The address goes to --host, and the path of a unix socket has a slash: ./app.sock.",
  );
}

function parseMode(text: string): number {
  if (/^0?[0-7]{3}$/.test(text)) return Number.parseInt(text, 8);
  throw usageError(`--socket-mode must be like 660, not ${JSON.stringify(text)}`);
}
