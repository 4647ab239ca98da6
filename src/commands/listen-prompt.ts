import type { Io } from "../io.ts";
import { clientTable } from "../render/client-table.ts";
import { escapeControl } from "../render/escape.ts";
import { serverFigures } from "../render/server-figures.ts";
import { columnsUnder } from "../render/topic-columns.ts";
import type { ListenViews } from "../repl/listen/command.ts";
import { type ListenSession, openListenSession } from "../repl/listen/session.ts";
import { openHistory } from "../repl/history.ts";
import { FiguresMeter } from "../server/figures.ts";
import type { Listener } from "../server/listener.ts";
import type { Args } from "./command.ts";
import { themeFor } from "./frame-flags.ts";
import { feedLines } from "./listen-feed.ts";
import { operatorOf } from "./listen-operator.ts";
import { ListenPicture } from "./listen-picture.ts";
import { hasPrompt } from "./listen-prompt-options.ts";
import type { Screen } from "./screen.ts";
import type { SignalWatch } from "./signals.ts";

export interface Operating {
  readonly listener: Listener;
  readonly modeName: string;
  readonly args: Args;
  readonly io: Io;
  readonly screen: Screen;
  readonly signals: SignalWatch;
}

/** Whoever tells the server what to do: a person at a prompt, a pipe, or nobody. */
export interface Operation {
  /** Lets go of stdin and the terminal. */
  end(): Promise<void>;
}

/** Clients that /clients lists; /top shows all. */
const MAX_LISTED = 200;

/** Opens a prompt on a terminal; elsewhere reads lines from stdin, where the mode takes any. */
export function operate(operating: Operating): Operation {
  const { listener, args, io, signals } = operating;
  if (hasPrompt(args, io)) return operateByPrompt(operating);
  const { mode } = listener;
  if (!mode.typed || io.inBackground?.() === true) return { end: () => Promise.resolve() };
  const feed = feedLines({
    input: io.stdin,
    typed: async (line) => mode.typed?.(line),
    note: (message) => listener.note(message),
    ended: () => args.text("eof") === "close" && signals.raise("SIGTERM"),
  });
  return {
    end: () => {
      feed.stop();
      return Promise.resolve();
    },
  };
}

function operateByPrompt(operating: Operating): Operation {
  const { listener, modeName, args, io, screen, signals } = operating;
  const [where = ""] = args.positionals;
  const history = openHistory({
    env: io.env,
    key: where === "" || where === "0" ? `listen-${modeName}` : `listen-${modeName}:${where}`,
    enabled: args.flag("history"),
    note: (line) => listener.note(line),
  });
  const theme = themeFor(args, io, io.stdout);
  const picture = new ListenPicture(listener, io.clock);
  const session: ListenSession = openListenSession({
    input: io.stdin,
    output: io.stdout,
    env: io.env,
    prompt: "› ",
    styles: { dim: theme.dim, match: theme.bold },
    history,
    stop: io.suspend,
    operator: operatorOf(listener, signals),
    views: viewsOf(operating),
    more: { topic: `--mode ${modeName}`, commands: listener.mode.commands ?? [] },
    picture: {
      draw: (size) => picture.draw({ theme, ...size }),
      press: (key) => picture.press(key),
    },
    interrupt: () => signals.raise("SIGINT"),
  });
  screen.showBy((lines) => session.print(lines));
  const typed = listener.mode.typed ? "; what you type goes to all clients" : "";
  session.print([theme.dim(`  /help lists commands${typed}`)]);
  if (args.flag("table")) session.watch();
  return {
    end: async () => {
      screen.showBy(undefined);
      session.close();
      await history.settled();
      io.stdin.destroy();
    },
  };
}

function viewsOf({ listener, args, io }: Operating): ListenViews {
  const theme = themeFor(args, io, io.stdout);
  const meter = new FiguresMeter(listener.counters, io.clock);
  const options = () => ({ theme, columns: io.stdout.columns || 80 });
  return {
    clients: () => {
      const rows = listener.rows();
      const more = rows.length - MAX_LISTED;
      const lines = clientTable(rows.slice(0, MAX_LISTED), options());
      return more > 0 ? [...lines, theme.dim(`… and ${more} more; /top shows all`)] : lines;
    },
    statistics: () => serverFigures(meter.read(), options()),
    columns: (topic, rows) => columnsUnder(topic, rows, options()),
    escape: escapeControl,
  };
}
