import { isIP, type OnReadOpts, type Socket } from "node:net";
import { type Clock, elapsedMs, type Moment } from "../clock.ts";
import type { FramecatError } from "../errors.ts";
import type { UpgradeOptions } from "./client-upgrade.ts";
import {
  connectedTooLate,
  connectFailure,
  endedEarly,
  interrupted,
  noAnswer,
} from "./connect-failure.ts";
import { beginConnect } from "./connect-socket.ts";
import type { Timings } from "./events.ts";
import { LeanConnection, type LeanListener } from "./lean-connection.ts";
import { type RouteOptions, timedLookup, type TlsOptions } from "./open-socket.ts";
import { Opening, type OpeningResult, OpeningUpgrade } from "./opening.ts";
import { type Awaited, type Patience, patienceOf } from "./patience.ts";
import type { Target } from "./target.ts";

export interface LeanDialOptions extends UpgradeOptions, RouteOptions {
  readonly target: Target;
  /** Where many ask the target for the same, what they have in common; it has to fit the rest. */
  readonly opening?: Opening | undefined;
  readonly clock: Clock;
  readonly random: (length: number) => Uint8Array;
  readonly tls?: TlsOptions;
  readonly connectTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly closeTimeoutMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LeanOpened {
  readonly connection: LeanConnection;
  readonly timings: Timings;
}

/** Whether there is neither TLS nor a proxy on the way. */
export function isPlain({ target, proxy }: LeanDialOptions): boolean {
  return !target.secure && (proxy === undefined || target.socketPath !== undefined);
}

/**
 * Opens a lean connection as `openSocket` and `runUpgrade` would, where the way to the target is
 * plain: that is what a load of thousands of sockets is opened by.
 *
 * 1. What costs is less the work than what is left behind by it: each dial is one object and a few
 *    small ones, and nothing of it stays with a socket that is open. Listeners are shared, and so are
 *    the timer and what waits for an abort: see `Patience`.
 * 2. What is the same for all is done once: see `Opening`.
 * 3. In words and codes it fails as the general way does.
 */
export function dialPlain(listener: LeanListener, options: LeanDialOptions): Promise<LeanOpened> {
  return new Promise((resolve, reject) => {
    const connection = new LeanConnection(listener, options);
    new PlainDial(connection, options, { resolve, reject }).begin();
  });
}

/** Who is told how it ended. */
interface Outcome {
  readonly resolve: (opened: LeanOpened) => void;
  readonly reject: (failure: FramecatError) => void;
}

/** Sockets know their dial while it is under way, so that all of them share their listeners. */
const DIAL = Symbol("dial");
type PlainSocket = Socket & { [DIAL]?: PlainDial | undefined };

class PlainDial implements Awaited {
  deadline: number;
  readonly #connection: LeanConnection;
  readonly #options: LeanDialOptions;
  readonly #outcome: Outcome;
  readonly #upgrade: OpeningUpgrade;
  readonly #patience: Patience;
  #socket: PlainSocket | undefined;
  #dnsMs: (() => number | undefined) | undefined;
  #began: Moment | undefined;
  /** Set once the socket is connected and the request sent. */
  #connected: Moment | undefined;

  constructor(connection: LeanConnection, options: LeanDialOptions, outcome: Outcome) {
    this.#connection = connection;
    this.#options = options;
    this.#outcome = outcome;
    const { target, random, opening = new Opening(target, options, random(16)) } = options;
    this.#upgrade = new OpeningUpgrade(opening, random(16));
    this.#patience = patienceOf(options.signal);
    this.deadline = performance.now() + options.connectTimeoutMs;
  }

  /** @throws FramecatError where there is nothing to wait for */
  begin(): void {
    const { clock, signal } = this.#options;
    if (signal?.aborted) throw interrupted();
    this.#began = clock.now();
    const socket = this.#connect();
    socket[DIAL] = this;
    socket.on("connect", onConnect).on("error", onError).on("end", onEnd).on("close", onEnd);
    this.#socket = socket;
    this.#connection.connecting((bytes) => this.#settle(this.#upgrade.push(bytes)));
    this.#patience.add(this);
  }

  #connect(): PlainSocket {
    const { target, localAddress, lookup } = this.#options;
    // Addresses are no resolver's business.
    const timed = isIP(target.hostname) === 0 ? timedLookup(this.#options) : undefined;
    this.#dnsMs = timed?.spentMs;
    const onread = readInto(this.#connection);
    try {
      return beginConnect(target, { lookup: timed?.lookup ?? lookup, onread, localAddress });
    } catch (thrown) {
      throw connectFailure(thrown, target, "tcp");
    }
  }

  connected(): void {
    const { clock, handshakeTimeoutMs } = this.#options;
    this.#connected = clock.now();
    this.deadline = performance.now() + handshakeTimeoutMs;
    this.#socket?.write(this.#upgrade.request, "latin1");
  }

  /** The socket fails, or ends. */
  failed(thrown: unknown): void {
    if (this.#connected) this.#settle(this.#upgrade.ended("closed"));
    else this.#fail(connectFailure(thrown, this.#options.target, "tcp"));
  }

  late(): void {
    const { target, connectTimeoutMs, handshakeTimeoutMs } = this.#options;
    if (this.#connected) this.#settle(this.#upgrade.ended("timed-out", handshakeTimeoutMs));
    else this.#fail(connectedTooLate(noAnswer(target), connectTimeoutMs));
  }

  interrupt(): void {
    this.#fail(interrupted());
  }

  #settle(result: OpeningResult | undefined): void {
    if (!result) return;
    if (result.state === "failed") return this.#fail(result.failure);
    const socket = this.#release();
    if (!socket) return;
    const connection = this.#connection;
    const { verdict, rest } = result;
    const timings = this.#timings();
    connection.open(socket, { deflate: verdict.deflate !== undefined });
    if (rest.length > 0) connection.read(rest, rest.length);
    this.#outcome.resolve({ connection, timings });
  }

  #fail(failure: FramecatError): void {
    this.#release()?.on("error", ignore).destroy();
    this.#outcome.reject(failure);
  }

  /** Nothing of the dial is left at the socket. */
  #release(): PlainSocket | undefined {
    const socket = this.#socket;
    this.#patience.delete(this);
    if (!socket) return undefined;
    socket[DIAL] = undefined;
    return socket
      .off("connect", onConnect)
      .off("error", onError)
      .off("end", onEnd)
      .off("close", onEnd);
  }

  #timings(): Timings {
    const { ns } = this.#options.clock.now();
    const connected = this.#connected?.ns ?? ns;
    const tookMs = elapsedMs(this.#began?.ns ?? connected, connected);
    const upgrade = elapsedMs(connected, ns);
    const dns = this.#dnsMs?.();
    return dns === undefined ? { tcp: tookMs, upgrade } : { dns, tcp: tookMs - dns, upgrade };
  }
}

/**
 * One buffer for all reads of this process: a read is done with before the next one begins. As large
 * as what node's own reads allocate.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

function readInto(connection: LeanConnection): OnReadOpts {
  const callback = (length: number, bytes: Uint8Array): true => {
    connection.read(bytes, length);
    return true;
  };
  return { buffer: READ_BUFFER, callback };
}

function onConnect(this: PlainSocket): void {
  this[DIAL]?.connected();
}

function onError(this: PlainSocket, error: Error): void {
  this[DIAL]?.failed(error);
}

function onEnd(this: PlainSocket): void {
  this[DIAL]?.failed(endedEarly());
}

function ignore(): void {
  // The failure has been told.
}
