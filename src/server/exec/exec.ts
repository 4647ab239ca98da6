import { Buffer } from "node:buffer";
import { refusal } from "../../transport/http-reply.ts";
import type { Admission, Asking } from "../../transport/serve.ts";
import type { Client } from "../client.ts";
import type { MakeMode, Mode, ModeContext } from "../mode.ts";
import { occupy, OwnPlaces, type Places } from "../places.ts";
import { cgiEnvironment } from "./cgi.ts";
import { Program, type ProgramOptions } from "./program.ts";
import { Session } from "./session.ts";

export interface ExecOptions extends ProgramOptions {
  /** Pass bytes on as they come; else each line is a message. */
  readonly binary: boolean;
  /** Bytes of the longest line of stdout. */
  readonly maxLine: number;
  /** How many processes there may be at a time. */
  readonly maxProcesses: number;
  /** Where they are counted. Default: here. */
  readonly places?: Places | undefined;
  /** The name and version of this program. */
  readonly software: string;
}

/** Runs a program for each client: what it writes goes to the client, and the other way round. */
export function exec(options: ExecOptions): MakeMode {
  return (context) => new Exec(options, context);
}

class Exec implements Mode {
  readonly #options: ExecOptions;
  readonly #context: ModeContext;
  readonly #places: Places;
  /** What gives the place of a process back. */
  readonly #giveBack = new WeakMap<Asking, () => void>();
  readonly #sessions = new Map<string, Session>();

  constructor(options: ExecOptions, context: ModeContext) {
    this.#options = options;
    this.#places = options.places ?? new OwnPlaces();
    this.#context = context;
  }

  /** A process has its place from here on until it is over, or its client goes before it begins. */
  async admit(asking: Asking): Promise<Admission> {
    const { maxProcesses } = this.#options;
    const place = { name: "processes", most: maxProcesses };
    const onUnused = (listener: () => void): void =>
      asking.onGone(() => {
        if (!this.#sessions.has(asking.conn)) listener();
      });
    const { full, giveBack } = await occupy(this.#places, [place], onUnused);
    if (full !== undefined) {
      this.#context.counters.countRefusal("max-processes");
      const why = `there are ${maxProcesses} processes (--max-processes)`;
      return { refused: refusal(503, "The server is full."), why };
    }
    this.#giveBack.set(asking, giveBack);
    return {};
  }

  joined(client: Client): void {
    const { id } = client;
    const { argv, env, binary, maxLine, endTimeoutMs, killTimeoutMs } = this.#options;
    const note = (message: string): void => this.#context.note(message, id);
    const given = { ...env, ...this.#facts(client) };
    const program = new Program({ argv, env: given, endTimeoutMs, killTimeoutMs });
    if (program.pid !== undefined) note(`process ${program.pid}: ${argv.join(" ")}`);
    this.#sessions.set(id, new Session({ client, program, binary, maxLine, note }));
    void program.over.then(() => {
      this.#sessions.delete(id);
      this.#giveBack.get(client.asking)?.();
    });
  }

  received(client: Client, message: Parameters<Session["received"]>[0]): void {
    this.#sessions.get(client.id)?.received(message);
  }

  left({ id }: Client): void {
    this.#sessions.get(id)?.program.end();
  }

  async stop(): Promise<void> {
    const programs = Array.from(this.#sessions.values(), ({ program }) => program);
    for (const program of programs) program.end();
    await Promise.all(programs.map(({ over }) => over));
  }

  terminate(): void {
    for (const { program } of this.#sessions.values()) program.kill();
  }

  find(conn: string): Session | undefined {
    return this.#sessions.get(conn);
  }

  #facts({ asking, connection: { subprotocol } }: Client) {
    const uniqueId = Buffer.from(this.#context.random(16)).toString("hex");
    return cgiEnvironment(asking, { uniqueId, subprotocol, software: this.#options.software });
  }
}
