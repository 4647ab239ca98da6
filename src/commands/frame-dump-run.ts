import type { PcapngWriter } from "../capture/pcapng-writer.ts";
import { RowNumbers } from "../capture/row-numbers.ts";
import { Selector } from "../capture/select.ts";
import { undecodedLines } from "../capture/streams/report-lines.ts";
import { EXIT_DONE, FramecatError, usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { Violation } from "../protocol/rules.ts";
import { escapeControl } from "../render/escape.ts";
import { TextBytes } from "../render/text-bytes.ts";
import { asMessage, type NumberedEvent, type TakeNumbered } from "../rows.ts";
import type { EventLint } from "../transport/event-lint.ts";
import { handshakeBreaches } from "../transport/handshake-breaches.ts";
import type { Event } from "../transport/events.ts";
import { version } from "../version.ts";
import type { Args } from "./command.ts";
import { readTimelessLook } from "./frame-flags.ts";
import { readSelection } from "./frame-dump-selection.ts";
import { type EventSource, openSource } from "./frame-dump-source.ts";
import { type DumpWriter, readForm } from "./frame-dump-view.ts";
import { openOutputs, type Outputs } from "./output-files.ts";
import { exitCodeOf, watchSignals } from "./signals.ts";
import { createSink, type Sink } from "./sink.ts";

/** Runs `frame-dump` to its end. @throws FramecatError, of which one says what the lint found */
export async function runFrameDump(args: Args, io: Io): Promise<number> {
  const output = createSink(io.stdout);
  if (args.flag("rules")) return printRules(args, io, output);
  const form = await readForm(args, io);
  const selector = new Selector(readSelection(args));
  const showSecrets = args.flag("show-secrets");
  const pcapng = args.text("pcapng");
  if (pcapng === "-") throw usageError("--pcapng needs a file", "Example: --pcapng x.pcapng.");
  const files = await openOutputs(
    {
      har: args.text("har"),
      output: pcapng,
      outputFlag: "pcapng",
      showSecrets,
      version: version(),
    },
    io,
  );
  const signals = watchSignals(io);
  // A dump makes little but buffers and events, which are garbage as soon as they are shown.
  io.collectAtOnce?.();
  io.growSlowly?.();
  const tally = new LintTally();
  try {
    const source = await openSource(args, io, output, signals.stop);
    const lint = args.flag("lint") ? await conversationLint() : undefined;
    const dump = new Dump(source, { form, selector, lint, tally, output, io, args });
    await dump.run(files);
    await output.flushed();
    if (signals.received) return exitCodeOf(signals.received);
    if (lint && !output.isBroken) tally.judge();
    return EXIT_DONE;
  } finally {
    signals.off();
    await files.close();
  }
}

/** Most of what the command can do is loaded where it is asked for, because that takes time. */
async function conversationLint(): Promise<EventLint> {
  const { EventLint } = await import("../transport/event-lint.ts");
  return new EventLint({ findings: "conversation" });
}

async function printRules(args: Args, io: Io, output: Sink): Promise<number> {
  if (args.flag("json")) output.write((await import("../render/rules-json.ts")).rulesJson());
  else {
    const { ruleTable } = await import("../render/rule-table.ts");
    const lines = ruleTable(readTimelessLook(args, io, io.stdout));
    output.write(lines.map((line) => `${line}\n`).join(""));
  }
  await output.flushed();
  return EXIT_DONE;
}

interface DumpParts {
  readonly form: (found: EventSource["found"]) => DumpWriter;
  readonly selector: Selector;
  readonly lint: EventLint | undefined;
  readonly tally: LintTally;
  readonly output: Sink;
  readonly io: Io;
  readonly args: Args;
}

/** Events on their way: judged, numbered, selected, written. */
class Dump {
  readonly #source: EventSource;
  readonly #parts: DumpParts;
  readonly #numbers = new RowNumbers();
  #writer: DumpWriter | undefined;
  #follow: TakeNumbered | undefined;
  /** Gathers what is written within a turn of the event loop, in which many batches may come. */
  readonly #out: TextBytes;
  #flushesSoon = false;

  constructor(source: EventSource, parts: DumpParts) {
    this.#source = source;
    this.#parts = parts;
    this.#out = new TextBytes((bytes) => parts.output.write(bytes));
  }

  async run(files: Outputs): Promise<void> {
    const { output, selector, lint, args } = this.#parts;
    this.#follow = await follower(files, args.flag("show-secrets"));
    try {
      for await (const batch of this.#source.batches) {
        for (const event of batch) this.#take(event);
        this.#flushSoon();
        if (output.congested || files.congested || files.data?.congested === true)
          await Promise.all([output.drained(), files.drained(), files.data?.drained()]);
        if (output.isBroken) return;
        if (selector.isDone && !lint) {
          this.#finishRows();
          return;
        }
      }
    } catch (thrown) {
      // Who reads no more does not care how the input ends.
      if (output.isBroken) return;
      this.#end();
      // Of a file that is none, the error says enough.
      if ((this.#source.report?.packets.packets ?? 0) > 0) this.#tellUndecoded();
      await output.flushed();
      throw thrown;
    }
    this.#end();
    this.#tellUndecoded();
  }

  #flushSoon(): void {
    if (this.#flushesSoon) return;
    this.#flushesSoon = true;
    setImmediate(() => {
      this.#flushesSoon = false;
      this.#out.flush();
    });
  }

  #take(event: Event): void {
    const { lint } = this.#parts;
    this.#judged(event);
    // A capture is judged where it is decoded, by what events do not tell.
    if (!lint || this.#source.report) return;
    for (const finding of lint.take(event)) this.#judged(finding);
  }

  #judged(event: Event): void {
    if (this.#parts.lint) this.#parts.tally.take(event);
    if (this.#isTalk(event)) this.#tell(event.message);
    else this.#numbers.push(event, this.#select);
  }

  /** About the input as a whole, or about frames that have no place beside them. */
  #isTalk(event: Event): event is Extract<Event, { type: "note" }> {
    if (event.type !== "note") return false;
    return event.conn === "0" || this.#source.found === "frames";
  }

  readonly #select = (numbered: NumberedEvent): void => {
    this.#parts.selector.push(numbered, this.#write);
  };

  readonly #write = (numbered: NumberedEvent): void => {
    this.#follow?.(numbered);
    this.#writer ??= this.#parts.form(this.#source.found);
    this.#writer.push(numbered, this.#out);
  };

  #finishRows(): void {
    const { selector } = this.#parts;
    for (const numbered of this.#numbers.end()) this.#select(numbered);
    selector.end(this.#write);
    this.#writer ??= this.#parts.form(this.#source.found);
    this.#writer.end(this.#out);
    this.#out.flush();
  }

  #end(): void {
    const { selector } = this.#parts;
    this.#finishRows();
    if (selector.dropped > 0) this.#tell(`${selector.dropped} frames were too large to be held`);
  }

  /** What of a capture was not decoded. */
  #tellUndecoded(): void {
    const { report } = this.#source;
    for (const line of report ? undecodedLines(report) : []) this.#tell(line);
  }

  #tell(message: string): void {
    const { args, io } = this.#parts;
    this.#out.flush();
    if (!args.flag("quiet")) io.stderr.write(`framecat: ${escapeControl(message)}\n`);
  }
}

