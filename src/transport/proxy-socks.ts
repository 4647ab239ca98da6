import { SocksClient, type SocksClientOptions } from "socks";
import { FramecatError, messageOf } from "../errors.ts";
import type { Proxy, ProxyTalk } from "./proxy.ts";
import { type Place, placeOf } from "./target.ts";

/** The client of the socks package on a socket of ours; it reads, and lets the socket flow again. */
export const talkSocks: ProxyTalk = (
  socket,
  target,
  proxy,
  { connectTimeoutMs, succeed, fail },
) => {
  SocksClient.createConnection({
    ...socksRequest(target, proxy),
    existing_socket: socket,
    // Begun later than ours, which thus ends first.
    timeout: connectTimeoutMs,
  }).then(
    () => succeed(),
    (thrown: unknown) => fail(socksFailure(thrown, target, proxy)),
  );
  return () => undefined;
};

/** What the socks package is to ask the proxy for. */
export function socksRequest(
  target: Place,
  { kind, username, password, ...proxy }: Proxy,
): Pick<SocksClientOptions, "command" | "proxy" | "destination"> {
  return {
    command: "connect",
    proxy: {
      host: proxy.hostname,
      port: proxy.port,
      type: kind.startsWith("socks4") ? 4 : 5,
      ...(username !== undefined && { userId: username }),
      ...(password !== undefined && { password }),
    },
    destination: { host: target.hostname, port: target.port },
  };
}

/** The replies of SOCKS5 (RFC 1928, section 6) and SOCKS4 that tell what is behind the proxy. */
const REPLIES: Readonly<Record<string, readonly [says: string, errno?: string]>> = {
  Failure: ["failed, it does not say why"],
  NotAllowed: ["its rules do not allow it"],
  NetworkUnreachable: ["no route to its network", "ENETUNREACH"],
  HostUnreachable: ["no route to the host", "EHOSTUNREACH"],
  ConnectionRefused: ["connection refused", "ECONNREFUSED"],
  TTLExpired: ["it is too many hops away", "ETIMEDOUT"],
  CommandNotSupported: ["it supports no connections"],
  AddressNotSupported: ["it does not support this kind of address"],
  Failed: ["rejected or failed"],
  Rejected: ["it cannot reach the identd of this machine"],
  RejectedIdent: ["the identd of this machine names another user"],
};

/** A failure that the socks package tells in a message, in our words. */
export function socksFailure(thrown: unknown, target: Place, proxy: Proxy): FramecatError {
  const said = messageOf(thrown);
  const who = `the proxy ${placeOf(proxy)}`;
  const reply = / rejected connection - \(?(\w+)/.exec(said)?.[1];
  if (reply !== undefined && Object.hasOwn(REPLIES, reply)) {
    const [why, errno] = REPLIES[reply] ?? [];
    const text = `${who} could not reach ${placeOf(target)}: ${why}`;
    return new FramecatError("proxy", text, undefined, errno);
  }
  if (/no accepted authentication type/.test(said)) {
    const hint = `Put them into its address: ${proxy.kind}://USER:PASSWORD@${placeOf(proxy)}.`;
    return new FramecatError("proxy", `${who} wants credentials`, hint);
  }
  if (/Authentication failed/.test(said)) {
    return new FramecatError("proxy", `${who} does not accept the credentials`);
  }
  if (/^Socks[45] proxy rejected|^Received invalid/i.test(said)) {
    const version = proxy.kind.startsWith("socks4") ? "SOCKS4" : "SOCKS5";
    return new FramecatError("proxy", `${who} did not answer as a ${version} proxy`);
  }
  return new FramecatError("proxy", `${who} cannot be asked for ${placeOf(target)}: ${said}`);
}
