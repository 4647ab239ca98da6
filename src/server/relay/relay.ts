import { FramecatError, messageOf } from "../../errors.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import { judgeResponse } from "../../protocol/client-handshake.ts";
import { parseRequestLine } from "../../protocol/http-head.ts";
import { judgeRequest } from "../../protocol/server-handshake.ts";
import type { HandshakeEvent } from "../../transport/events.ts";
import { refusal, sendReply } from "../../transport/http-reply.ts";
import {
  askOnward,
  type OnwardAnswer,
  type OnwardOptions,
} from "../../transport/relay/onward-handshake.ts";
import { passRefusal } from "../../transport/relay/pass-refusal.ts";
import { RelayedConnection } from "../../transport/relay/relayed-connection.ts";
import type { Admission, Asking, Handover } from "../../transport/serve.ts";
import { placeOf, type Target } from "../../transport/target.ts";
import type { Expulsion } from "../client.ts";
import type { Guest } from "../client-row.ts";
import type { MakeMode, Mode, ModeContext } from "../mode.ts";
import type { ModeCommand } from "../mode-command.ts";
import { watchIdle } from "./idle-watch.ts";
import { LoopWatch } from "./loop-watch.ts";
import { relayGuest } from "./relay-guest.ts";
import type { RelayControl } from "./relay-control.ts";
import { EXPULSIONS, gateOf, type RelayLimits } from "./relay-limits.ts";

export interface RelayOptions {
  readonly onward: Omit<OnwardOptions, "clock" | "signal">;
  readonly control: RelayControl;
  /** Tell every frame, and let rules judge; else the bytes pass unseen. */
  readonly frames: boolean;
  /** What clients may do. */
  readonly limits?: RelayLimits | undefined;
  readonly commands?: readonly ModeCommand[] | undefined;
  readonly closeTimeoutMs?: number | undefined;
}

/**
 * A man in the middle: each client gets a connection onward of its own. The server is asked before the
 * client is answered, and its answer is what the client gets, whatever that is.
 */
export function relay(options: RelayOptions): MakeMode {
  return (context) => new Relay(options, context);
}

type Socket = Handover["socket"];

class Relay implements Mode {
  readonly commands: readonly ModeCommand[];
  readonly #options: RelayOptions;
  readonly #context: ModeContext;
  /** Clients for whom the server is being asked. */
  readonly #asking = new Map<Socket, AbortController>();
  readonly #guests = new Map<string, Guest>();
  readonly #loops: LoopWatch;
  #stopping = false;

  constructor(options: RelayOptions, context: ModeContext) {
    this.#options = options;
    this.#context = context;
    this.#loops = new LoopWatch(context.random);
    this.commands = options.commands ?? [];
    options.control.onHeld(({ id, held: { passing } }) =>
      context.note(`held as ${id}: /release ${id} lets it go`, passing.conn),
    );
  }

