import type { Socket } from "node:net";
import { whenAborted } from "../../abort.ts";
import { elapsedMs } from "../../clock.ts";
import { FramecatError } from "../../errors.ts";
import {
  encodeHead,
  HeadReader,
  type HttpHead,
  MAX_HEAD_LENGTH,
  parseStatusLine,
} from "../../protocol/http-head.ts";
import { connectFailure, interrupted, isTlsAlert } from "../connect-failure.ts";
import { type OpenedSocket, openSocket, type SocketOptions } from "../open-socket.ts";
import { placeOf, type Target } from "../target.ts";
import { onwardRequest, type OnwardTerms } from "./onward-request.ts";

export interface OnwardOptions extends SocketOptions, OnwardTerms {
  readonly target: Target;
  readonly handshakeTimeoutMs: number;
}

/** What the server has answered. */
export interface OnwardAnswer {
  /** Paused. */
  readonly opened: OpenedSocket;
  /** As it went onward. */
  readonly request: HttpHead;
  readonly response: HttpHead;
  readonly status: number;
  /** The very bytes of the answer's head, with those of interim responses before it. */
  readonly head: Uint8Array;
  /** Bytes after it: the first frames, or the beginning of a refusal's body. */
  readonly rest: Uint8Array;
  readonly upgradeMs: number;
}

/**
 * Connects to the server and asks it what the client asks for.
 * @throws FramecatError where there is no answer in HTTP
 */
export async function askOnward(asked: HttpHead, options: OnwardOptions): Promise<OnwardAnswer> {
  const { target, clock } = options;
  const request = onwardRequest(asked, target, options);
  const bytes = encodeHead(request);
  const opened = await openSocket(target, options);
  const start = clock.now().ns;
  const answer = await readAnswer(opened.socket, bytes, options);
  return { opened, request, ...answer, upgradeMs: elapsedMs(start, clock.now().ns) };
}

type Answer = Pick<OnwardAnswer, "response" | "status" | "head" | "rest">;

function readAnswer(
  socket: Socket,
  request: Uint8Array,
  { target, handshakeTimeoutMs, signal }: OnwardOptions,
): Promise<Answer> {
  const reader = new AnswerReader(target);
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      unwatch();
      socket.pause().off("data", data).off("end", ended).off("close", ended).off("error", broke);
      socket.on("error", () => undefined);
    };
    const fail = (failure: FramecatError): void => {
      settle();
      socket.destroy();
      reject(failure);
    };
    const data = (bytes: Buffer): void => {
      const answer = reader.push(bytes);
      if (answer instanceof FramecatError) return fail(answer);
      if (!answer) return;
      settle();
      resolve(answer);
    };
    const ended = (): void => fail(noAnswer(target, "closed the connection without answering"));
    const broke = (thrown: Error): void =>
      isTlsAlert(thrown) ? fail(connectFailure(thrown, target, "tls")) : ended();
    const late = (): void =>
      fail(noAnswer(target, `did not answer within ${handshakeTimeoutMs} ms`, "connect-timeout"));
    const timer = setTimeout(late, handshakeTimeoutMs);
    let unwatch = (): void => undefined;
    socket.on("data", data).on("end", ended).on("close", ended).on("error", broke);
    unwatch = whenAborted(signal, () => fail(interrupted()));
    if (signal?.aborted) return;
    if (socket.destroyed) return ended();
    socket.write(request);
  });
}

function noAnswer(
  target: Target,
  did: string,
  code: "unreachable" | "connect-timeout" = "unreachable",
): FramecatError {
  return new FramecatError(code, `${placeOf(target)} accepted the connection but ${did}`);
}

/** Reads heads up to the one that counts (RFC 9110, section 15.2). */
class AnswerReader {
  readonly #target: Target;
  #reader = new HeadReader();
  readonly #interim: Uint8Array[] = [];
  #interimLength = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  push(bytes: Uint8Array): Answer | FramecatError | undefined {
    const result = this.#reader.push(bytes);
    if (result.state === "more") return undefined;
    const status = result.state === "head" && parseStatusLine(result.head.startLine)?.status;
    if (result.state === "invalid" || !status) return this.#notHttp();
    const received = this.#reader.received;
    const head = received.slice(0, received.length - result.rest.length);
    const isInterim = status < 200 && status !== 101;
    if (!isInterim) {
      const all = Buffer.concat([...this.#interim, head]);
      return { response: result.head, status, head: all, rest: Uint8Array.from(result.rest) };
    }
    this.#interim.push(head);
    this.#interimLength += head.length;
    if (this.#interimLength > MAX_HEAD_LENGTH) return this.#notHttp();
    this.#reader = new HeadReader();
    return this.push(Uint8Array.from(result.rest));
  }

  #notHttp(): FramecatError {
    const text = `${placeOf(this.#target)} did not answer as a WebSocket server`;
    return new FramecatError("bad-handshake", text);
  }
}