/** Hands what is selected to the files beside. */
async function follower(
  { listener, data }: Outputs,
  showSecrets: boolean,
): Promise<TakeNumbered | undefined> {
  const capture = data && (await pcapngWriter(showSecrets));
  if (data && capture) data.write(capture.head);
  if (!listener && !capture) return undefined;
  return (numbered) => {
    // What a HAR tells of are messages, where they are whole.
    listener?.(wholeMessage(numbered.event));
    if (data && capture) data.write(capture.push(numbered));
  };
}

async function pcapngWriter(showSecrets: boolean): Promise<PcapngWriter> {
  const { createPcapngWriter } = await import("../capture/pcapng-writer.ts");
  return createPcapngWriter({ version: version(), showSecrets });
}

function wholeMessage(event: Event): Event {
  return event.type === "frame" && event.message?.cut ? event : asMessage(event);
}

/** What the lint has found in all. */
class LintTally {
  readonly #errors = new Map<string, number>();
  #warnings = 0;

  take(event: Event): void {
    if (event.type === "finding") this.#count(event.violation);
    const found =
      event.type === "handshake"
        ? handshakeBreaches(event)
        : event.type === "frame"
          ? event.violations
          : [];
    for (const violation of found) this.#count(violation);
  }

  /** @throws FramecatError (lint) where a rule of error severity is broken */
  judge(): void {
    if (this.#errors.size === 0) return;
    const total = [...this.#errors.values()].reduce((sum, count) => sum + count, 0);
    const rules = [...this.#errors].map(([rule, count]) =>
      count > 1 ? `${rule} ×${count}` : rule,
    );
    const warned = this.#warnings > 0 ? `, and ${counted(this.#warnings, "warning")}` : "";
    throw new FramecatError("lint", `${counted(total, "error")}: ${rules.join(", ")}${warned}`);
  }

  #count({ rule, severity }: Violation): void {
    if (severity === "error") this.#errors.set(rule, (this.#errors.get(rule) ?? 0) + 1);
    else if (severity === "warn") this.#warnings += 1;
  }
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
