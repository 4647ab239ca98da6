import { usageError } from "../errors.ts";
import type { ListenPlace } from "../transport/listen-sockets.ts";
import { parseCount } from "../units.ts";
import type { Args, OptionSpec } from "./command.ts";

const DEFAULT_PORT = "8080";

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
];

/** Where to listen: at a port, or at a unix socket, whose path has a slash. @throws FramecatError (usage) */
export function readPlace(args: Args): ListenPlace {
  const [where = DEFAULT_PORT] = args.positionals;
  const host = args.text("host");
  if (where.includes("/")) {
    if (host === undefined) return { socketPath: where };
    throw usageError(`--host is of no use with the unix socket ${JSON.stringify(where)}`);
  }
  // An empty address, as of a variable that is not set, would open the server to the network.
  if (host === "") throw usageError("--host needs an address", "Example: --host 127.0.0.1.");
  return { host, port: parseCount(where, "PORT", 0, 65_535) };
}
