import { lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction, type OnReadOpts, connect, type Socket } from "node:net";
import { whenAborted } from "../abort.ts";
import { type Clock, elapsedMs } from "../clock.ts";
import { connectedTooLate, endedEarly, interrupted, noAnswer } from "./connect-failure.ts";
import type { Place } from "./target.ts";

/** What bounds an attempt to open a socket; all its steps share one deadline. */
export interface Attempt {
  readonly clock: Clock;
  /** When it is given up, in ns of the clock. */
  readonly deadline: bigint;
  readonly connectTimeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface ConnectSocketOptions {
  readonly lookup?: LookupFunction | undefined;
  /** Reads into one buffer with a callback in place of `data` events. */
  readonly onread?: OnReadOpts | undefined;
  readonly localAddress?: string | undefined;
}

/**
 * A TCP connection, or one to a unix socket.
 * @throws FramecatError (connect-timeout, interrupted), and node's errors
 */
export async function connectSocket(
  place: Place,
  attempt: Attempt,
  options: ConnectSocketOptions,
): Promise<Socket> {
  const socket = beginConnect(place, options);
  await awaitEvent(socket, "connect", attempt, place);
  return socket;
}

/**
 * A socket that is being connected.
 * @throws node's errors, of what is wrong before anything is sent
 */
export function beginConnect(
  place: Place,
  { lookup = systemLookup, onread, localAddress }: ConnectSocketOptions,
): Socket {
  const { socketPath: path, hostname: host, port } = place;
  const options = {
    // Comes before host and port.
    path,
    host,
    port,
    autoSelectFamily: true,
    localAddress,
    // From an IPv4 address nothing leads to an IPv6 one, and the other way round.
    family: localAddress === undefined ? undefined : isIP(localAddress),
    lookup,
    onread,
    allowHalfOpen: true,
    noDelay: true,
    // Node copies the options and sets these, whatever they are. To set what a copy lacks would give
    // each copy a shape of its own in V8, which costs more than all else that a socket is made of.
    emitClose: false,
    autoDestroy: true,
    decodeStrings: false,
  };
  return connect(options);
}

/** Waits for an event of a socket, as `awaitSocket` does. */
export function awaitEvent(
  socket: Socket,
  event: "connect" | "secureConnect",
  attempt: Attempt,
  place: Place,
): Promise<void> {
  return awaitSocket(socket, attempt, noAnswer(place), (succeed) => {
    socket.once(event, succeed);
    return () => socket.off(event, succeed);
  });
}

/**
 * Waits for what `begin` calls success; where the socket fails or ends before, at the deadline and
 * at an abort the socket is destroyed.
 * @param late what is to be said at the deadline, as `host:80 did not answer`
 * @param begin gives what takes back its listeners
 * @throws FramecatError (connect-timeout, interrupted), node's errors, and what `fail` is given
 */
export function awaitSocket<T>(
  socket: Socket,
  { clock, deadline, connectTimeoutMs, signal }: Attempt,
  late: string,
  begin: (succeed: (value: T) => void, fail: (thrown: unknown) => void) => () => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    let settle = (): void => undefined;
    // Also for the moment between this and the next who listens.
    socket.on("error", ignore);
    const fail = (thrown: unknown): void => {
      settle();
      socket.destroy();
      reject(thrown);
    };
    const ended = () => fail(endedEarly());
    const timer = setTimeout(
      () => fail(connectedTooLate(late, connectTimeoutMs)),
      Math.max(0, elapsedMs(clock.now().ns, deadline)),
    );
    socket.once("error", fail).once("end", ended).once("close", ended);
    let unwatch = (): void => undefined;
    let stop = (): void => undefined;
    settle = () => {
      clearTimeout(timer);
      unwatch();
      stop();
      socket.off("error", fail).off("end", ended).off("close", ended);
    };
    stop = begin((value) => {
      settle();
      resolve(value);
    }, fail);
    unwatch = whenAborted(signal, () => fail(interrupted()));
  });
}

/** One function for all sockets, which keep it. */
function ignore(): void {
  // Who waits for the socket is told of the error otherwise.
}
