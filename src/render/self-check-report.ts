import type { SelfCheck, Spread } from "../bench/self-check.ts";
import { field, type FieldOptions, type Piece, piece, words } from "./fields.ts";
import { formatCount, formatLatency, formatPlural } from "./format.ts";

/** What the client is able to by itself; how far it can be trusted comes last. */
export function selfCheckReport(check: SelfCheck, options: FieldOptions): string[] {
  const { theme } = options;
  const { cores, workers, connections, message, fastest, paced } = check;
  const subject = [
    piece("this client and its own echo server", theme.bold),
    piece(formatPlural(connections, "socket")),
    piece(`${formatPlural(workers, "worker")} on ${formatPlural(cores, "core")}`),
    piece(message),
  ];
  const pace = `${formatCount(paced.ratePerSecond)} msg/s`;
  return [
    ...field("self-check", subject, options),
    "",
    ...fastest.flatMap(({ inFlight, roundTripsPerSecond, clientCpuUsPerRoundTrip }, i) =>
      field(
        i === 0 ? "at most" : "",
        [
          piece(`${formatCount(roundTripsPerSecond)} round trips/s, ${inFlight} in flight`),
          piece(`${micros(clientCpuUsPerRoundTrip)} of client CPU each`),
        ],
        options,
      ),
    ),
    ...field("floor", spread(paced.latencyMs, `latency at ${pace}`), options),
    ...field("lateness", spread(paced.slipMs, `of sending at ${pace}`), options),
    ...field(
      "busy",
      [piece(`the busiest worker in ${Math.round(paced.busy * 100)} % of the time at ${pace}`)],
      options,
    ),
    "",
    ...trustLines(check, options),
  ];
}

function spread({ p50, p99, max }: Spread, what: string): Piece[] {
  return [
    piece(`p50 ${formatLatency(p50)}, p99 ${formatLatency(p99)}, max ${formatLatency(max)}`),
    piece(what),
  ];
}

function trustLines(check: SelfCheck, options: FieldOptions): string[] {
  const { theme } = options;
  const { limits, paced, trustedPerSecond } = check;
  if (trustedPerSecond === 0) {
    const text = `no figure of this machine: even at ${formatCount(paced.ratePerSecond)} msg/s it was the limit itself.`;
    return [
      ...field("trust", words(text, theme.bad), options),
      ...limits.flatMap((limit) => field("", words(limit, theme.warn), options)),
    ];
  }
  const { p50, p99 } = paced.latencyMs;
  const rate = formatCount(Number(trustedPerSecond.toPrecision(2)));
  const text =
    `its figures up to about ${rate} messages a second; beyond that they are the client's own limit. ` +
    `Of each latency up to ${formatLatency(p50)}, and ${formatLatency(p99)} at p99, is the client's and loopback's own.`;
  return field("trust", words(text, theme.good), options);
}

function micros(us: number): string {
  return `${us.toFixed(us < 9.95 ? 1 : 0)} µs`;
}
