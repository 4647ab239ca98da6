import { BlockList, isIP } from "node:net";
import { parseProxy, type Proxy } from "./proxy.ts";
import type { Target } from "./target.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a target: `HTTPS_PROXY` for wss, `HTTP_PROXY` for ws, else
 * `ALL_PROXY`, each in lower case first, as curl reads them. None for a unix socket, for this machine
 * (localhost and loopback addresses), and for what `NO_PROXY` lists.
 * @throws FramecatError (usage) naming the variable whose value is no address of a proxy
 */
export function environmentProxy(target: Target, env: Environment): Proxy | undefined {
  if (target.socketPath !== undefined || isLocal(target.hostname)) return undefined;
  const specific = target.secure ? "https_proxy" : "http_proxy";
  const [name, value] = variable(env, specific) ?? variable(env, "all_proxy") ?? [];
  if (name === undefined || value === undefined) return undefined;
  const [, exempt = ""] = variable(env, "no_proxy") ?? [];
  return isExempt(target, exempt) ? undefined : parseProxy(value, name);
}

/** One that is empty is as good as not set. */
function variable(env: Environment, name: string): readonly [string, string] | undefined {
  for (const spelling of [name, name.toUpperCase()]) {
    const value = env[spelling]?.trim();
    if (value) return [spelling, value];
  }
  return undefined;
}

function isLocal(hostname: string): boolean {
  const name = bare(hostname);
  return (
    name === "localhost" || name.endsWith(".localhost") || isWithin(name, "127.0.0.0/8", "::1")
  );
}

/**
 * True where a list as NO_PROXY has it names the target: `*`, a name (which stands for its subdomains
 * too, with or without a dot before it), an address, a network as `10.0.0.0/8`; each perhaps with a port.
 */
export function isExempt({ hostname, port }: Target, list: string): boolean {
  const host = bare(hostname);
  return list.split(/[\s,]+/).some((entry) => {
    const [, name = "", wanted] = /^(\[[^\]]*\]|[^:]*|.*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (wanted !== undefined && Number(wanted) !== port) return false;
    return matches(host, bare(name.replace(/^\[|\]$/g, "")));
  });
}

function matches(host: string, entry: string): boolean {
  if (entry === "*") return true;
  if (isIP(host) !== 0) return isWithin(host, entry);
  const name = entry.replace(/^\*?\./, "");
  return name !== "" && (host === name || host.endsWith(`.${name}`));
}

/** True where the address is one of these, or of these networks. */
function isWithin(address: string, ...entries: readonly string[]): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  const list = new BlockList();
  for (const entry of entries) {
    const [network = "", prefix] = entry.split("/");
    const family = isIP(network);
    if (family === 0) continue;
    const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
    if (Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128)) {
      list.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
    }
  }
  return list.check(address, version === 4 ? "ipv4" : "ipv6");
}

/** Names are compared in lower case, without the dot of the root. */
function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, "");
}
