import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../../src/io.ts";
import { Metrics, type MetricSource, metricsText } from "../../../src/server/http/metrics.ts";
import { echo } from "../../../src/server/modes/echo.ts";
import { startListener } from "../../helpers/listener.ts";
import { parseMetrics } from "../../helpers/prometheus.ts";
import { dialTo, eventually } from "../../helpers/transport.ts";

const TALLY = { messages: 2, payloadBytes: 30, wireBytes: 40 };

function sourceOf(given: Partial<MetricSource["counters"]> = {}): MetricSource {
  return {
    counters: {
      opened: 5,
      connected: 3,
      refusals: new Map([["origin", 2]]),
      closes: new Map([
        [1000, 1],
        [4001, 1],
      ]),
      faults: new Map(),
      traffic: { in: TALLY, out: { ...TALLY, messages: 7 } },
      ...given,
    },
    buffered: () => 123,
    clock: systemClock,
    mode: "echo",
    version: "1.2.3",
  };
}

async function open(source: MetricSource, since = systemClock.now().ns): Promise<Metrics> {
  const metrics = await Metrics.open(source, since);
  onTestFinished(() => metrics.close());
  return metrics;
}

const samplesOf = (text: string, name: string) =>
  Object.fromEntries(parseMetrics(text).get(name)?.samples ?? []);

describe("the figures of a server", () => {
  it("are a text that Prometheus reads", async () => {
    const metrics = await open(sourceOf());
    const { type, text } = await metricsText([await metrics.snapshot()]);
    expect(type).toBe("text/plain; version=0.0.4; charset=utf-8");
    const told = [...parseMetrics(text)].map(
      ([name, { type: kind, samples }]) => `${kind} ${name} ${[...samples.keys()].join(" ")}`,
    );
    expect(told.filter((line) => line.includes(" framecat_"))).toEqual([
      'gauge framecat_build_info {mode="echo",version="1.2.3"}',
      "gauge framecat_processes ",
      "gauge framecat_uptime_seconds ",
      "gauge framecat_connections_open ",
      "counter framecat_connections_opened_total ",
      'counter framecat_connections_closed_total {code="1000"} {code="4001"}',
      'counter framecat_refusals_total {kind="origin"}',
      "counter framecat_faults_total ",
      'counter framecat_messages_total {direction="in"} {direction="out"}',
      'counter framecat_message_bytes_total {direction="in"} {direction="out"}',
      'counter framecat_wire_bytes_total {direction="in"} {direction="out"}',
      "gauge framecat_buffered_bytes ",
    ]);
    expect(told.some((line) => line.startsWith("gauge process_resident_memory_bytes"))).toBe(true);
    expect(samplesOf(text, "framecat_messages_total")).toEqual({
      '{direction="in"}': 2,
      '{direction="out"}': 7,
    });
    expect(samplesOf(text, "framecat_buffered_bytes")).toEqual({ "": 123 });
  });

  it("have names and helps by the conventions", async () => {
    const { text } = await metricsText([await (await open(sourceOf())).snapshot()]);
    for (const [name, { type, help }] of parseMetrics(text)) {
      expect([name, name.endsWith("_total")]).toEqual([name, type === "counter"]);
      expect(name).not.toMatch(/_(ms|milliseconds|kib|count)\b/);
      expect(help).toMatch(/^[A-Z].+\.$/);
    }
  });

  it("keep what somebody made up within its label", async () => {
    const refusals = new Map([['x"\n\\} 1', 1]]);
    const { text } = await metricsText([await (await open(sourceOf({ refusals }))).snapshot()]);
    expect(samplesOf(text, "framecat_refusals_total")).toEqual({
      [String.raw`{kind="x\"\n\\} 1"}`]: 1,
    });
  });

  it("of several processes are added up, but for those of which that says nothing", async () => {
    const since = systemClock.now().ns - 10_000_000_000n;
    const one = await open(sourceOf(), since);
    const other = await open(sourceOf({ opened: 10, closes: new Map([[1001, 4]]) }), since);
    const { text } = await metricsText([await one.snapshot(), await other.snapshot()]);
    expect(samplesOf(text, "framecat_processes")).toEqual({ "": 2 });
    expect(samplesOf(text, "framecat_connections_opened_total")).toEqual({ "": 15 });
    expect(samplesOf(text, "framecat_connections_closed_total")).toEqual({
      '{code="1000"}': 1,
      '{code="4001"}': 1,
      '{code="1001"}': 4,
    });
    expect(samplesOf(text, "framecat_build_info")).toEqual({ '{mode="echo",version="1.2.3"}': 1 });
    const { "": up = 0 } = samplesOf(text, "framecat_uptime_seconds");
    expect([up >= 10, up < 20]).toEqual([true, true]);
  });

  it("are those of now, each time", async () => {
    const { listener, url } = await startListener(echo);
    const { counters } = listener;
    const metrics = await open({ ...sourceOf(), counters });
    const opened = async (name: string) =>
      samplesOf((await metricsText([await metrics.snapshot()])).text, name)[""];
    expect(await opened("framecat_connections_open")).toBe(0);
    const { connection } = await dialTo(url);
    expect(await opened("framecat_connections_open")).toBe(1);
    await connection.close();
    await eventually(() => counters.connected === 0);
    expect(await opened("framecat_connections_open")).toBe(0);
    expect(await opened("framecat_connections_opened_total")).toBe(1);
  });
});
