import { Readable } from "node:stream";
import type { Io } from "../io.ts";
import type { RecordedSession } from "../scenario/recorded-session.ts";
import { replay, type ReplayPeer } from "../scenario/replay.ts";
import type { Replay } from "../repl/slash/command.ts";
import { readReplay } from "./replay-file.ts";

/** What a recording has sent, and how fast to send it again. */
export interface ReplayPlan {
  readonly session: RecordedSession;
  readonly speed: number;
}

/**
 * An input that holds nothing, and ends when all of the session is sent: so what is to happen at the
 * end of stdin happens then.
 * @param peer asked for when the input is first read, which is when the connection is open
 */
export function replayInput(
  { session, speed }: ReplayPlan,
  peer: () => ReplayPeer | undefined,
  { clock }: Pick<Io, "clock">,
): Readable {
  let begun = false;
  const input = new Readable({
    read: () => {
      const to = begun ? undefined : peer();
      begun = true;
      if (!to) return;
      void replay(session, to, { clock, speed }).then(() => input.push(null));
    },
  });
  return input;
}

/**
 * Reads a recorded session, to be sent at its own pace.
 * @throws FramecatError (usage) where the file is none
 */
export async function openReplay(path: string, { clock }: Pick<Io, "clock">): Promise<Replay> {
  const session = await readReplay(path, "FILE");
  return {
    messages: session.steps.length,
    durationMs: session.steps.reduce((sum, { gapMs }) => sum + gapMs, 0),
    run: async (peer) => (await replay(session, peer, { clock })).sent,
  };
}
