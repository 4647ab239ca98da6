import { usageError } from "../../errors.ts";
import type { Answered } from "../../scenario/requests.ts";
import type { Outcome } from "../asking.ts";
import type { Desk, Lines, SlashCommand } from "./command.ts";

/** Shorthands for messages of the shapes that many servers speak. */
export const PATTERN_COMMANDS: readonly SlashCommand[] = [
  {
    name: "request",
    takes: "TYPE [JSON]",
    meaning: "send a request with an id, and wait for its response",
    topic: "Patterns",
    run: request,
  },
  {
    name: "sub",
    takes: "CHANNEL",
    meaning: "subscribe to a channel, also after a reconnect",
    topic: "Patterns",
    run: async (argument, { conversation, channels }) => {
      await conversation.send(channels.subscribe(channelOf(argument)));
      return [];
    },
  },
  {
    name: "unsub",
    takes: "CHANNEL",
    meaning: "end a subscription",
    topic: "Patterns",
    run: async (argument, { conversation, channels }) => {
      await conversation.send(channels.unsubscribe(channelOf(argument)));
      return [];
    },
  },
  {
    name: "pub",
    takes: "CHANNEL JSON|TEXT",
    meaning: "publish on a channel",
    topic: "Patterns",
    run: async (argument, { conversation, channels }) => {
      const [channel, data] = split(argument);
      if (data === undefined) throw usageError("it needs a channel and what to publish");
      await conversation.send(channels.publish(channel, data));
      return [];
    },
  },
];

async function request(argument: string, { asking, conversation, views }: Desk): Promise<Lines> {
  const [type, params] = split(argument);
  if (type === "") throw usageError("it needs a type", 'Example: /request get {"id":7}');
  const outcome = await asking.ask(type, params, (text) => conversation.send(text));
  return [views.escape(inWords(outcome))];
}

function inWords(outcome: Outcome): string {
  switch (outcome.kind) {
    case "answered":
      return answerInWords(outcome.answer);
    case "late":
      return `${nameOf(outcome.request)}: no response within ${milliseconds(outcome.request.tookMs)}`;
    case "lost":
      return `${nameOf(outcome.request)}: the connection was lost before its response came`;
    default:
      return outcome satisfies never;
  }
}

/** `get #1 answered in 12 ms: {"name":"x"}` */
function answerInWords(answer: Answered): string {
  const { outcome, tookMs } = answer;
  const took = milliseconds(tookMs);
  if (outcome.ok) return `${nameOf(answer)} answered in ${took}: ${asText(outcome.data)}`;
  return `${nameOf(answer)} failed in ${took}: ${asText(outcome.error)}`;
}

function nameOf({ type, id }: { readonly type: string; readonly id: number }): string {
  return `${type} #${id}`;
}

function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
}

function asText(value: unknown): string {
  return value === undefined ? "no data" : JSON.stringify(value);
}

function channelOf(argument: string): string {
  const channel = argument.trim();
  if (channel === "") throw usageError("it needs a channel");
  return channel;
}

/** The first word, and what follows it. */
function split(argument: string): [word: string, rest: string | undefined] {
  const [, word = "", rest = ""] = /^(\S*)\s*(.*)$/s.exec(argument.trim()) ?? [];
  return [word, rest === "" ? undefined : rest];
}
