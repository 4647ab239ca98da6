import type { DumpSummary } from "../capture/dump-statistics.ts";
import type { FoundFormat } from "../capture/read-events.ts";
import { usageError } from "../errors.ts";
import type { Io } from "../io.ts";
import type { JsonDocument } from "../render/dump-json.ts";
import { createDumpLines, type DumpLinesView } from "../render/dump-lines.ts";
import type { DumpView } from "../render/dump-row.ts";
import { createEventRenderer } from "../render/event-lines.ts";
import { jsonLine } from "../render/json-line.ts";
import type { TextBytes } from "../render/text-bytes.ts";
import type { NumberedEvent } from "../rows.ts";
import { eventToJson } from "../transport/event-json.ts";
import type { Event } from "../transport/events.ts";
import type { Args } from "./command.ts";
import { readDecoder } from "./decode-flags.ts";
import { isPartial, readSelection } from "./frame-dump-selection.ts";
import { readFrameLook } from "./frame-flags.ts";

/** Writes the selected events. */
export interface DumpWriter {
  push(numbered: NumberedEvent, out: TextBytes): void;
  /** The input has ended. */
  end(out: TextBytes): void;
}

/** Makes the writer once it is known what is read. */
export type DumpForm = (found: FoundFormat | undefined) => DumpWriter;

const FORMS = ["table", "tree", "messages", "payload", "summary", "json"] as const;

/** What is shown below the line of each frame, which no other form has. */
const PARTS = ["diagram", "hex"] as const;

/**
 * Reads the form that is asked for, and loads only what that takes.
 * @throws FramecatError (usage)
 */
export async function readForm(args: Args, io: Io): Promise<DumpForm> {
  const asked: string[] = FORMS.filter((name) => args.flag(name));
  if (args.text("format") === "ndjson") asked.push("format ndjson");
  const drawn = PARTS.find((name) => args.flag(name));
  if (asked.join() === "summary,json" && drawn === undefined) {
    const { dumpSummaryJson } = await import("../render/dump-summary-json.ts");
    return summaryForm(dumpSummaryJson);
  }
  const [form, other = drawn] = asked;
  if (form !== undefined && other !== undefined) {
    throw usageError(`--${form} and --${other} exclude each other`, "Give one of them.");
  }
  const toJson = jsonOf(args.flag("show-secrets"));
  switch (form) {
    case "payload":
      return payloadForm();
    case "json": {
      const { createJsonDocument } = await import("../render/dump-json.ts");
      return () => document(createJsonDocument({ toJson }));
    }
    case "format ndjson":
      return () => ({
        push: ({ event }, out) => out.text(jsonLine(toJson(event))),
        end: () => undefined,
      });
    default:
      return viewForm(form, args, io);
  }
}

async function payloadForm(): Promise<DumpForm> {
  const { createPayloadWriter } = await import("../render/dump-payload.ts");
  const payloadsOf = createPayloadWriter();
  return () => ({
    push: (numbered, out) => {
      const payload = payloadsOf.push(numbered);
      if (payload) out.octets(payload);
    },
    end: () => undefined,
  });
}

function document(json: JsonDocument): DumpWriter {
  return {
    push: (numbered, out) => out.text(json.push(numbered)),
    end: (out) => out.text(json.end()),
  };
}

async function viewForm(form: string | undefined, args: Args, io: Io): Promise<DumpForm> {
  const frame = readFrameLook(args, io, io.stdout);
  const options = {
    ...frame,
    // The date is in the heading of a connection, if anywhere.
    timestamps: args.text("timestamps") === undefined ? ("time" as const) : frame.timestamps,
    diagram: args.flag("diagram"),
    hex: args.flag("hex"),
    include: args.flag("include"),
    decoder: await readDecoder(args),
    showSecrets: args.flag("show-secrets"),
    partial: isPartial(readSelection(args)),
  };
  switch (form) {
    case "table": {
      const { createDumpTable } = await import("../render/dump-table.ts");
      return () =>
        linesOf(createDumpTable({ ...options, ...(args.flag("follow") && { holdRows: 0 }) }));
    }
    case "tree": {
      const { createDumpTree } = await import("../render/dump-tree.ts");
      return () => linesOf(createDumpTree(options));
    }
    case "summary": {
      const { dumpSummaryLines } = await import("../render/dump-summary.ts");
      return summaryForm((it) => ended(dumpSummaryLines(it, options)));
    }
    case "messages": {
      const { createDumpMessages } = await import("../render/dump-messages.ts");
      return () => linesOf(createDumpMessages(options));
    }
    default:
      // Frames alone have neither times nor connections that would have to be told apart.
      return (found) =>
        found === "frames"
          ? plainLines({ ...options, timestamps: "off" })
          : rowsOf(createDumpLines(options));
  }
}

async function summaryForm(print: (summary: DumpSummary) => string): Promise<DumpForm> {
  const { DumpStatistics } = await import("../capture/dump-statistics.ts");
  const statistics = new DumpStatistics();
  return () => ({
    push: (numbered) => statistics.push(numbered),
    end: (out) => out.text(print(statistics.summary)),
  });
}

function linesOf(view: DumpView): DumpWriter {
  return {
    push: (numbered, out) => out.text(ended(view.push(numbered))),
    end: (out) => out.text(ended(view.end())),
  };
}

function rowsOf(view: DumpLinesView): DumpWriter {
  return { push: (numbered, out) => view.write(numbered, out), end: () => undefined };
}

function plainLines(options: Parameters<typeof createEventRenderer>[0]): DumpWriter {
  const render = createEventRenderer(options);
  return { push: ({ event }, out) => out.text(ended(render(event))), end: () => undefined };
}

function ended(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join("");
}

/** Where the input tells no time, there is none in its events. */
function jsonOf(showSecrets: boolean): (event: Event) => Record<string, unknown> {
  return (event) => {
    const json = eventToJson(event, { showSecrets });
    if (event.at.epochUs !== 0 || event.at.ns !== 0n) return json;
    const { t: _t, ns: _ns, ...timeless } = json;
    return timeless;
  };
}