  admit(asking: Asking): Admission {
    if (this.#loops.isLoop(asking.request.headers)) {
      this.#context.counters.countRefusal("loop");
      return { refused: refusal(508, LOOP), why: "--to leads back to this relay" };
    }
    return {
      welcome: { takeOver: (handover: Handover) => void this.#takeOver(asking, handover) },
    };
  }

  guests(): Iterable<Guest> {
    return this.#guests.values();
  }

  find(conn: string): RelayedConnection | undefined {
    return this.#options.control.connections.get(conn);
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const attempt of this.#asking.values()) attempt.abort();
    const open = [...this.#options.control.connections.values()];
    await Promise.all(open.map((connection) => connection.close(CloseCode.goingAway)));
  }

  terminate(): void {
    for (const [socket, attempt] of this.#asking) {
      attempt.abort();
      socket.destroy();
    }
    for (const connection of this.#options.control.connections.values()) connection.terminate();
  }

  async #takeOver(asking: Asking, { socket, request, rest }: Handover): Promise<void> {
    const attempt = new AbortController();
    const gone = (): void => attempt.abort();
    this.#asking.set(socket, attempt);
    socket.once("close", gone);
    this.#context.note(`from ${asking.remote}`, asking.conn);
    if (this.#stopping) attempt.abort();
    const { key } = asking.verdict;
    const added = this.#loops.enter(key);
    try {
      const { signal } = attempt;
      const { clock } = this.#context;
      const answer = await askOnward(request, { ...this.#options.onward, added, clock, signal });
      await this.#answered(asking, socket, rest, answer);
    } catch (thrown) {
      this.#failed(asking, socket, thrown);
    } finally {
      socket.off("close", gone);
      this.#asking.delete(socket);
      this.#loops.leave(key);
    }
  }

  async #answered(
    asking: Asking,
    client: Socket,
    rest: Uint8Array,
    answer: OnwardAnswer,
  ): Promise<void> {
    if (client.destroyed) return void answer.opened.socket.destroy();
    if (answer.status === 101) return this.#join(asking, client, rest, answer);
    const { handshakeTimeoutMs } = this.#options.onward;
    const body = await passRefusal(client, answer, handshakeTimeoutMs);
    this.#context.counters.countRefusal("server");
    this.#tell(asking, answer, body);
  }

  #join(asking: Asking, client: Socket, rest: Uint8Array, answer: OnwardAnswer): void {
    const { control, frames, limits = {}, closeTimeoutMs } = this.#options;
    const { clock, random, onEvent, counters } = this.#context;
    const { deflate, subprotocol } = this.#tell(asking, answer);
    client.write(answer.head);
    const connection: RelayedConnection = new RelayedConnection({
      id: asking.conn,
      client,
      server: answer.opened.socket,
      deflate,
      clock,
      random,
      onEvent,
      frames,
      interception: control.rules,
      gate: gateOf(limits, deflate, clock),
      onBreach: (breach) => this.#expel(connection, EXPULSIONS[breach]),
      closeTimeoutMs,
    });
    counters.countOpened();
    control.join(connection);
    this.#guests.set(
      asking.conn,
      relayGuest(connection, asking, { since: clock.now(), subprotocol }),
    );
    const unwatch = this.#watchIdle(connection, limits);
    void connection.closed.then((event) => {
      unwatch?.();
      this.#guests.delete(asking.conn);
      counters.countClosed(event, connection.traffic);
    });
    connection.start({ out: rest, in: answer.rest });
  }

  #watchIdle(connection: RelayedConnection, { idleMs }: RelayLimits): (() => void) | undefined {
    if (idleMs === undefined) return undefined;
    const why = `no message passed for ${idleMs / 1000} s`;
    const idle = { kind: "idle", why, code: CloseCode.normal, reason: "idle" };
    return watchIdle(connection, idleMs, () => this.#expel(connection, idle));
  }

  /** Shows a client out; to its server that is a client that goes. */
  #expel(connection: RelayedConnection, { kind, why, code, reason }: Expulsion): void {
    this.#context.counters.countRefusal(kind);
    this.#context.note(`refused: ${why}`, connection.id);
    void connection.close(code, reason, code === CloseCode.normal ? code : CloseCode.goingAway);
  }

  /** Tells how the server answered. */
  #tell({ conn }: Asking, answer: OnwardAnswer, body?: Uint8Array): HandshakeEvent {
    const { onEvent, clock } = this.#context;
    const event = { ...handshakeOf(this.#options.onward.target, answer), conn, at: clock.now() };
    const told = body && body.length > 0 ? { ...event, body } : event;
    onEvent(told);
    return told;
  }

  /** The server gave no answer: the client gets one of ours, which tells nothing of the inside. */
  #failed({ conn }: Asking, client: Socket, thrown: unknown): void {
    if (!(thrown instanceof FramecatError)) {
      // A head that came cannot be sent: it holds what no head may.
      this.#context.note(`refused: ${messageOf(thrown)}`, conn);
      return void sendReply(client, refusal(400, "The request cannot be passed on."));
    }
    const { code, message, hint } = thrown;
    if (code === "interrupted") {
      if (!client.destroyed) sendReply(client, refusal(503, "The relay is going away."));
      else this.#context.note("the client has gone before the server answered", conn);
      return;
    }
    const { onEvent, clock, counters } = this.#context;
    const words = hint === undefined ? message : `${message}. ${hint}`;
    onEvent({ type: "error", conn, at: clock.now(), code, message: words });
    counters.countRefusal("unreachable");
    const late = code === "connect-timeout";
    sendReply(client, refusal(late ? 504 : 502, UNREACHED));
  }
}

const LOOP = "The way to the server behind this relay is a loop.";
const UNREACHED = "The server behind this relay cannot be reached.";

type Told = Omit<HandshakeEvent, "conn" | "at">;

/** The handshake onward: what the client asked for, as the server got it, and its answer. */
function handshakeOf(target: Target, answer: OnwardAnswer): Told {
  const { opened, request, response, upgradeMs } = answer;
  const { key, subprotocols, extensions: offered } = judgeRequest(request);
  const { subprotocol, deflate, violations } = judgeResponse(response, {
    key,
    subprotocols,
    offered,
  });
  return {
    type: "handshake",
    role: "client",
    url: urlOf(target, parseRequestLine(request.startLine)?.target ?? target.path),
    remote: opened.remote,
    ...(opened.proxy && { proxy: `${opened.proxy.kind}://${placeOf(opened.proxy)}` }),
    request,
    response,
    timings: { ...opened.timings, upgrade: upgradeMs },
    ...(opened.tls && { tls: opened.tls }),
    ...(subprotocol !== undefined && { subprotocol }),
    ...(deflate && { deflate }),
    violations,
  };
}

/** The address of the target with another path. */
function urlOf({ url, path }: Target, asked: string): string {
  return url.slice(0, url.length - path.length) + asked;
}
