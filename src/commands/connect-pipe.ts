import { FramecatError } from "../errors.ts";
import { type EventWriter, createWriter } from "../pipe/output-format.ts";
import { type PipeOptions, type Piped, runPipe } from "../pipe/pipe.ts";
import { DEFAULT_LINGER_MS, type Eof } from "../pipe/linger.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { judge } from "../scenario/judge.ts";
import { deferred } from "../transport/deferred.ts";
import type { CloseEvent, Event } from "../transport/events.ts";
import type { Link } from "../transport/link.ts";
import { openConnectLink } from "./connect-link.ts";
import { replayInput } from "./connect-replay.ts";
import type { ConnectRun } from "./connect-context.ts";
import type { ConnectSettings } from "./connect-settings.ts";
import { eventView, payloadView, sequenceView, type ShowEvent } from "./connect-views.ts";

/**
 * Talks for a script: stdin or a recording in, data out, until the end of either side, until all that
 * is expected has come, or until the time is up.
 * @returns what is wrong with how it went
 * @throws FramecatError where it could not be opened, or the input is no good
 */
export async function converseByScript(run: ConnectRun): Promise<FramecatError | undefined> {
  const { settings, signals, io, end, record, outputs } = run;
  const { expectations, timeoutMs } = settings.checks;
  const stopped = deferred();
  const limit = new AbortController();
  const expire = (): void => {
    limit.abort();
    stopped.resolve();
  };
  void outputs.failed.then(() => stopped.resolve());
  void stopped.promise.then(() => outputs.hurry());
  const timer = timeoutMs === undefined ? undefined : setTimeout(expire, timeoutMs);
  const judgeNow = () =>
    judge(expectations, limit.signal.aborted ? { timedOutAfterMs: timeoutMs } : {});
  const stop = AbortSignal.any([signals.stop, limit.signal]);
  const options = pipeOptions(run, stopped.promise);
  try {
    io.collectAtOnce?.();
    const piped = await runPipe(async (onEvent) => {
      record.link = await openConnectLink(settings, { stop, kill: signals.kill }, io, (event) => {
        run.follow(event);
        onEvent(event);
        if (expectations.state !== "pending") stopped.resolve();
      });
      return record.link;
    }, options);
    tellSkipped(piped, run);
    return end.broken ?? judgeNow() ?? judgeEnd(run, record.link, piped);
  } catch (thrown) {
    if (limit.signal.aborted && isInterruption(thrown)) return judgeNow();
    throw thrown;
  } finally {
    clearTimeout(timer);
  }
}

function isInterruption(thrown: unknown): boolean {
  return thrown instanceof FramecatError && thrown.code === "interrupted";
}

function pipeOptions(run: ConnectRun, until: Promise<void>): PipeOptions {
  const { settings, io, outputs, record } = run;
  const { replay } = settings;
  const input = replay ? replayInput(replay, () => record.link, io) : io.stdin;
  return {
    input: replay || settings.readsStdin ? input : undefined,
    // What is sent by a replay does not pass through here.
    format: settings.input,
    output: outputs,
    eof: settings.eof ?? eofOfChecks(settings),
    write: writer(run),
    until,
  };
}

/** What is awaited or the time ends the run; where neither is to, a quiet while after stdin does. */
function eofOfChecks({ checks, stdin }: ConnectSettings): Eof | undefined {
  if (checks.awaited || checks.watched) return { kind: "wait" };
  return checks.given && stdin ? { kind: "linger", quietMs: DEFAULT_LINGER_MS } : undefined;
}

/** Data to where it belongs, and what is to be known beside it to stderr. */
function writer(run: ConnectRun): (event: Event) => void {
  const { outputs } = run;
  const show = talkView(run);
  const write = dataWriter(run);
  return (event) => {
    for (const piece of write(event)) outputs.write(piece);
    for (const line of show(event)) outputs.say(`${line}\n`);
  };
}

function dataWriter({ settings, outputs }: ConnectRun): EventWriter {
  // A terminal is shown what a payload holds; only --format raw may command it.
  if (!outputs.isTerminal || settings.output.kind !== "text") return createWriter(settings.output);
  const show = payloadView(settings);
  return (event) => show(event).map((line) => `${line}\n`);
}

/** Frames where they are asked for; gaps and notes unless nothing is to be said. */
function talkView({ settings }: ConnectRun): ShowEvent {
  if (settings.showsFrames) return eventView(settings);
  if (settings.quiet) return () => [];
  const render = createEventRenderer({ theme: settings.look.theme });
  const follow = sequenceView(settings);
  return (event) => {
    const isTalk =
      event.type === "reconnect" || event.type === "reconnected" || event.type === "note";
    return [...(isTalk ? render(event) : []), ...follow(event)];
  };
}

function tellSkipped({ skipped }: Piped, { settings, io }: ConnectRun): void {
  if (skipped === 0 || settings.quiet) return;
  io.stderr.write(`framecat: ${skipped} messages of stdin were sent the other way, and skipped\n`);
}

/** How it ended, where that is not what the checks are about. */
function judgeEnd(
  { settings, end }: ConnectRun,
  link: Link | undefined,
  { close, whole, readerGone, stopped }: Piped,
): FramecatError | undefined {
  if (readerGone || (stopped && settings.checks.given)) return undefined;
  if (settings.checks.closesByCode) return undefined;
  const failure = link?.failure ?? end.judge(close);
  if (whole || stopped) return failure;
  if (!failure) return new FramecatError("abnormal", unsentWords(close), REST_HINT);
  // Where the end is a failure, its one line says that not all was sent, too.
  const { code, message, hint } = failure;
  return new FramecatError(code, `${message}; not all of stdin was sent`, hint);
}

const REST_HINT = "With --reconnect the rest goes out on another connection.";

/** A peaceful end is none for who had more to say. */
function unsentWords({ initiator, code }: CloseEvent): string {
  const cause = initiator === "peer" ? `the peer closed with ${code}` : "the connection ended";
  return `${cause} before all of stdin was sent`;
}
