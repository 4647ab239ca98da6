import type * as Prometheus from "prom-client";
import { type Clock, elapsedMs } from "../../clock.ts";
import type { Counters } from "../counters.ts";
import { type ProcessFigures, ProcessMeter } from "./process-metrics.ts";

/** What the figures are taken from. */
export interface MetricSource {
  readonly counters: Pick<
    Counters,
    "opened" | "connected" | "refusals" | "closes" | "faults" | "traffic"
  >;
  /** Bytes that wait to be sent to clients, all together. */
  readonly buffered: () => number;
  readonly clock: Clock;
  /** What the server does, and the version of this program. */
  readonly mode: string;
  readonly version: string;
}

/** The figures of one process at a moment, which can travel to another process. */
export type MetricsSnapshot = readonly object[];

/** The figures of several processes are added up, but for those of which that says nothing. */
type Together = "sum" | "first" | "min" | "max";

type Library = typeof Prometheus;

/** Figures of a server for Prometheus; nothing is done for them but when they are asked for. */
export class Metrics {
  readonly #source: MetricSource;
  readonly #prometheus: Library;
  readonly #since: bigint;
  readonly #process = new ProcessMeter();

  private constructor(source: MetricSource, prometheus: Library, since: bigint) {
    this.#source = source;
    this.#prometheus = prometheus;
    this.#since = since;
  }

  /** @param since when the server began, as its clock told */
  static async open(source: MetricSource, since: bigint): Promise<Metrics> {
    return new Metrics(source, await import("prom-client"), since);
  }

  /** Figures of now. */
  async snapshot(): Promise<MetricsSnapshot> {
    const registry = new this.#prometheus.Registry();
    const sheet = new Sheet(this.#prometheus, registry);
    this.#writeServer(sheet);
    writeProcess(sheet, this.#process.read());
    return registry.getMetricsAsJSON();
  }

  close(): void {
    this.#process.close();
  }

  #writeServer(sheet: Sheet): void {
    const { counters, buffered, clock, mode, version } = this.#source;
    const { opened, connected, refusals, closes, faults } = counters;
    const traffic = Object.entries(counters.traffic);
    const upSeconds = elapsedMs(this.#since, clock.now().ns) / 1000;
    sheet.gauge("framecat_build_info", "What serves, in its labels.", 1, "first", {
      mode,
      version,
    });
    sheet.gauge("framecat_processes", "Processes that these figures are of, all together.", 1);
    sheet.gauge("framecat_uptime_seconds", "Time since the server began.", upSeconds, "max");
    sheet.gauge("framecat_connections_open", "Clients that are connected.", connected);
    sheet.counter("framecat_connections_opened_total", "Connections that were opened.", opened);
    sheet.counters(
      "framecat_connections_closed_total",
      "Connections that have ended, by close code.",
      "code",
      closes,
    );
    sheet.counters(
      "framecat_refusals_total",
      "Requests and clients refused, by the kind of guard.",
      "kind",
      refusals,
    );
    sheet.counters("framecat_faults_total", "Faults on purpose that have struck.", "fault", faults);
    const by = (field: "messages" | "payloadBytes" | "wireBytes") =>
      traffic.map(([direction, tally]) => [direction, tally[field]] as const);
    sheet.counters(
      "framecat_messages_total",
      "Messages, in from clients and out to them.",
      "direction",
      by("messages"),
    );
    sheet.counters(
      "framecat_message_bytes_total",
      "Bytes of messages, as they are before they are deflated.",
      "direction",
      by("payloadBytes"),
    );
    sheet.counters(
      "framecat_wire_bytes_total",
      "Bytes of frames, headers included, as on the wire.",
      "direction",
      by("wireBytes"),
    );
    sheet.gauge("framecat_buffered_bytes", "Bytes that wait to be sent to clients.", buffered());
  }
}

/** The names are those that dashboards for Node know. */
function writeProcess(sheet: Sheet, figures: ProcessFigures): void {
  const { cpuUserSeconds: user, cpuSystemSeconds: system, lagSeconds } = figures;
  sheet.counter("process_cpu_user_seconds_total", "User CPU time spent.", user);
  sheet.counter("process_cpu_system_seconds_total", "System CPU time spent.", system);
  sheet.counter("process_cpu_seconds_total", "User and system CPU time spent.", user + system);
  sheet.gauge("process_resident_memory_bytes", "Resident memory size.", figures.residentBytes);
  sheet.gauge(
    "process_start_time_seconds",
    "Start time since the Unix epoch.",
    figures.startSeconds,
    "min",
  );
  sheet.gauge("process_open_fds", "Open file descriptors.", figures.openFiles);
  sheet.gauge("process_max_fds", "Most open file descriptors.", figures.maxFiles);
  const lag = (which: string): string => `How late timers were since the last look, ${which}.`;
  sheet.gauge("nodejs_eventloop_lag_p50_seconds", lag("median"), lagSeconds.p50, "max");
  sheet.gauge("nodejs_eventloop_lag_p99_seconds", lag("99th percentile"), lagSeconds.p99, "max");
  sheet.gauge("nodejs_eventloop_lag_max_seconds", lag("most"), lagSeconds.max, "max");
}

/** Takes figures down one by one. */
class Sheet {
  readonly #prometheus: Library;
  readonly #registry: Prometheus.Registry;

  constructor(prometheus: Library, registry: Prometheus.Registry) {
    this.#prometheus = prometheus;
    this.#registry = registry;
  }

  /** @param value undefined where it is not known, and so not told */
  gauge(
    name: string,
    help: string,
    value: number | undefined,
    aggregator: Together = "sum",
    labels: Readonly<Record<string, string>> = {},
  ): void {
    if (value === undefined) return;
    const gauge: Prometheus.Gauge = new this.#prometheus.Gauge({
      name,
      help,
      aggregator,
      labelNames: Object.keys(labels),
      registers: [this.#registry],
    });
    gauge.set(labels, value);
  }

  counter(name: string, help: string, value: number): void {
    this.#counter(name, help).inc(value);
  }

  counters(
    name: string,
    help: string,
    label: string,
    values: Iterable<readonly [key: string | number, value: number]>,
  ): void {
    const counter = this.#counter(name, help, label);
    for (const [key, value] of values) counter.inc({ [label]: String(key) }, value);
  }

  #counter(name: string, help: string, ...labelNames: string[]): Prometheus.Counter {
    return new this.#prometheus.Counter({ name, help, labelNames, registers: [this.#registry] });
  }
}

/** The figures of processes that serve together, as a text for Prometheus. */
export async function metricsText(
  snapshots: readonly MetricsSnapshot[],
): Promise<{ readonly type: string; readonly text: string }> {
  const { AggregatorRegistry } = await import("prom-client");
  const registry = AggregatorRegistry.aggregate(snapshots.map((one) => [...one]));
  return { type: registry.contentType, text: await registry.metrics() };
}
