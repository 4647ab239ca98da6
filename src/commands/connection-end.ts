import { FramecatError } from "../errors.ts";
import { CloseCode, describeCloseCode, PEACEFUL_CODES } from "../protocol/close-codes.ts";
import type { CloseEvent, Event, EventListener } from "../transport/events.ts";

/** Follows a connection, or one after the other, to tell in the end how it came to it. */
export interface EndWatch {
  readonly listener: EventListener;
  /** The peer has broken the protocol. */
  readonly broken: FramecatError | undefined;
  /** What was wrong about the end; undefined where it was a peaceful one. */
  judge(close: CloseEvent): FramecatError | undefined;
}

export function watchEnd(): EndWatch {
  let broken: FramecatError | undefined;
  let failed: string | undefined;
  return {
    listener: (event: Event) => {
      // What ended an earlier connection is over with it.
      if (event.type === "reconnected") [broken, failed] = [undefined, undefined];
      if (event.type !== "error") return;
      if (event.code === "protocol") broken ??= new FramecatError("protocol", event.message);
      else failed ??= event.message;
    },
    get broken() {
      return broken;
    },
    judge: (close) => broken ?? judgeClose(close, failed),
  };
}

function judgeClose(close: CloseEvent, failed: string | undefined): FramecatError | undefined {
  if (close.code === CloseCode.abnormal) {
    const message = failed ?? "the connection ended without a Close frame (1006)";
    return new FramecatError("abnormal", message, diedHint(close));
  }
  if (close.initiator === "local" || PEACEFUL_CODES.has(close.code)) return undefined;
  return new FramecatError("closed", `the peer closed with ${wordsOf(close)}`);
}

/** What such an end of the peer's most likely means. */
function diedHint({ initiator }: CloseEvent): string | undefined {
  if (initiator === "local") return undefined;
  return "The server crashed, or a proxy cut a quiet line: --ping-interval keeps it busy, --reconnect dials again.";
}

function wordsOf({ code, reason }: CloseEvent): string {
  const { name } = describeCloseCode(code);
  return `${code} ${name}${reason === "" ? "" : ` ${JSON.stringify(reason)}`}`;
}
