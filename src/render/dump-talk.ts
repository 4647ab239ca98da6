import type { RowEvent } from "../rows.ts";
import type { CloseEvent, Event, FindingEvent, HandshakeEvent } from "../transport/events.ts";
import { displayWidth, wrapWords } from "../width.ts";
import { CAPTURED_SIDES, closeLines } from "./close-words.ts";
import type { DumpConnection } from "./dump-connections.ts";
import type { DumpMargin } from "./dump-margin.ts";
import { escapeControl } from "./escape.ts";
import { indented } from "./frame-line.ts";
import { handshakeLines } from "./handshake-lines.ts";
import { type Span, span, spansWidth, styleSpans } from "./span.ts";
import type { Style, Theme } from "./theme.ts";
import { violationLines } from "./violation-lines.ts";

export interface DumpTalkLook {
  readonly theme: Theme;
  /** Columns of the screen; absent, as in a log file: nothing is wrapped. */
  readonly columns?: number | undefined;
  /** The heads of a handshake are shown. */
  readonly include?: boolean;
  readonly verbosity?: number;
  readonly showSecrets?: boolean;
  /** Rows are left out: how a connection ended says nothing of how many there were. */
  readonly partial?: boolean;
}

/** Lines about what is no row: how a connection opened and ended, and what is to be said of it. */
export class DumpTalk {
  readonly #look: DumpTalkLook;
  readonly #margin: DumpMargin;
  readonly #theme: Theme;
  readonly #columns: number;

  constructor(look: DumpTalkLook, margin: DumpMargin) {
    this.#look = look;
    this.#margin = margin;
    this.#theme = look.theme;
    this.#columns = look.columns ?? Number.POSITIVE_INFINITY;
  }

  /** @param connection what is known of the event's connection */
  lines(event: Exclude<Event, RowEvent>, connection: DumpConnection | undefined): string[] {
    const { bad, dim } = this.#theme;
    switch (event.type) {
      case "handshake":
        return this.#handshake(event);
      case "close":
        return this.#close(event, connection);
      case "error":
        return this.#sentence(event, `! ${event.message}`, bad);
      case "note":
        return this.#sentence(event, `· ${event.message}`, dim);
      case "finding":
        return this.#finding(event);
      case "state":
      case "reconnect":
      case "reconnected":
        return [];
      default:
        return event satisfies never;
    }
  }

  #handshake(event: HandshakeEvent): string[] {
    const { theme, columns, include = false, verbosity = 0, showSecrets = false } = this.#look;
    const prefix = this.#margin.talk(event);
    const room = columns === undefined ? undefined : columns - spansWidth(prefix);
    const look = { theme, columns: room, heads: include || verbosity > 0, showSecrets };
    return this.#below(prefix, handshakeLines(event, [], look));
  }

  #close(event: CloseEvent, known: DumpConnection | undefined): string[] {
    const prefix = this.#margin.talk(event);
    const connection = known && { ...known, ...(this.#look.partial && { tally: undefined }) };
    const columns = this.#columns - spansWidth(prefix);
    const look = { theme: this.#theme, columns, sides: CAPTURED_SIDES };
    return this.#below(prefix, closeLines(event, connection, look));
  }

  /** A rule that the connection as a whole breaks. */
  #finding(event: FindingEvent): string[] {
    const prefix = this.#margin.talk(event);
    const room = this.#columns - spansWidth(prefix);
    return this.#below(prefix, violationLines(event.violation, this.#theme, room));
  }

  #sentence(event: Event, text: string, style: Style): string[] {
    const prefix = this.#margin.talk(event);
    const before = spansWidth(prefix) + 2;
    return wrapWords(escapeControl(text.slice(2)), this.#columns - before).map((line, i) =>
      i === 0
        ? styleSpans([...prefix, span(text.slice(0, 2) + line, style)])
        : " ".repeat(before) + style(line),
    );
  }

  /** The first line after the prefix, the others below it, or to the left where they are too wide. */
  #below(prefix: readonly Span[], [first = "", ...rest]: readonly string[]): string[] {
    const widest = rest.reduce((width, line) => Math.max(width, displayWidth(unstyled(line))), 0);
    const indent = Math.max(0, Math.min(spansWidth(prefix), this.#columns - widest));
    return [styleSpans(prefix) + first, ...indented(rest, indent)];
  }
}

/** What a theme adds takes no columns. */
function unstyled(line: string): string {
  // oxlint-disable-next-line no-control-regex -- styles are what is looked for
  return line.replace(/\x1b\[[\d;]*m/g, "");
}
