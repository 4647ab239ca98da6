import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import type { Connection, ConnectionSink } from "../../src/capture/packets/connection.ts";
import type { Flow as TcpFlow } from "../../src/capture/packets/flow.ts";
import { readTcpCapture } from "../../src/capture/packets/tcp-capture.ts";
import { MessageAssembler } from "../../src/protocol/assembler.ts";
import type { ConnectionLint } from "../../src/protocol/connection-lint.ts";
import { type DeflateTerms, deflateTerms } from "../../src/protocol/deflate-lint.ts";
import type { Finding, Flow } from "../../src/protocol/finding.ts";
import { HeadReader, headerList, type HttpHead } from "../../src/protocol/http-head.ts";
import { LintSession } from "../../src/protocol/lint-session.ts";
import { FrameParser } from "../../src/protocol/parser.ts";
import { lintResponse } from "../../src/protocol/response-lint.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { judgeRequest } from "../../src/protocol/server-handshake.ts";
import { createInflate } from "../../src/transport/inflater.ts";

const CAPTURES = fileURLToPath(new URL("../../../shared/captures/", import.meta.url));

/** One TCP connection of a capture under the lint. */
class Captured implements ConnectionSink {
  readonly findings: Finding[] = [];
  readonly #lint: ConnectionLint;
  readonly #sides = { c2s: new Side("c2s"), s2c: new Side("s2c") };
  readonly #connection: Connection;
  #asked: HttpHead | undefined;
  #client: 0 | 1 | undefined;

  constructor(connection: Connection, connectionLint: ConnectionLint) {
    this.#connection = connection;
    this.#lint = connectionLint;
  }

  data(flow: TcpFlow, bytes: Uint8Array, start: number, end: number): void {
    const piece = bytes.slice(start, end);
    const opensMidway = !this.#connection.clientKnown;
    // Where the handshake is not in the capture, the mask bit tells who is the client.
    if (opensMidway) this.#client ??= (piece[1]! & 0x80) === 0x80 ? flow.dir : peerOf(flow.dir);
    const name = this.#nameOf(flow);
    const side = this.#sides[name];
    const rest = side.frames || opensMidway ? piece : this.#head(name, side, piece);
    if (opensMidway) side.frames ??= new Frames(name, false, deflateTerms(name, undefined));
    for (const { frame, assembled } of side.frames?.push(rest) ?? []) {
      this.findings.push(...this.#lint.frame(name, frame, assembled, 0n));
    }
  }

  gap(flow: TcpFlow): void {
    this.findings.push(...this.#lint.gap(this.#nameOf(flow)));
  }

  fin(flow: TcpFlow): void {
    this.findings.push(...this.#lint.end(this.#nameOf(flow), "fin"));
  }

  reset(flow: TcpFlow): void {
    this.findings.push(...this.#lint.end(this.#nameOf(flow), "reset"));
  }

  end(): void {
    this.findings.push(...this.#lint.finish());
  }

  #nameOf({ dir }: TcpFlow): Flow {
    return dir === (this.#client ?? 0) ? "c2s" : "s2c";
  }

  #head(name: Flow, side: Side, piece: Uint8Array): Uint8Array {
    const result = side.done ? undefined : side.reader.push(piece);
    if (result?.state !== "head") return new Uint8Array(0);
    side.done = true;
    if (name === "c2s") this.#request(result.head);
    else this.#response(result.head);
    return result.rest;
  }

  #request(head: HttpHead): void {
    if (headerList(head.headers, "Upgrade").length === 0) return;
    this.#asked = head;
    this.findings.push(...this.#lint.request(head, { secure: false }));
  }

  #response(head: HttpHead): void {
    if (!this.#asked) return;
    this.findings.push(...this.#lint.response(head));
    const { state, deflate } = lintResponse(head, judgeRequest(this.#asked));
    if (state !== "open") return;
    for (const side of Object.values(this.#sides)) {
      side.frames = new Frames(side.name, deflate !== undefined, deflateTerms(side.name, deflate));
    }
  }
}

class Side {
  readonly name: Flow;
  readonly reader = new HeadReader();
  done = false;
  frames: Frames | undefined;

  constructor(name: Flow) {
    this.name = name;
  }
}

class Frames {
  readonly #parser: FrameParser;
  readonly #assembler: MessageAssembler;

  constructor(name: Flow, deflate: boolean, terms: DeflateTerms) {
    this.#parser = new FrameParser({ sender: name === "c2s" ? "client" : "server", deflate });
    this.#assembler = new MessageAssembler({ inflate: createInflate(terms) });
  }

  push(bytes: Uint8Array) {
    const frames = this.#parser.push(bytes);
    return frames.map((frame) => ({ frame, assembled: this.#assembler.push(frame) }));
  }
}

function peerOf(dir: 0 | 1): 0 | 1 {
  return dir === 0 ? 1 : 0;
}

async function lint(name: string): Promise<Captured[]> {
  const session = new LintSession();
  const connections: Captured[] = [];
  const open = (connection: Connection) => {
    const captured = new Captured(connection, session.connection());
    connections.push(captured);
    return captured;
  };
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield readFileSync(CAPTURES + name);
  }
  await readTcpCapture(bytes(), { open, note: () => {}, secrets: () => {} }, name);
  return connections;
}

describe.skipIf(!existsSync(CAPTURES))("real traffic (skipped without ../shared/captures)", () => {
  const names = existsSync(CAPTURES)
    ? readdirSync(CAPTURES).filter((name) => /\.(pcap|pcapng|pcap\.gz)$/.test(name))
    : [];

  /** What is wrong in earnest: made so on purpose, or a broker that never sends a Close. */
  const WRONG: Readonly<Record<string, readonly RuleId[]>> = {
    "16-mqtt-mosquitto.pcap": ["tcp-without-close"],
    "20-handshakes-rejected.pcap": [
      "request-version",
      "request-key",
      "request-method",
      "deflate-offer",
      "tcp-without-close",
    ],
  };

  it.each(names)("%s", async (name) => {
    const connections = await lint(name);
    expect(connections.length).toBeGreaterThan(0);
    const found = connections.flatMap(({ findings }) => findings);
    const errors = found.filter(({ severity }) => severity === "error").map(({ rule }) => rule);
    expect(new Set(errors)).toEqual(new Set(WRONG[name]));
    // A frame that is legal is worth a warning only where the checklist says so.
    const warnings = found.filter(({ severity }) => severity === "warn").map(({ rule }) => rule);
    const expected = ["credentials-in-clear", "request-key-sample", "request-key-reused"];
    expect(warnings.filter((rule) => !expected.includes(rule))).toEqual([]);
  });

  it("is seen: frames, pongs that nobody asked for, messages that compression makes larger", async () => {
    const rules = async (name: string) =>
      (await lint(name)).flatMap(({ findings }) => findings.map(({ rule }) => rule));
    expect(await rules("01-basic-ws.pcap")).toEqual(["credentials-in-clear", "pong-unsolicited"]);
    expect(await rules("10-pywebsockets-deflate-client-noctx.pcap")).toEqual([
      "compression-grew",
      "compression-grew",
    ]);
  });
});
