import { compileJsonPath, type JsonPath } from "./json-path.ts";
import { compileShape } from "./message-shape.ts";
import { parseMessage } from "./request.ts";

/** What is said to a server that knows channels, and where its messages name theirs. */
export interface ChannelShape {
  readonly subscribe: (channel: string) => string;
  readonly unsubscribe: (channel: string) => string;
  /** @param data JSON, which is sent as it is written */
  readonly publish: (channel: string, data: string) => string;
  readonly channelOf: JsonPath;
}

/** `{"type":"subscribe","channel":"a"}` and its like: what `listen --mode pubsub` understands. */
export const DEFAULT_CHANNELS: ChannelShape = {
  subscribe: (channel) => JSON.stringify({ type: "subscribe", channel }),
  unsubscribe: (channel) => JSON.stringify({ type: "unsubscribe", channel }),
  publish: (channel, data) =>
    `{"type":"publish","channel":${JSON.stringify(channel)},"data":${data}}`,
  channelOf: (message) =>
    typeof message === "object" && message !== null && "channel" in message
      ? message.channel
      : undefined,
};

/** Messages with `{{channel}}`, and for publishing `{{data}}`. */
export interface ChannelTemplates {
  readonly subscribe?: string | undefined;
  readonly unsubscribe?: string | undefined;
  readonly publish?: string | undefined;
  /** JSONPath of the channel in what comes. */
  readonly label?: string | undefined;
}

/**
 * The shape with what is given in place of the usual. Each template is named by its flag: `--sub-as`,
 * `--unsub-as`, `--pub-as`, and `--channel-path` for the label.
 * @throws FramecatError (usage) naming the flag and the position
 */
export async function parseChannelShape(given: ChannelTemplates): Promise<ChannelShape> {
  const { subscribe, unsubscribe, publish, label } = given;
  return {
    ...DEFAULT_CHANNELS,
    ...(subscribe !== undefined && { subscribe: naming(subscribe, "--sub-as") }),
    ...(unsubscribe !== undefined && { unsubscribe: naming(unsubscribe, "--unsub-as") }),
    ...(publish !== undefined && { publish: publishing(publish, "--pub-as") }),
    ...(label !== undefined && { channelOf: await compileJsonPath(label, "--channel-path") }),
  };
}

function naming(text: string, flag: string): ChannelShape["subscribe"] {
  const fill = compileShape(text, flag, ["channel"]);
  return (channel) => fill({ channel });
}

function publishing(text: string, flag: string): ChannelShape["publish"] {
  const fill = compileShape(text, flag, ["channel", "data"]);
  return (channel, data) => fill({ channel, data });
}

/** What was typed, as JSON: as it is where it is JSON already, else as a string. */
export function asJson(text: string): string {
  try {
    JSON.parse(text);
    return text.trim();
  } catch {
    return JSON.stringify(text);
  }
}

/**
 * The channels that were subscribed to, for labels on what comes and for subscribing again after a
 * connection was lost.
 *
 * From the first subscription on every message is labelled that names a channel, also one that was not
 * asked for by this name: who subscribes to `news.*` gets messages of `news.sport`. Before it, and when
 * none is left, no message is looked at.
 */
export class Channels {
  readonly #shape: ChannelShape;
  readonly #subscribed = new Set<string>();

  constructor(shape: ChannelShape = DEFAULT_CHANNELS) {
    this.#shape = shape;
  }

  /** In the order of subscribing. */
  get subscribed(): readonly string[] {
    return [...this.#subscribed];
  }

  /** The message that subscribes. */
  subscribe(channel: string): string {
    this.#subscribed.add(channel);
    return this.#shape.subscribe(channel);
  }

  /** The message that ends a subscription, be it one of ours or not. */
  unsubscribe(channel: string): string {
    this.#subscribed.delete(channel);
    return this.#shape.unsubscribe(channel);
  }

  /** The message that publishes. @param text JSON, or any other text, which becomes a JSON string */
  publish(channel: string, text: string): string {
    return this.#shape.publish(channel, asJson(text));
  }

  /** The channel that a received message names; it is the peer's text. */
  labelOf(payload: Uint8Array): string | undefined {
    if (this.#subscribed.size === 0) return undefined;
    const channel = this.#shape.channelOf(parseMessage(payload));
    return typeof channel === "string" ? channel : undefined;
  }
}
