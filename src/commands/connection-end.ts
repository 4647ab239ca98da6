import { EXIT_DONE, FramecatError } from "../errors.ts";
import { CloseCode, describeCloseCode, PEACEFUL_CODES } from "../protocol/close-codes.ts";
import type { CloseEvent, Event, EventListener } from "../transport/events.ts";

/** Follows a connection to tell in the end which exit code it deserves. */
export interface EndWatch {
  readonly listener: EventListener;
  /** The exit code of a peaceful end. @throws FramecatError for any other. */
  judge(close: CloseEvent): number;
}

export function watchEnd(): EndWatch {
  let broken: string | undefined;
  let failed: string | undefined;
  return {
    listener: (event: Event) => {
      if (event.type !== "error") return;
      if (event.code === "protocol") broken ??= event.message;
      else failed ??= event.message;
    },
    judge: (close) => {
      if (broken !== undefined) throw new FramecatError("protocol", broken);
      if (close.code === CloseCode.abnormal) {
        const message = failed ?? "the connection ended without a Close frame (1006)";
        throw new FramecatError("abnormal", message);
      }
      if (close.initiator === "local") return EXIT_DONE;
      if (PEACEFUL_CODES.has(close.code)) return EXIT_DONE;
      throw new FramecatError("closed", `the peer closed with ${wordsOf(close)}`);
    },
  };
}

function wordsOf({ code, reason }: CloseEvent): string {
  const { name } = describeCloseCode(code);
  return `${code} ${name}${reason === "" ? "" : ` ${JSON.stringify(reason)}`}`;
}
