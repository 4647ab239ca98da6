import { RawFrames, type RawFramesOptions } from "../../src/capture/frames.ts";
import { encodeFrame, type FrameSpec } from "../../src/protocol/encoder.ts";
import type { FrameEvent } from "../../src/transport/events.ts";

export type FrameSketch = Omit<FrameSpec, "payload"> & { readonly payload?: string | Uint8Array };

/** The bytes of a frame whose payload may be written as text. */
export function frameBytes({ payload = "", ...spec }: FrameSketch): Uint8Array {
  return encodeFrame({ ...spec, payload: Buffer.from(payload) });
}

/** The events of frames that went over a wire: encoded, then decoded from the bytes. */
export function frameEvents(
  sketches: readonly FrameSketch[],
  options: RawFramesOptions = {},
): FrameEvent[] {
  return new RawFrames(options).push(Buffer.concat(sketches.map(frameBytes)));
}

export function frameEvent(sketch: FrameSketch): FrameEvent {
  return frameEvents([sketch])[0]!;
}
