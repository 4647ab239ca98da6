import { onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { Asking } from "../../src/repl/asking.ts";
import type { Desk, Files } from "../../src/repl/slash/command.ts";
import { runLine } from "../../src/repl/slash/index.ts";
import { Conversation } from "../../src/repl/conversation.ts";
import { Display } from "../../src/repl/display.ts";
import { PastEvents } from "../../src/repl/past-events.ts";
import { Channels } from "../../src/scenario/channels.ts";
import { DEFAULT_SHAPE } from "../../src/scenario/request.ts";
import { Requests } from "../../src/scenario/requests.ts";
import type { Event } from "../../src/transport/events.ts";
import { type Link, type LinkOptions, openLink } from "../../src/transport/link.ts";
import { dialTo, EventLog, random, type TestServer } from "./transport.ts";

export interface TestDesk {
  readonly desk: Desk;
  readonly link: Link;
  readonly log: EventLog;
  /** What the display has shown. */
  readonly shown: string[];
  /** Runs a typed line; gives the lines it answers with. */
  readonly type: (line: string) => Promise<readonly string[]>;
}

export interface TestDeskOptions extends Partial<Pick<LinkOptions, "reconnect" | "queue">> {
  readonly requestTimeoutMs?: number;
  readonly replay?: Files["replay"];
}

/** All that slash commands work with, on a link to the server. */
export async function openDesk(
  server: Pick<TestServer, "url">,
  { requestTimeoutMs, replay, ...options }: TestDeskOptions = {},
): Promise<TestDesk> {
  const log = new EventLog();
  const past = new PastEvents();
  const shown: string[] = [];
  const display = new Display(lineOf, (lines) => shown.push(...lines));
  const asking = new Asking(
    DEFAULT_SHAPE,
    new Requests(DEFAULT_SHAPE, requestTimeoutMs),
    systemClock,
  );
  const link = await openLink({
    ...options,
    clock: systemClock,
    random,
    dial: async (id, onEvent) => (await dialTo(server.url, { id, onEvent })).connection,
    onEvent: (event) => {
      log.listener(event);
      past.push(event);
      asking.take(event);
      display.show(event);
    },
  });
  onTestFinished(() => link.terminate());
  const desk: Desk = {
    link,
    past,
    display,
    asking,
    random,
    channels: new Channels(),
    conversation: new Conversation(link),
    views: {
      event: lineOf,
      again: (events) => events.flatMap(lineOf),
      frames: (events) => events.map(({ frame }) => `decoded ${frame.header.opcode}`),
      handshake: ({ url }) => [`handshake of ${url}`],
      statistics: () => ["statistics"],
      codes: () => ["codes"],
      columns: (topic, rows) => [topic, ...rows.map((row) => row.join(" – "))],
      escape: (text) => text.replaceAll("\u001b", "\\x1b"),
    },
    files: {
      showSecrets: false,
      replay: replay ?? (() => Promise.reject(new Error("nothing to replay"))),
    },
    tell: (lines) => shown.push(...lines),
    edit: async () => undefined,
  };
  return { desk, link, log, shown, type: (line) => runLine(line, desk) };
}

/** An event in a word or two. */
function lineOf(event: Event): string[] {
  if (event.type !== "frame") return [];
  return [`${event.dir} ${Buffer.from(event.frame.payload).toString()}`];
}
