import { isControl } from "../protocol/opcodes.ts";
import type { Event } from "../transport/events.ts";

/** What stands for each byte that nobody is to see. */
const STAR = "*";

/** An event of a client whose messages are secrets, as its token: the bytes it sent are stars. */
export function concealed(event: Event): Event {
  if (!("dir" in event) || event.dir !== "in") return event;
  if (event.type === "message") return { ...event, data: stars(event.data) };
  if (event.type !== "frame" || isControl(event.frame.header.opcode)) return event;
  const { frame, message, ...rest } = event;
  return {
    ...rest,
    frame: { ...frame, payload: stars(frame.payload) },
    ...(message && { message: { ...message, data: stars(message.data) } }),
  };
}

function stars({ length }: Uint8Array): Uint8Array {
  return Buffer.alloc(length, STAR);
}
