import { usageError } from "../../errors.ts";
import type { MessageEvent } from "../../transport/events.ts";
import { SharedMessage } from "../../transport/shared-message.ts";
import { answer } from "../answer.ts";
import { bad, type BadRequest, MAX_CHANNEL_NAME, readChannelRequest } from "../channel-request.ts";
import type { Client } from "../client.ts";
import type { ModeCommand } from "../mode-command.ts";
import type { Mode } from "../mode.ts";
import { Subscriptions } from "../subscriptions.ts";

/** How many channels one client may listen to. */
const MAX_CHANNELS = 1000;
/** How many the prompt lists. */
const MAX_LISTED = 50;

/**
 * Channels by name. A client sends `{"type":"subscribe","channel":"a"}`, is told
 * `{"type":"subscribed","channel":"a"}`, and gets from then on whatever anybody publishes there, itself
 * included: the very message `{"type":"publish","channel":"a","data":…}`, byte for byte. What is wrong
 * with a request is told to who sent it, as `{"type":"error","code":…,"message":…}`.
 */
export function pubsub(): Mode {
  return new PubSub();
}

class PubSub implements Mode {
  readonly #subscriptions = new Subscriptions<Client>();

  readonly commands: readonly ModeCommand[] = [
    {
      name: "channels",
      takes: "",
      meaning: "list the channels, the busiest first, with their subscribers",
      run: () => this.#list(),
    },
    {
      name: "publish",
      takes: "CHANNEL DATA",
      meaning: "publish JSON, or any other text as a string",
      run: (argument) => this.#publishTyped(argument),
      candidates: () => this.#subscriptions.counts.map(([channel]) => channel),
    },
  ];

  received(client: Client, { data, kind }: MessageEvent): void {
    const request = readChannelRequest(data);
    const { type } = request;
    switch (type) {
      case "subscribe":
        return this.#subscribe(client, request.channel);
      case "unsubscribe":
        this.#subscriptions.remove(client, request.channel);
        return tell(client, { type: "unsubscribed", channel: request.channel });
      case "publish":
        this.#publish(request.channel, new SharedMessage(data, { binary: kind === "binary" }));
        return;
      case "error":
        return tell(client, request);
    }
  }

  left(client: Client): void {
    this.#subscriptions.removeAll(client);
  }

  #subscribe(client: Client, channel: string): void {
    const subscribed = this.#subscriptions.channelsOf(client);
    if (subscribed.size >= MAX_CHANNELS && !subscribed.has(channel)) {
      tell(client, bad("too-many-channels", `more than ${MAX_CHANNELS} channels are too many`));
      return;
    }
    this.#subscriptions.add(client, channel);
    tell(client, { type: "subscribed", channel });
  }

  /** @returns to how many it went */
  #publish(channel: string, message: SharedMessage): number {
    const subscribers = this.#subscriptions.subscribersOf(channel);
    for (const client of subscribers) void client.share(message);
    return subscribers.size;
  }

  #list(): string[] {
    const { counts } = this.#subscriptions;
    if (counts.length === 0) return ["nobody listens to any channel"];
    const more = counts.length - MAX_LISTED;
    const lines = counts.slice(0, MAX_LISTED).map(([channel, count]) => `${count} × ${channel}`);
    return more > 0 ? [...lines, `… and ${more} more`] : lines;
  }

  #publishTyped(argument: string): string[] {
    const [, channel = "", text = ""] = /^\s*(\S+)\s+(.+)$/s.exec(argument) ?? [];
    if (channel === "")
      throw usageError("it needs a channel and data", "Example: /publish news 42");
    if (channel.length > MAX_CHANNEL_NAME) throw usageError("the name of the channel is too long");
    const json = `{"type":"publish","channel":${JSON.stringify(channel)},"data":${asJson(text)}}`;
    const count = this.#publish(channel, new SharedMessage(json));
    return [count === 1 ? "sent to 1 client" : `sent to ${count} clients`];
  }
}

type Reply =
  BadRequest | { readonly type: "subscribed" | "unsubscribed"; readonly channel: string };

function tell(client: Client, reply: Reply): void {
  answer(client, JSON.stringify(reply));
}

/** What was typed, as JSON: as it is where it is JSON already, else as a string. */
function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text.trim();
  } catch {
    return JSON.stringify(text);
  }
}
