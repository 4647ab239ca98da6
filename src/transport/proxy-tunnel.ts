import { isIP, type LookupFunction, type Socket } from "node:net";
import { FramecatError } from "../errors.ts";
import { connectFailure } from "./connect-failure.ts";
import { type Attempt, awaitSocket, connectSocket } from "./connect-socket.ts";
import { type Proxy, proxyFailure, type ProxyTalk } from "./proxy.ts";
import { ProxyConnect } from "./proxy-connect.ts";
import { secureSocket, type TlsOptions } from "./secure-socket.ts";
import { type Place, placeOf } from "./target.ts";

export interface TunnelOptions {
  readonly lookup: LookupFunction;
  readonly localAddress?: string | undefined;
  /** For a proxy that is itself reached in TLS. */
  readonly tls: TlsOptions;
  readonly talk: ProxyTalk;
}

/** How to ask this kind of proxy. What speaks SOCKS takes long to load: only who needs it does. */
export async function talkOf({ kind }: Proxy): Promise<ProxyTalk> {
  return kind.startsWith("socks") ? (await import("./proxy-socks.ts")).talkSocks : talkConnect;
}

/**
 * A socket through the proxy to the target; what the proxy says of its own is read off it.
 * @throws FramecatError (proxy; name-resolution where the target is to be resolved here and is not)
 */
export async function openTunnel(
  target: Place,
  proxy: Proxy,
  attempt: Attempt,
  options: TunnelOptions,
): Promise<Socket> {
  const socket = await toProxy(proxy, attempt, options);
  const addressed = await addressFor(socket, target, proxy, attempt, options.lookup);
  const late = `${placeOf(proxy)} did not connect to ${placeOf(target)}`;
  try {
    await awaitSocket<void>(socket, attempt, late, (succeed, fail) =>
      options.talk(socket, addressed, proxy, { ...attempt, succeed, fail }),
    );
  } catch (thrown) {
    throw proxyFailure(thrown, proxy, "tcp");
  }
  return socket;
}

async function toProxy(
  proxy: Proxy,
  attempt: Attempt,
  { tls, ...options }: TunnelOptions,
): Promise<Socket> {
  let phase: "tcp" | "tls" = "tcp";
  try {
    const socket = await connectSocket(proxy, attempt, options);
    if (proxy.kind !== "https") return socket;
    phase = "tls";
    return await secureSocket(socket, proxy, attempt, tls);
  } catch (thrown) {
    throw proxyFailure(thrown, proxy, phase);
  }
}

/** The target as the proxy is to be told it: by its address, where the proxy does not resolve names. */
async function addressFor(
  socket: Socket,
  target: Place,
  { kind }: Proxy,
  attempt: Attempt,
  lookup: LookupFunction,
): Promise<Place> {
  const version = isIP(target.hostname);
  if (kind.startsWith("socks4") && version === 6) {
    socket.destroy();
    throw new FramecatError("proxy", "SOCKS4 has no IPv6 addresses", "Use socks5://.");
  }
  if (version !== 0 || (kind !== "socks4" && kind !== "socks5")) return target;
  try {
    const late = `${target.hostname} did not resolve`;
    return await awaitSocket(socket, attempt, late, (succeed, fail) => {
      lookup(target.hostname, { family: kind === "socks4" ? 4 : 0 }, (error, address) => {
        const [one] = Array.isArray(address) ? address.map((found) => found.address) : [address];
        if (error || one === undefined) fail(error);
        else succeed({ ...target, hostname: one });
      });
      return () => undefined;
    });
  } catch (thrown) {
    throw connectFailure(thrown, target, "tcp");
  }
}

/** Reads by `readable`, which leaves the socket to whoever listens to `data` afterwards. */
const talkConnect: ProxyTalk = (socket, target, proxy, { succeed, fail }) => {
  const exchange = new ProxyConnect(target, proxy);
  const read = (): void => {
    for (let bytes = readFrom(socket); bytes !== undefined; bytes = readFrom(socket)) {
      const answer = exchange.push(bytes);
      if (answer.state === "failed") return fail(answer.failure);
      if (answer.state === "open") {
        socket.off("readable", read);
        if (answer.rest.length > 0) socket.unshift(answer.rest);
        return succeed();
      }
    }
  };
  socket.on("readable", read);
  socket.write(exchange.bytes);
  return () => socket.off("readable", read);
};

function readFrom(socket: Socket): Buffer | undefined {
  const bytes: unknown = socket.read();
  return Buffer.isBuffer(bytes) ? bytes : undefined;
}
