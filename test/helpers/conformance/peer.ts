import { createHash } from "node:crypto";
import { connect, type Socket } from "node:net";
import type { Asking } from "./case.ts";
import { OP, tokenOf } from "./case.ts";
import type { Agreed } from "./compressor.ts";
import { closeFrame } from "./case.ts";
import { FrameReader, type ReadFrame } from "./frame-codec.ts";
import { Inflater } from "./inflate.ts";

const KEY = Buffer.from("sixteen octets !").toString("base64");
const ACCEPT = createHash("sha1")
  .update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
  .digest("base64");

/** What the server answered to the request. */
export interface Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
}

/** A bare socket with a server, and all that has come of it. */
export class Peer {
  readonly events: string[] = [];
  /** The code of the server's Close frame, 1005 where it has none. */
  closeCode: number | undefined;
  /** What the server did that no server may. */
  fault: string | undefined;
  ended = false;
  readonly #socket: Socket;
  readonly #reader = new FrameReader();
  readonly #waiting = new Set<() => void>();
  #head = "";
  #answer: Answer | undefined;
  #inflater: Inflater | undefined;
  #forgets = false;
  #early: Buffer | undefined;
  #message: { opcode: number; compressed: boolean; parts: Buffer[] } | undefined;
  #closeSent = false;

  constructor(url: URL) {
    this.#socket = connect(Number(url.port), url.hostname.replace(/^\[|\]$/g, ""));
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (bytes: Buffer) => this.#take(bytes));
    this.#socket.on("error", () => undefined);
    for (const end of ["end", "close"] as const) {
      this.#socket.on(end, () => {
        this.ended = true;
        this.#wake();
      });
    }
  }

  /** Asks for a WebSocket; undefined where the server ends without an answer. */
  async ask(
    url: URL,
    { headers = {}, requestLine, chop, early }: Asking,
  ): Promise<Answer | undefined> {
    const all: Asking["headers"] = {
      Host: url.host,
      Upgrade: "websocket",
      Connection: "Upgrade",
      "Sec-WebSocket-Key": KEY,
      "Sec-WebSocket-Version": "13",
      ...headers,
    };
    const lines = Object.entries(all).flatMap(([name, values]) =>
      [values ?? []].flat().map((value) => `${name}: ${value}`),
    );
    const line = requestLine ?? `GET ${url.pathname}${url.search} HTTP/1.1`;
    this.send(Buffer.from([line, ...lines, "", ""].join("\r\n")), chop);
    if (early) this.send(early);
    await this.until(() => this.#answer !== undefined);
    return this.#answer;
  }

  /** Whether the answer opens the connection by the rules. */
  get isAccepted(): boolean {
    return this.#answer?.headers.get("sec-websocket-accept") === ACCEPT;
  }

  /** Begins to read frames. */
  open(agreed: Agreed | undefined): void {
    if (agreed) this.#inflater = new Inflater({ windowBits: agreed.serverMaxWindowBits });
    this.#forgets = agreed?.serverNoContextTakeover ?? false;
    const early = this.#early ?? Buffer.alloc(0);
    this.#early = undefined;
    this.#read(early);
  }

  send(bytes: Uint8Array, chop = bytes.length): void {
    for (let at = 0; at < bytes.length && this.#socket.writable; at += chop)
      this.#socket.write(bytes.subarray(at, at + chop));
  }

  close(code: number): void {
    this.#closeSent = true;
    this.send(closeFrame(code));
  }

  /** Says that a Close frame is among what was sent. */
  hasClosed(): void {
    this.#closeSent = true;
  }

  /** Resolves once it holds, or nothing more can come. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!holds() && !this.ended && this.fault === undefined) return;
        this.#waiting.delete(check);
        resolve();
      };
      this.#waiting.add(check);
      check();
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #wake(): void {
    for (const check of this.#waiting) check();
  }

  #take(bytes: Buffer): void {
    if (!this.#answer) this.#takeHead(bytes);
    else if (this.#early) this.#early = Buffer.concat([this.#early, bytes]);
    else this.#read(bytes);
    this.#wake();
  }

  #takeHead(bytes: Buffer): void {
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end === -1) return;
    const [line = "", ...fields] = this.#head.slice(0, end).split("\r\n");
    const headers = fields.map((field): [string, string] => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    });
    this.#answer = { status: Number(line.split(" ")[1]), headers: new Map(headers) };
    this.#early = Buffer.from(this.#head.slice(end + 4), "latin1");
  }

  #read(bytes: Buffer): void {
    try {
      for (const frame of this.#reader.push(bytes)) this.#takeFrame(frame);
    } catch (thrown) {
      this.fault ??= thrown instanceof Error ? thrown.message : String(thrown);
    }
  }

  #takeFrame(frame: ReadFrame): void {
    if (this.closeCode !== undefined) throw new Error("a frame came behind the Close frame");
    const { opcode, payload, rsv } = frame;
    if (opcode >= 8 && rsv !== 0) throw new Error("a control frame has a reserved bit");
    if (opcode === OP.close) this.#takeClose(payload);
    else if (opcode === OP.ping) this.events.push(tokenOf("ping", payload));
    else if (opcode === OP.pong) this.events.push(tokenOf("pong", payload));
    else this.#takeData(frame);
  }

  #takeClose(payload: Buffer): void {
    if (payload.length === 1) throw new Error("a Close frame holds one octet");
    new TextDecoder("utf-8", { fatal: true }).decode(payload.subarray(2));
    this.closeCode = payload.length === 0 ? 1005 : payload.readUInt16BE(0);
    if (!this.#closeSent) this.send(closeFrame(payload.length === 0 ? undefined : this.closeCode));
  }

  #takeData({ opcode, fin, rsv, payload }: ReadFrame): void {
    const begins = opcode !== OP.continuation;
    if (begins === (this.#message !== undefined)) throw new Error("fragments are out of order");
    if (rsv !== 0 && !(rsv === 4 && begins && this.#inflater))
      throw new Error("a reserved bit is set");
    this.#message ??= { opcode, compressed: rsv === 4, parts: [] };
    this.#message.parts.push(payload);
    if (!fin) return;
    const { opcode: first, compressed, parts } = this.#message;
    this.#message = undefined;
    const whole = Buffer.concat(parts);
    const plain = compressed ? this.#inflate(whole) : whole;
    this.events.push(tokenOf(first === OP.text ? "text" : "binary", plain));
  }

  #inflate(compressed: Buffer): Buffer {
    const plain = this.#inflater!.message(compressed);
    if (this.#forgets) this.#inflater!.reset();
    return plain;
  }
}
