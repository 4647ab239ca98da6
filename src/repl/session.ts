import type { Channels } from "../scenario/channels.ts";
import type { CloseEvent, Event, EventListener } from "../transport/events.ts";
import type { Link } from "../transport/link.ts";
import type { Asking } from "./asking.ts";
import type { Desk, Files, Views } from "./slash/command.ts";
import { runLine, SLASH_COMMANDS } from "./slash/index.ts";
import { complete, KeyMemory } from "./completion.ts";
import { Conversation } from "./conversation.ts";
import { Display } from "./display.ts";
import { PastEvents } from "./past-events.ts";
import { createPrompt, type Prompt, type PromptOptions } from "./prompt.ts";

export interface SessionOptions extends Omit<PromptOptions, "complete"> {
  readonly views: Views;
  readonly files: Files;
  readonly asking: Asking;
  readonly channels: Channels;
  readonly random: (length: number) => Uint8Array;
  /** Called at Ctrl-C. */
  readonly interrupt: () => void;
}

const COMMAND_NAMES = SLASH_COMMANDS.map(({ name }) => name);

/** Lets a person talk on a link until it has ended for good. */
export async function runSession(
  open: (onEvent: EventListener) => Promise<Link>,
  options: SessionOptions,
): Promise<CloseEvent> {
  const { output, views, asking, channels, random, prompt: text } = options;
  let prompt: Prompt | undefined;
  const print = (lines: readonly string[]): void => {
    if (prompt) prompt.print(lines);
    else if (lines.length > 0) output.write(`${lines.join("\n")}\n`);
  };
  const past = new PastEvents();
  const keys = new KeyMemory();
  const display = new Display(views.event, print);
  const link = await open((event) => {
    past.push(event);
    keys.learn(event);
    asking.take(event);
    display.show(event);
    if (event.type === "state") prompt?.setPrompt(promptFor(event, text));
    if (event.type === "reconnected") subscribeAgain();
  });
  const conversation = new Conversation(link);
  const subscribeAgain = (): void => {
    for (const channel of channels.subscribed) void conversation.send(channels.subscribe(channel));
  };
  const desk: Desk = {
    link,
    conversation,
    asking,
    channels,
    past,
    display,
    views,
    random,
    files: options.files,
    tell: print,
    edit: async () => prompt?.edit(),
  };
  prompt = createPrompt(
    { ...options, complete: (before) => complete(before, COMMAND_NAMES, keys) },
    {
      line: (line) => void runLine(line, desk).then(print),
      interrupt: options.interrupt,
      end: () => void link.close(),
    },
  );
  const close = await link.closed;
  print(display.resume());
  prompt.close();
  return close;
}

/** What is typed while the connection is away waits for it; the prompt says so. */
function promptFor({ state }: Extract<Event, { type: "state" }>, text: string): string {
  return state === "OPEN" ? text : `(${state === "CONNECTING" ? "connecting" : "offline"}) ${text}`;
}
