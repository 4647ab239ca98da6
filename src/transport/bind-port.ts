import { isIP, type Server } from "node:net";
import { FramecatError, messageOf, usageError } from "../errors.ts";
import { type BindFailure, bound } from "./bound.ts";

const LOOPBACK = ["127.0.0.1", "::1"] as const;
/** Tries to find a port that is free on both loopback addresses. */
const PORT_TRIES = 20;

/**
 * An address, that of IPv6 with brackets or without, or a name.
 * @throws FramecatError (usage) naming `flag`
 */
export function parseListenHost(text: string, flag: string): string {
  const address = text.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0 || /^[\w-]+(?:\.[\w-]+)*\.?$/.test(text)) return address;
  // An empty one, as of a variable that is not set, would open the server to the network.
  throw usageError(
    `${flag} must be an address or a name alone, not ${JSON.stringify(text)}`,
    `Example: framecat listen 9000 ${flag} 127.0.0.1.`,
  );
}

/**
 * Binds a port on one address, or on both loopback addresses; port 0 comes out the same on both.
 * @throws FramecatError (bind)
 */
export async function bindPort(
  host: string | undefined,
  port: number,
  make: () => Server,
): Promise<Server[]> {
  if (host !== undefined) return [await bindOne(make(), host, port)];
  const [ipv4, ipv6] = LOOPBACK;
  for (let tries = 1; ; tries++) {
    const first = await bindOne(make(), ipv4, port);
    try {
      return [first, await bindOne(make(), ipv6, portOf(first))];
    } catch (thrown) {
      if (isUnsupported(thrown)) return [first];
      await new Promise((resolve) => first.close(resolve));
      if (port !== 0 || tries === PORT_TRIES) throw thrown;
    }
  }
}

/** True where the machine has no IPv6. */
function isUnsupported(thrown: unknown): boolean {
  const errno = thrown instanceof FramecatError ? thrown.errno : undefined;
  return errno === "EADDRNOTAVAIL" || errno === "EAFNOSUPPORT";
}

function bindOne(server: Server, host: string, port: number): Promise<Server> {
  return bound(server, { host, port }, joinHost(host, port), portFailure);
}

const FAILURES: Readonly<Record<string, BindFailure>> = {
  EADDRINUSE: ["the port is in use", "Port 0 takes a free one."],
  EACCES: ["permission denied", "Ports from 1024 on are for everybody."],
  EADDRNOTAVAIL: ["this machine has no such address", "--host 0.0.0.0 takes all it has."],
  ENOTFOUND: ["the host name does not resolve", "--host 0.0.0.0 takes all addresses there are."],
  EINVAL: ["a link-local address needs its link", "Example: --host fe80::1%eth0."],
};

function portFailure(error: NodeJS.ErrnoException): BindFailure {
  return FAILURES[error.code ?? ""] ?? [messageOf(error)];
}

function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** `host:port`, an IPv6 address in brackets. */
export function joinHost(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
