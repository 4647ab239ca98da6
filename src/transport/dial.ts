import type { Socket } from "node:net";
import { type Clock, elapsedMs } from "../clock.ts";
import { ClientUpgrade, type UpgradeOptions, type UpgradeResult } from "./client-upgrade.ts";
import { Connection } from "./connection.ts";
import type { EventListener, HandshakeEvent } from "./events.ts";
import {
  type OpenedSocket,
  openSocket,
  type RouteOptions,
  type TlsOptions,
} from "./open-socket.ts";
import { type Redirects, redirectionOf } from "./redirect.ts";
import { runUpgrade, type RunUpgradeOptions } from "./run-upgrade.ts";
import { placeOf, type Target } from "./target.ts";

export interface DialOptions extends UpgradeOptions, RouteOptions {
  readonly target: Target;
  readonly id: string;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly onEvent: EventListener;
  /** Tell every frame as an event. */
  readonly frames: boolean;
  readonly tls?: TlsOptions;
  /** Follows redirects; each of the dials has all of the time. */
  readonly redirects?: Redirects | undefined;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs?: number | undefined;
  readonly maxMessageLength?: number | undefined;
  readonly deflateThreshold?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a full connection: resolve, connect, TLS, opening handshake. What happens is told as events,
 * a refusal with its body too. Reading begins after the caller has had the connection in hand.
 * @throws FramecatError with the code of what failed
 */
export async function dial(options: DialOptions): Promise<Connection> {
  const { clock, id, redirects, onEvent } = options;
  const asked: string[] = [];
  onEvent({ type: "state", state: "CONNECTING", conn: id, at: clock.now() });
  for (let hop = options; ;) {
    const outcome = await dialOnce(hop);
    if (outcome instanceof Connection) return outcome;
    const { failure, response } = outcome;
    asked.push(hop.target.url);
    const next = redirects && response && redirectionOf(hop, response, asked, redirects);
    if (!next) throw failure;
    onEvent({ type: "note", message: next.note, conn: id, at: clock.now() });
    ({ hop } = next);
  }
}

type Failed = Extract<UpgradeResult, { state: "failed" }>;

/** @returns how the handshake failed, where it was had */
async function dialOnce(options: DialOptions): Promise<Connection | Failed> {
  const { target, clock, onEvent } = options;
  const upgrade = new ClientUpgrade(target, options, options.random(16));
  const opened = await openSocket(target, options);
  const start = clock.now().ns;
  const feed = feedFrom(opened.socket);
  return runUpgrade(opened.socket, upgrade, { ...options, feed }, (result) => {
    const upgradeMs = elapsedMs(start, clock.now().ns);
    if (result.response) onEvent(handshakeEvent(options, upgrade, opened, result, upgradeMs));
    if (result.state === "failed") return result;
    const { subprotocol, deflate } = result.verdict;
    const agreed = { role: "client", subprotocol, deflate } as const;
    const connection = new Connection(opened.socket, { ...options, ...agreed });
    setImmediate(() => connection.start(result.rest));
    return connection;
  });
}

/** Reads by events; the socket is left paused. */
function feedFrom(socket: Socket): RunUpgradeOptions["feed"] {
  return (take) => {
    socket.on("data", take);
    return () => void socket.pause().off("data", take);
  };
}

function handshakeEvent(
  { target, id, clock }: DialOptions,
  { request }: ClientUpgrade,
  { remote, proxy, timings, tls }: OpenedSocket,
  result: UpgradeResult,
  upgradeMs: number,
): HandshakeEvent {
  const { response, verdict } = result;
  const { subprotocol, deflate, violations = [] } = verdict ?? {};
  return {
    type: "handshake",
    conn: id,
    at: clock.now(),
    role: "client",
    url: target.url,
    remote,
    ...(proxy && { proxy: `${proxy.kind}://${placeOf(proxy)}` }),
    request,
    response: response ?? { startLine: "", headers: [] },
    ...(result.state === "failed" && result.body.length > 0 && { body: result.body }),
    timings: { ...timings, upgrade: upgradeMs },
    ...(tls && { tls }),
    ...(subprotocol !== undefined && { subprotocol }),
    ...(deflate && { deflate }),
    violations,
  };
}
