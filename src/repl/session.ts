import type { Connection } from "../transport/connection.ts";
import type { CloseEvent, Event, EventListener } from "../transport/events.ts";
import { createPrompt, type Prompt, type PromptOptions } from "./prompt.ts";
import { runLine } from "./slash-commands.ts";

export interface SessionOptions extends PromptOptions {
  /** Messages that are sent once the connection is open. */
  readonly first: readonly string[];
  /** The lines an event is shown as. */
  readonly render: (event: Event) => readonly string[];
  /** Called at Ctrl-C. */
  readonly interrupt: () => void;
}

/** Lets a person talk on a connection until either side closes it. */
export async function runSession(
  open: (onEvent: EventListener) => Promise<Connection>,
  options: SessionOptions,
): Promise<CloseEvent> {
  let prompt: Prompt | undefined;
  const print = (lines: readonly string[]): void => {
    if (prompt) prompt.print(lines);
    else if (lines.length > 0) options.output.write(`${lines.join("\n")}\n`);
  };
  const connection = await open((event) => {
    if (event.type === "close") prompt?.close();
    print(options.render(event));
  });
  prompt = createPrompt(options, {
    line: (line) => print(runLine(line, connection)),
    interrupt: options.interrupt,
    end: () => void connection.close(),
  });
  for (const message of options.first) {
    if (connection.state === "OPEN") await connection.send(message);
  }
  return connection.closed;
}
