import { EXIT_DONE, FramecatError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { Event } from "../transport/events.ts";
import type { Args, Command } from "./command.ts";
import { CONNECT_OPTIONS } from "./connect-options.ts";
import { openConnectOutputs } from "./connect-outputs.ts";
import { converseByPrompt } from "./connect-prompt.ts";
import { RunRecord } from "./connect-record.ts";
import { reportRun } from "./connect-report.ts";
import type { ConnectRun } from "./connect-run.ts";
import { converseByScript } from "./connect-pipe.ts";
import { readSettings } from "./connect-settings.ts";
import { watchEnd } from "./connection-end.ts";
import { exitCodeOf, watchSignals } from "./signals.ts";

export const connect: Command = {
  name: "connect",
  summary: "Talk to a WebSocket endpoint: a prompt for people, a pipe for scripts.",
  positionals: "URL",
  maxPositionals: 1,
  examples: [
    { command: "framecat connect ws://127.0.0.1:8080/", meaning: "type messages, see every frame" },
    { command: "echo hello | framecat connect :8080", meaning: "send lines, print the replies" },
    {
      command: "framecat connect :8080 -x ping --expect pong",
      meaning: "a smoke test: exit 0 or 30",
    },
  ],
  options: CONNECT_OPTIONS,
  run,
};

async function run(args: Args, io: Io): Promise<number> {
  const settings = await readSettings(args, io);
  const outputs = await openConnectOutputs(args, io);
  const signals = watchSignals(io);
  const record = new RunRecord(settings, io.clock);
  const end = watchEnd();
  const follow = (event: Event): void => {
    end.listener(event);
    record.take(event);
    outputs.follow(event);
  };
  const connectRun: ConnectRun = { settings, io, signals, record, end, outputs, follow };
  try {
    const failure = await converse(connectRun);
    await outputs.close();
    const interrupted = signals.received && interruption(signals.received);
    await reportRun(connectRun, interrupted ?? failure);
    if (signals.received) return exitCodeOf(signals.received);
    if (failure) throw failure;
    return EXIT_DONE;
  } finally {
    signals.off();
    io.stdin.destroy();
  }
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

function interruption(signal: string): FramecatError {
  const code = signal === "SIGINT" ? "interrupted" : "terminated";
  return new FramecatError(code, `ended by ${signal}`);
}
