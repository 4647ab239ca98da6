import type { BenchResult, Interval, Measure } from "./result.ts";

/**
 * What a server is asked for, per second of the measured window: messages that came in – replies,
 * deliveries, what is pushed. Pings and handshakes are answered without a message; there it is those
 * that were answered, whenever that was.
 *
 * @returns undefined where nothing is asked for, or where there was no window
 */
export function answersPerSecond({
  settings,
  messages,
  throughput,
}: BenchResult): number | undefined {
  const { windowMs, messagesInPerSecond } = throughput;
  if (windowMs === 0 || settings.measure === "hold") return undefined;
  return withoutMessages(settings.measure)
    ? (messages.answered * 1000) / windowMs
    : messagesInPerSecond;
}

/** The same in one interval, as a count. */
export function answersIn({ latency, messagesIn }: Interval, measure: Measure): number {
  return withoutMessages(measure) ? (latency?.count ?? 0) : messagesIn;
}

function withoutMessages(measure: Measure): boolean {
  return measure === "ping" || measure === "connect";
}
