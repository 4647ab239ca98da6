import { constants, deflateRawSync, type ZlibOptions } from "node:zlib";
import { acceptKey } from "../../src/protocol/accept-key.ts";
import { MessageAssembler } from "../../src/protocol/assembler.ts";
import { ConnectionLint, type ConnectionLintOptions } from "../../src/protocol/connection-lint.ts";
import type { EndKind } from "../../src/protocol/closing-lint.ts";
import { encodeClosePayload } from "../../src/protocol/close-codes.ts";
import { encodeFrame, type FrameSpec } from "../../src/protocol/encoder.ts";
import type { Finding, Flow, Report } from "../../src/protocol/finding.ts";
import { finding } from "../../src/protocol/finding.ts";
import { Opcode } from "../../src/protocol/opcodes.ts";
import { FrameParser } from "../../src/protocol/parser.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { createInflate } from "../../src/transport/inflater.ts";
import { utf8 } from "./bytes.ts";
import { type HeaderValues, makeHead } from "./heads.ts";
import { seededRandom } from "./seeded-random.ts";

export const SOUND_KEY = "x3JJHMbDL1EzLkh9GBhXDw==";

/** A frame; a payload that is text is written in UTF-8. */
export type Said = Omit<FrameSpec, "payload"> & { readonly payload?: string | Uint8Array };

export function text(payload: string, more: Partial<Said> = {}): Said {
  return { opcode: Opcode.text, payload, ...more };
}

export function ping(payload = ""): Said {
  return { opcode: Opcode.ping, payload };
}

export function pong(payload = ""): Said {
  return { opcode: Opcode.pong, payload };
}

export function close(code?: number, reason?: string): Said {
  return { opcode: Opcode.close, payload: encodeClosePayload(code, reason) };
}

export function request(changes: HeaderValues = {}, startLine = "GET /chat HTTP/1.1") {
  return makeHead(startLine, {
    Host: "example.net",
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Key": SOUND_KEY,
    "Sec-WebSocket-Version": "13",
    ...changes,
  });
}

export function response(
  changes: HeaderValues = {},
  startLine = "HTTP/1.1 101 Switching Protocols",
) {
  return makeHead(startLine, {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": acceptKey(SOUND_KEY),
    ...changes,
  });
}

/** A message as permessage-deflate sends it. */
export function compress(plain: string | Uint8Array, options: ZlibOptions = {}): Uint8Array {
  const flushed = { ...options, finishFlush: constants.Z_SYNC_FLUSH };
  return new Uint8Array(deflateRawSync(plain, flushed).subarray(0, -4));
}

/** One connection under the lint, spoken by both sides in turn. */
export class Conversation {
  readonly findings: Finding[] = [];
  readonly lint: ConnectionLint;
  readonly #random = seededRandom(6455);
  #deflate = false;
  readonly #parsers: Partial<Record<Flow, FrameParser>> = {};
  readonly #assemblers = { c2s: this.#assembler(), s2c: this.#assembler() };

  constructor(options: ConnectionLintOptions = {}, lint = new ConnectionLint(options)) {
    this.lint = lint;
  }

  get rules(): RuleId[] {
    return this.findings.map(({ rule }) => rule);
  }

  ask(changes: HeaderValues = {}, startLine?: string, secure = true): this {
    return this.#take(this.lint.request(request(changes, startLine), { secure }));
  }

  answer(changes: HeaderValues = {}, startLine?: string): this {
    return this.#take(this.lint.response(response(changes, startLine)));
  }

  /** Both heads, in order; with `deflate` what both say of permessage-deflate after its name. */
  open(deflate?: string): this {
    this.#deflate = deflate !== undefined;
    const extensions = deflate && `permessage-deflate; ${deflate}`.replace(/; $/, "");
    const headers = {
      "Sec-WebSocket-Extensions": deflate === "" ? "permessage-deflate" : extensions,
    };
    return this.ask(headers).answer(headers);
  }

  /** A client masks with random keys, unless the frame says otherwise. */
  client(said: Said, atMs?: number): this {
    return this.say("c2s", { maskKey: Math.floor(this.#random() * 2 ** 32), ...said }, atMs);
  }

  server(said: Said, atMs?: number): this {
    return this.say("s2c", said, atMs);
  }

  say(flow: Flow, { payload = "", ...said }: Said, atMs?: number): this {
    const bytes = typeof payload === "string" ? utf8(payload) : payload;
    return this.bytes(flow, encodeFrame({ ...said, payload: bytes }), atMs);
  }

  bytes(flow: Flow, bytes: Uint8Array, atMs?: number): this {
    const at = atMs === undefined ? undefined : BigInt(atMs) * 1_000_000n;
    for (const frame of this.#parser(flow).push(bytes)) {
      this.#take(this.lint.frame(flow, frame, this.#assemblers[flow].push(frame), at));
    }
    return this;
  }

  gap(flow: Flow): this {
    return this.#take(this.lint.gap(flow));
  }

  end(flow: Flow, how: EndKind = "fin"): this {
    return this.#take(this.lint.end(flow, how, this.#parser(flow).end()));
  }

  /** Both directions end in that order, and nothing more comes. */
  ends(first: Flow, how: EndKind = "fin"): this {
    return this.end(first, how)
      .end(first === "c2s" ? "s2c" : "c2s", how)
      .finish();
  }

  /** The closing handshake as it should be. */
  bye(): this {
    return this.client(close(1000)).server(close(1000)).ends("s2c");
  }

  finish(): this {
    return this.#take(this.lint.finish());
  }

  #take(found: readonly Finding[]): this {
    this.findings.push(...found);
    return this;
  }

  #parser(flow: Flow): FrameParser {
    const sender = flow === "c2s" ? "client" : "server";
    return (this.#parsers[flow] ??= new FrameParser({ sender, deflate: this.#deflate }));
  }

  #assembler(): MessageAssembler {
    return new MessageAssembler({ inflate: createInflate() });
  }
}

/** The rules that a conversation breaks, in order. */
export function rulesOf(
  talk: (conversation: Conversation) => unknown,
  options?: ConnectionLintOptions,
): RuleId[] {
  const conversation = new Conversation(options);
  talk(conversation);
  return conversation.rules;
}

/** For a lint of its own: what it reports, as it comes. */
export function reports(): { readonly found: Finding[]; readonly report: Report } {
  const found: Finding[] = [];
  return { found, report: (...what) => found.push(finding(...what)) };
}
