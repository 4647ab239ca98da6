import { messageOf } from "../errors.ts";
import { CloseCode } from "../protocol/close-codes.ts";
import type { Connection } from "../transport/connection.ts";

interface SlashCommand {
  readonly usage: string;
  readonly meaning: string;
  /** Does it; gives lines to show. */
  run(argument: string, connection: Connection): readonly string[];
}

const COMMANDS: Readonly<Record<string, SlashCommand>> = {
  ping: {
    usage: "/ping [TEXT]",
    meaning: "send a ping; its pong shows the round trip",
    run: (argument, connection) => {
      void connection.ping(limited(argument));
      return [];
    },
  },
  pong: {
    usage: "/pong [TEXT]",
    meaning: "send a pong nobody asked for",
    run: (argument, connection) => {
      void connection.pong(limited(argument));
      return [];
    },
  },
  close: {
    usage: "/close [CODE [REASON]]",
    meaning: "close the connection, with 1000 unless told otherwise",
    run: (argument, connection) => {
      const [, code, reason = ""] = /^(\d+)?\s*(.*)$/s.exec(argument) ?? [];
      void connection.close(closeCode(code), reason);
      return [];
    },
  },
  state: {
    usage: "/state",
    meaning: "show the ready state and what is still to be sent",
    run: (_, { state, bufferedAmount, subprotocol }) => [
      `${state} · ${bufferedAmount} B buffered · subprotocol ${subprotocol ?? "none"}`,
    ],
  },
  help: {
    usage: "/help",
    meaning: "list these commands",
    run: () => [
      ...Object.values(COMMANDS).map(({ usage, meaning }) => `${usage.padEnd(24)}${meaning}`),
      `${"//…".padEnd(24)}send a line that begins with a slash`,
      `${"Ctrl-D".padEnd(24)}close and leave`,
    ],
  },
};

/**
 * Does what a typed line says: sends it, or runs the slash command it names.
 * @returns lines to show
 */
export function runLine(line: string, connection: Connection): readonly string[] {
  if (connection.state !== "OPEN") return ["not sent: the connection is closing"];
  if (!line.startsWith("/") || line.startsWith("//")) {
    void connection.send(line.startsWith("//") ? line.slice(1) : line);
    return [];
  }
  const [, name = "", argument = ""] = /^\/(\S*)\s*(.*)$/s.exec(line) ?? [];
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return [`unknown command /${name}; /help lists them, // sends a literal slash`];
  try {
    return command.run(argument, connection);
  } catch (thrown) {
    return [`/${name}: ${messageOf(thrown)}`];
  }
}

/** The payload of a control frame has at most 125 bytes (RFC 6455, section 5.5). */
function limited(text: string): Uint8Array {
  const bytes = Buffer.from(text);
  if (bytes.length > 125) throw new RangeError(`at most 125 bytes fit, these are ${bytes.length}`);
  return bytes;
}

function closeCode(text: string | undefined): number {
  if (text === undefined) return CloseCode.normal;
  const code = Number(text);
  if (code <= 0xffff) return code;
  throw new RangeError(`${text} is no close code`);
}
