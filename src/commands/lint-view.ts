import { createEventRenderer, type EventRendererOptions } from "../render/event-lines.ts";
import { EventLint } from "../transport/event-lint.ts";
import type { Event } from "../transport/events.ts";

/** The rules that whole conversations break, in lines; those of single frames are shown with them. */
export function conversationLint(
  options: EventRendererOptions,
): (event: Event) => readonly string[] {
  const lint = new EventLint({ findings: "conversation" });
  const render = createEventRenderer(options);
  // A refusal is told as such already.
  return (event) =>
    lint
      .take(event)
      .filter(({ violation }) => violation.rule !== "handshake-refused")
      .flatMap(render);
}
