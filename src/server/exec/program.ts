import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { messageOf } from "../../errors.ts";
import { type Deferred, deferred } from "../../transport/deferred.ts";
import { HAS_GROUPS, isGroupAlive, signalGroup } from "./process-group.ts";

export interface ProgramOptions {
  /** The program and its arguments. */
  readonly argv: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** How long it may go on once its stdin has ended. */
  readonly endTimeoutMs: number;
  /** How long it may take to obey SIGTERM. */
  readonly killTimeoutMs: number;
}

/** How a program ended, or why it did not begin. */
export type Outcome =
  | { readonly code: number; readonly signal?: undefined; readonly failure?: undefined }
  | { readonly code?: undefined; readonly signal: string; readonly failure?: undefined }
  | { readonly code?: undefined; readonly signal?: undefined; readonly failure: string };

/** How often a group is looked at whose leader has ended. */
const LOOK_MS = 25;
/** What was killed and is there even so cannot be helped. */
const KILLED_WITHIN_MS = 1000;

/**
 * A program in a process group of its own, and how it ends:
 *
 * 1. Nobody wants it any more, or it has ended and left processes behind: its stdin ends.
 * 2. Whatever of its group is there `endTimeoutMs` later gets SIGTERM, at once where only the leader
 *    and all that could write are gone; `killTimeoutMs` after that it gets SIGKILL.
 * 3. It is over when nothing of the group is left. Who left the group by itself cannot be found, but
 *    is no longer listened to.
 */
export class Program {
  readonly pid: number | undefined;
  /** Resolves when the process itself has ended. */
  readonly ended: Promise<Outcome>;
  /** Resolves when nothing of it is left. */
  readonly over: Promise<void>;
  readonly #child: ChildProcess | undefined;
  readonly #options: ProgramOptions;
  readonly #ended: Deferred<Outcome> = deferred();
  readonly #over: Deferred<void> = deferred();
  #stage: "running" | "ending" | "terminating" | "killing" = "running";
  #unwanted = false;
  #hasExited = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: ProgramOptions) {
    this.#options = options;
    this.ended = this.#ended.promise;
    this.over = this.#over.promise;
    this.#child = this.#spawn();
    this.pid = this.#child?.pid;
    if (this.pid === undefined) this.#over.resolve();
  }

  get stdin(): ChildProcess["stdin"] {
    return this.#child?.stdin ?? null;
  }

  get stdout(): Readable | null {
    return this.#child?.stdout ?? null;
  }

  get stderr(): Readable | null {
    return this.#child?.stderr ?? null;
  }

  /** Has it end. What it still writes to stdout is not read, so it may wait, but need not fail. */
  end(): void {
    this.#unwanted = true;
    if (this.#hasExited) this.stdout?.destroy();
    this.#beginEnd();
  }

  /** Ends it, and all of its group, at once. */
  kill(): void {
    this.#unwanted = true;
    if (this.#stage === "killing") return;
    this.#stage = "killing";
    this.#signal("SIGKILL");
    this.#await(KILLED_WITHIN_MS, () => this.#vanished());
  }

  #spawn(): ChildProcess | undefined {
    const { argv, env } = this.#options;
    const [command, ...args] = argv;
    try {
      const child = spawn(command, args, { env, detached: HAS_GROUPS, stdio: "pipe" });
      for (const stream of [child.stdin, child.stdout, child.stderr])
        stream?.on("error", () => undefined);
      child.on("error", (error) => this.#ended.resolve({ failure: error.message }));
      child.on("exit", (code, signal) => this.#exited(code, signal));
      child.on("close", () => this.#closed());
      return child;
    } catch (thrown) {
      this.#ended.resolve({ failure: messageOf(thrown) });
      return undefined;
    }
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    this.#hasExited = true;
    this.#ended.resolve(signal === null ? { code: code ?? 0 } : { signal });
    if (this.#unwanted) this.stdout?.destroy();
    this.#beginEnd();
  }

  /** The leader is gone, and nobody holds its pipes. */
  #closed(): void {
    if (!this.#isThere()) this.#vanished();
    else if (this.#stage === "ending") this.#terminate();
  }

  #beginEnd(): void {
    this.stdin?.end();
    if (this.#stage !== "running") return;
    this.#stage = "ending";
    this.#timer = setTimeout(() => this.#terminate(), this.#options.endTimeoutMs);
  }

  #terminate(): void {
    this.#stage = "terminating";
    this.#signal("SIGTERM");
    this.#await(this.#options.killTimeoutMs, () => this.kill());
  }

  /** Waits until nothing of the group is left, or calls `late`. */
  #await(timeoutMs: number, late: () => void): void {
    const deadline = performance.now() + timeoutMs;
    const look = (): void => {
      if (!this.#isThere()) return this.#vanished();
      if (performance.now() >= deadline) return late();
      this.#timer = setTimeout(look, LOOK_MS);
    };
    clearTimeout(this.#timer);
    look();
  }

  /** Whoever still has the pipes is none of its group. */
  #vanished(): void {
    clearTimeout(this.#timer);
    this.stdout?.destroy();
    this.stderr?.destroy();
    this.#over.resolve();
  }

  #isThere(): boolean {
    return this.pid !== undefined && (!this.#hasExited || isGroupAlive(this.pid));
  }

  #signal(signal: NodeJS.Signals): void {
    if (this.pid !== undefined) signalGroup(this.pid, signal);
  }
}
