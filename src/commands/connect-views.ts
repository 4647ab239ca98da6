import type { Views } from "../repl/slash/command.ts";
import { closeCodeTable, opcodeTable } from "../render/code-tables.ts";
import { escapeControl } from "../render/escape.ts";
import { createEventRenderer, type EventRendererOptions } from "../render/event-lines.ts";
import { jsonLines } from "../render/json-lines.ts";
import { recentFrameLines } from "../render/recent-frames.ts";
import { sequenceFindingLine } from "../render/sequence-lines.ts";
import { renderSpans } from "../render/span.ts";
import { statisticsLines } from "../render/statistics-lines.ts";
import { columnsUnder } from "../render/topic-columns.ts";
import { type Event, type FrameEvent, isReceived } from "../transport/events.ts";
import { EventLint } from "../transport/event-lint.ts";
import type { RunRecord } from "./connect-record.ts";
import type { ConnectSettings } from "./connect-settings.ts";

/** What events mean in lines for people, on a terminal or in a log. */
export type ShowEvent = (event: Event) => readonly string[];

const DEFAULT_COLUMNS = 80;

/** Every event in full: frames, how it opened and ended, what a numbered stream lacks. */
export function eventView(settings: ConnectSettings): ShowEvent {
  const render = createEventRenderer(rendererOptions(settings));
  const follow = sequenceView(settings);
  const judge = lintView(settings);
  return (event) => [...render(event), ...judge(event), ...follow(event)];
}

/** With -v, the rules that a whole conversation breaks; those of single frames are shown with them. */
function lintView({ look }: ConnectSettings): ShowEvent {
  if (look.verbosity === 0) return () => [];
  const lint = new EventLint({ findings: "conversation" });
  const render = createEventRenderer({ theme: look.theme, columns: look.columns });
  // A refusal is told as such already.
  return (event) =>
    lint
      .take(event)
      .filter(({ violation }) => violation.rule !== "handshake-refused")
      .flatMap(render);
}

/** What a numbered stream lacks, as it shows. */
export function sequenceView({ sequence, look }: ConnectSettings): ShowEvent {
  return (event) => {
    if (event.type === "reconnected") sequence?.restart();
    if (!sequence || !isReceived(event) || event.heartbeat) return [];
    const finding = sequence.take(event.data);
    return finding ? [sequenceFindingLine(finding, look.theme)] : [];
  };
}

/** Payloads of what was received, harmless, and nothing else. */
export function payloadView({ look }: Pick<ConnectSettings, "look">): ShowEvent {
  return (event) => {
    if (!isReceived(event) || event.heartbeat) return [];
    const text = Buffer.from(event.data).toString("utf8");
    const json = look.pretty ? jsonLines(text, { theme: look.theme, cut: false }) : undefined;
    return json ? json.map(renderSpans) : [escapeControl(text)];
  };
}

/** All that the prompt shows. */
export function promptViews(settings: ConnectSettings, record: RunRecord): Views {
  const { look, quiet, showSecrets } = settings;
  const { theme, columns = DEFAULT_COLUMNS } = look;
  const show = quiet ? payloadView(settings) : eventView(settings);
  return {
    event: show,
    // The renderer of what passes counts it, so past events have one of their own.
    again: (events) => events.flatMap(createEventRenderer(rendererOptions(settings))),
    frames: (events) => recentFrameLines(events, look),
    handshake: createEventRenderer({ ...look, include: true, showSecrets }),
    statistics: () => statisticsLines(record.snapshot(), { theme, columns }),
    codes: () => [...closeCodeTable(look), "", ...opcodeTable(look)],
    columns: (topic, rows) => columnsUnder(topic, rows, { theme, columns }),
    escape: escapeControl,
  };
}

function rendererOptions(settings: ConnectSettings): EventRendererOptions {
  const { look, showSecrets, channels } = settings;
  return {
    ...look,
    showSecrets,
    label: ({ dir, message }) =>
      dir === "in" && message && !message.cut ? channels.labelOf(message.data) : undefined,
    isHeartbeat: heartbeatView(settings),
  };
}

/** Frames that only ask for life, or answer that. */
function heartbeatView({ heartbeat }: ConnectSettings): (event: FrameEvent) => boolean {
  const message = heartbeat?.message;
  if (!message) return () => false;
  const question = Buffer.from(message.send);
  return ({ dir, message: whole }) => {
    if (!whole || whole.cut) return false;
    return dir === "out" ? question.equals(whole.data) : message.expect(whole.data);
  };
}
