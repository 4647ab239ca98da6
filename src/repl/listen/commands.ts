import { usageError } from "../../errors.ts";
import { CloseCode } from "../../protocol/close-codes.ts";
import type { Lines, ListenCommand, ListenDesk, Operator } from "./command.ts";

/** What can be typed in every mode; `/help` is beside it, since it lists these. */
export const LISTEN_COMMANDS: readonly ListenCommand[] = [
  {
    name: "all",
    takes: "TEXT",
    meaning: "send a message to all clients",
    run: (text, { operator }) => {
      const { length } = operator.ids();
      if (length === 0) return ["not sent: nobody is connected"];
      operator.sendToAll(text);
      return [];
    },
  },
  {
    name: "to",
    takes: "ID[,ID…] TEXT",
    meaning: "send a message to one client, or some",
    takesId: true,
    run: (argument, { operator }) => {
      const [ids, text] = idsAndRest(argument, operator.ids());
      for (const id of ids) operator.send(id, text);
      return [];
    },
  },
  {
    name: "kick",
    takes: "ID[,ID…]|all [CODE [REASON]]",
    meaning: "close the connection of a client, with 1000 unless told otherwise",
    takesId: true,
    run: kick,
  },
  {
    name: "ping",
    takes: "[ID[,ID…]]",
    meaning: "ping clients, all of them without an id; /clients shows the round trips",
    takesId: true,
    run: (argument, { operator }) => {
      const ids = argument.trim() === "" ? operator.allIds() : idsOf(argument.trim(), operator);
      const { length } = ids.filter((id) => operator.ping(id));
      return [length === 1 ? "pinged 1 client" : `pinged ${length} clients`];
    },
  },
  {
    name: "clients",
    takes: "",
    meaning: "list who is connected, with messages and bytes each way",
    run: (_, { views }) => views.clients(),
  },
  {
    name: "top",
    takes: "",
    meaning: "watch the clients in a table that is renewed each second; q leads back",
    run: (_, { watch }) => {
      watch();
      return [];
    },
  },
  {
    name: "stats",
    takes: "",
    meaning: "show what has happened since the server began",
    run: (_, { views }) => views.statistics(),
  },
  {
    name: "quit",
    takes: "",
    meaning: "stop the server: 1001 to all clients, then leave",
    run: (_, { operator }) => {
      operator.quit();
      return [];
    },
  },
];

function kick(argument: string, { operator }: ListenDesk): Lines {
  const [ids, rest] = idsAndRest(argument, operator.allIds());
  const [, code, reason = ""] = /^(?:(\d+)(?:\s+|$))?(.*)$/s.exec(rest.trim()) ?? [];
  const number = code === undefined ? CloseCode.normal : Number(code);
  for (const id of ids) operator.kick(id, number, reason);
  return [];
}

/** @param there ids of clients that it can be done to */
function idsAndRest(
  argument: string,
  there: readonly string[],
): readonly [ids: readonly string[], rest: string] {
  const [, word = "", rest = ""] = /^\s*(\S+)(?:\s(.*))?$/s.exec(argument) ?? [];
  return [choose(word, there), rest];
}

function idsOf(word: string, operator: Operator): readonly string[] {
  return choose(word, operator.allIds());
}

/** Ids as they are typed: `3`, `#3`, `3,4` or `all`. */
function choose(word: string, there: readonly string[]): readonly string[] {
  if (word === "") throw usageError("it needs the id of a client", "/clients lists them.");
  if (word === "all") return there;
  const ids = word.split(",").map((id) => id.replace(/^#/, ""));
  const missing = ids.find((id) => !there.includes(id));
  if (missing === undefined) return ids;
  throw usageError(`no client ${missing} is there`, "/clients lists them.");
}
