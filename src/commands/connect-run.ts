import { whenAborted } from "../abort.ts";
import { EXIT_DONE, FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { Event } from "../transport/events.ts";
import type { Args } from "./command.ts";
import { openConnectOutputs } from "./connect-outputs.ts";
import { converseByPrompt } from "./connect-prompt.ts";
import { RunRecord } from "./connect-record.ts";
import { afterReport, reportRun } from "./connect-report.ts";
import type { ConnectRun } from "./connect-context.ts";
import { converseByScript } from "./connect-pipe.ts";
import { type ConnectSettings, readSettings } from "./connect-settings.ts";
import { watchEnd } from "./connection-end.ts";
import { watchSignals } from "./signals.ts";

/** Runs `connect` to its end; gives the exit code. @throws FramecatError that carries one */
export async function runConnect(args: Args, io: Io): Promise<number> {
  const settings = await readSettings(args, io);
  const outputs = await openConnectOutputs(args, io, { gather: isAlone(settings, io) });
  const signals = watchSignals(io);
  whenAborted(signals.stop, () => outputs.hurry());
  const killed = new Promise<void>((resolve) => whenAborted(signals.kill, resolve));
  const record = new RunRecord(settings, io.clock);
  const end = watchEnd();
  const follow = (event: Event): void => {
    end.listener(event);
    record.take(event);
    outputs.follow(event);
  };
  const connectRun: ConnectRun = { settings, io, signals, record, end, outputs, follow };
  try {
    const ended = await converse(connectRun);
    await signals.hurry(outputs.flushed());
    await Promise.race([outputs.close(), killed]);
    const judge = () => interruption(connectRun) ?? outputs.failure ?? ended;
    await signals.hurry(reportRun(connectRun, judge()));
    // A signal may have come meanwhile.
    const failure = judge();
    if (!failure) return EXIT_DONE;
    // Who sent it knows of it, but not of what could not be written.
    if (signals.received && !outputs.failure) return failure.exitCode;
    throw afterReport(connectRun, failure);
  } finally {
    signals.off();
    io.stdin.destroy();
  }
}

/** Data with nothing said between it, the order of which a reader of both could miss. */
function isAlone({ showsFrames, sequence }: ConnectSettings, { stdout }: Io): boolean {
  return !showsFrames && sequence === undefined && stdout.isTTY !== true;
}

/** @returns what went wrong, whatever that was */
async function converse(connectRun: ConnectRun): Promise<FramecatError | undefined> {
  const { settings, record } = connectRun;
  const talk = settings.interactive ? converseByPrompt : converseByScript;
  try {
    return await talk(connectRun);
  } catch (thrown) {
    if (!(thrown instanceof FramecatError)) throw thrown;
    record.statistics.failed(thrown.code);
    return thrown;
  }
}

function interruption({ signals, outputs }: ConnectRun): FramecatError | undefined {
  const { received } = signals;
  if (!received) return undefined;
  const code = received === "SIGINT" ? "interrupted" : "terminated";
  return new FramecatError(code, outputs.failure?.message ?? `ended by ${received}`);
}
