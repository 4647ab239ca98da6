const NOBODY: ReadonlySet<never> = new Set();

/** Who listens to which channel, found from either side; nothing is kept of who listens to none. */
export class Subscriptions<Subscriber> {
  readonly #byChannel = new Map<string, Set<Subscriber>>();
  readonly #bySubscriber = new Map<Subscriber, Set<string>>();

  /** Channels that somebody listens to and by how many, the busiest first. */
  get counts(): readonly (readonly [channel: string, subscribers: number])[] {
    return Array.from(this.#byChannel, ([channel, { size }]) => [channel, size] as const).toSorted(
      ([, one], [, other]) => other - one,
    );
  }

  subscribersOf(channel: string): ReadonlySet<Subscriber> {
    return this.#byChannel.get(channel) ?? NOBODY;
  }

  channelsOf(subscriber: Subscriber): ReadonlySet<string> {
    return this.#bySubscriber.get(subscriber) ?? NOBODY;
  }

  add(subscriber: Subscriber, channel: string): void {
    insert(this.#byChannel, channel, subscriber);
    insert(this.#bySubscriber, subscriber, channel);
  }

  remove(subscriber: Subscriber, channel: string): void {
    take(this.#byChannel, channel, subscriber);
    take(this.#bySubscriber, subscriber, channel);
  }

  removeAll(subscriber: Subscriber): void {
    for (const channel of this.channelsOf(subscriber)) take(this.#byChannel, channel, subscriber);
    this.#bySubscriber.delete(subscriber);
  }
}

function insert<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  if (set) set.add(value);
  else sets.set(key, new Set([value]));
}

function take<Key, Value>(sets: Map<Key, Set<Value>>, key: Key, value: Value): void {
  const set = sets.get(key);
  set?.delete(value);
  if (set?.size === 0) sets.delete(key);
}
