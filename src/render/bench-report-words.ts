import type { HistogramName, LoadModel, Measure } from "../bench/result.ts";
import { formatBytes, formatCount, formatLatency } from "./format.ts";

/** What a run measures in the words of its report. */
export interface MeasureWords {
  /** What is timed, as rows of a table are called. */
  readonly time: string;
  /** The same in titles. */
  readonly times: string;
  /** Label of the line that tells what became of all that was sent. */
  readonly sent: string;
  /** One of what is sent, in sentences. */
  readonly noun: string;
  /** What is sent, as a rate of it is given. */
  readonly sentRate: string;
  /** What is counted per second. */
  readonly perSecond: string;
  /** The histogram that the run is about. */
  readonly histogram: HistogramName;
}

const PINGS = { sent: "pings", noun: "ping", sentRate: "pings/s", perSecond: "pings/s" };
const MESSAGES = { sent: "messages", noun: "message", sentRate: "msg/s", perSecond: "msg/s" };

const MEASURES: Readonly<Record<Measure, MeasureWords>> = {
  echo: { ...MESSAGES, time: "echo", times: "echo times", histogram: "latency" },
  ping: { ...PINGS, time: "ping", times: "ping times", histogram: "latency" },
  push: { ...MESSAGES, time: "gap", times: "gaps between messages", histogram: "gap" },
  fanout: {
    time: "delivery",
    times: "delivery times",
    sent: "published",
    noun: "publication",
    sentRate: "published/s",
    perSecond: "deliveries/s",
    histogram: "latency",
  },
  connect: {
    time: "handshake",
    times: "handshake times",
    sent: "handshakes",
    noun: "handshake",
    sentRate: "handshakes/s",
    perSecond: "handshakes/s",
    histogram: "handshake",
  },
  hold: { ...PINGS, time: "ping", times: "ping times", histogram: "latency" },
};

export function measureWords(measure: Measure): MeasureWords {
  return MEASURES[measure];
}

/** `closed model, 16 in flight`; `open model, 4,000 msg/s, poisson`. */
export function loadWords(load: LoadModel, { sentRate }: MeasureWords): string {
  if (load.model === "closed") {
    const think = load.thinkMs > 0 ? `, ${latency(load.thinkMs)} think time` : "";
    return `closed model, ${formatCount(load.inFlight)} in flight${think}`;
  }
  const each = load.per === "socket" ? " per socket" : "";
  const arrival = load.arrival === "poisson" ? ", poisson" : "";
  return `open model, ${rate(load.ratePerSecond)} ${sentRate}${each}${arrival}`;
}

/** A latency in the middle of a sentence: `0.42 ms`. */
export function latency(ms: number): string {
  return formatLatency(ms).replace(/(m?s)$/, " $1");
}

/** What happens less than ten times a second has a fraction: `0.5`, `4,000`. */
export function rate(perSecond: number): string {
  return perSecond < 9.95 && !Number.isInteger(perSecond)
    ? perSecond.toFixed(perSecond < 0.095 ? 3 : 1)
    : formatCount(perSecond);
}

export function byteRate(perSecond: number): string {
  return `${formatBytes(perSecond)}/s`;
}

/** What is there is not shown as nothing, nor nothing as a little, nor nearly all as all. */
export function percent(share: number): string {
  if (share === 0 || share === 1) return `${share * 100} %`;
  if (share < 0.0001) return "<0.01 %";
  if (share > 0.9995) return ">99.9 %";
  return `${(share * 100).toFixed(share < 0.0995 ? 2 : 1)} %`;
}
