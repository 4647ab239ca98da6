import { EXIT_CODES, type FailureCode, messageOf, usageError } from "../errors.ts";
import { decodeCounts } from "./encoded-counts.ts";
import { FAILURE_KINDS, type FailureCount } from "./failures.ts";
import {
  type AssertionResult,
  type BenchResult,
  type BenchSettings,
  type ClientResult,
  HISTOGRAM_NAMES,
  type HistogramResult,
  type Interval,
  type LoadModel,
  type MessageCounts,
  type RunLength,
  type ServerResult,
  type ServerSample,
  type SocketResult,
  type Stage,
  type StreamCounts,
  type Throughput,
} from "./result.ts";
import {
  amount,
  count,
  flag,
  list,
  mismatch,
  number,
  object,
  oneOf,
  type Shape,
  someOf,
  text,
  variants,
} from "./shape.ts";

/**
 * A result that was saved, field by field. A file may be damaged, written by hand or meant to harm:
 * what comes out of here is a result in every field, and its histograms decode.
 */
const CODES = Object.keys(EXIT_CODES) as FailureCode[];

const moment: Shape<string> = (value, at) => {
  const written = text(value, at);
  if (/^\d{4}-\d\d-\d\dT/.test(written) && !Number.isNaN(Date.parse(written))) return written;
  throw mismatch(at, "a time such as 2026-01-31T12:00:00.000Z", value);
};

const LOAD = variants<LoadModel>("model", {
  closed: object<Extract<LoadModel, { model: "closed" }>>(
    { model: oneOf(["closed"]), inFlight: count, thinkMs: amount },
    {},
  ),
  open: object<Extract<LoadModel, { model: "open" }>>(
    {
      model: oneOf(["open"]),
      ratePerSecond: amount,
      per: oneOf(["total", "socket"]),
      arrival: oneOf(["constant", "poisson"]),
    },
    {},
  ),
});

const LENGTH = variants<RunLength>("kind", {
  duration: object<Extract<RunLength, { kind: "duration" }>>(
    { kind: oneOf(["duration"]), durationMs: amount },
    {},
  ),
  messages: object<Extract<RunLength, { kind: "messages" }>>(
    { kind: oneOf(["messages"]), count },
    {},
  ),
});

const SETTINGS = object<BenchSettings>(
  {
    measure: oneOf(["echo", "ping", "push", "fanout", "connect", "hold"]),
    load: LOAD,
    connections: count,
    stages: list(object<Stage>({ durationMs: amount, connections: count }, {})),
    churnPerSecond: amount,
    length: LENGTH,
    warmupMs: amount,
    drainMs: amount,
    message: text,
    match: text,
    verify: flag,
    deflate: flag,
  },
  { shard: object<NonNullable<BenchSettings["shard"]>>({ indexes: list(count), count }, {}) },
);

const SOCKETS = object<SocketResult>(
  {
    attempted: count,
    opened: count,
    failed: count,
    unfinished: count,
    open: count,
    closed: count,
    broken: count,
    peak: count,
    connectMs: amount,
  },
  {},
);

const MESSAGES = object<MessageCounts>(
  {
    planned: count,
    unsent: count,
    sent: count,
    answered: count,
    wrong: count,
    lost: count,
    inFlight: count,
    duplicated: count,
    reordered: count,
    unexpected: count,
  },
  {},
);

const STREAM = object<StreamCounts>(
  { expected: count, received: count, missing: count, duplicated: count, reordered: count },
  {},
);

const THROUGHPUT = object<Throughput>(
  {
    windowMs: amount,
    messagesOutPerSecond: amount,
    messagesInPerSecond: amount,
    bytesOutPerSecond: amount,
    bytesInPerSecond: amount,
  },
  {},
);

const HISTOGRAM_FIELDS = object<HistogramResult>(
  {
    count,
    min: amount,
    p50: amount,
    p90: amount,
    p99: amount,
    p99_9: amount,
    p99_99: amount,
    max: amount,
    mean: amount,
    stddev: amount,
    encoded: text,
  },
  {},
);

/** The encoded form decodes, and holds as many values as are told. */
const histogram: Shape<HistogramResult> = (value, at) => {
  const read = HISTOGRAM_FIELDS(value, at);
  const total = totalOf(read.encoded, `${at}.encoded`);
  if (total === read.count && total > 0) return read;
  throw usageError(`${at}.count must be that of its histogram, ${total}, and not 0`);
};

function totalOf(encoded: string, at: string): number {
  try {
    return decodeCounts(encoded).reduce(
      (sum, each, index) => sum + (index % 2 === 0 ? 0 : each),
      0,
    );
  } catch (thrown) {
    throw usageError(`${at} is no histogram: ${messageOf(thrown)}`);
  }
}

const INTERVAL = object<Interval>(
  {
    startMs: number,
    endMs: number,
    counted: flag,
    open: count,
    opened: count,
    messagesOut: count,
    messagesIn: count,
    bytesOut: count,
    bytesIn: count,
    failures: someOf(FAILURE_KINDS, count),
    busy: amount,
  },
  { latency: histogram },
);

/** In the order of time, and none without a length. */
const intervals: Shape<readonly Interval[]> = (value, at) => {
  const read = list(INTERVAL)(value, at);
  for (const [index, { startMs, endMs }] of read.entries()) {
    const before = read[index - 1]?.startMs ?? Number.NEGATIVE_INFINITY;
    if (startMs <= before) throw usageError(`${at}[${index}].startMs must be after ${before}`);
    if (endMs <= startMs) throw usageError(`${at}[${index}].endMs must be after ${startMs}`);
  }
  return read;
};

const CLIENT = object<ClientResult>(
  {
    workers: count,
    deaths: list(text),
    cpuMs: amount,
    waitedMs: amount,
    busy: amount,
    loopUtilization: amount,
    loopDelayMs: object<ClientResult["loopDelayMs"]>({ p99: amount, max: amount }, {}),
    gc: object<ClientResult["gc"]>({ count, totalMs: amount, maxMs: amount }, {}),
    maxBufferedBytes: count,
    rssBytes: count,
    limits: list(text),
  },
  { rssBytesPerConnection: amount },
);

const SAMPLE = object<ServerSample>(
  { atMs: number, cores: amount, rssBytes: count, threads: count },
  { openFiles: count },
);

const SERVER = object<ServerResult>(
  {
    pid: count,
    cpuMs: amount,
    cores: amount,
    maxRssBytes: count,
    maxThreads: count,
    samples: list(SAMPLE),
  },
  {
    endedAtMs: number,
    maxOpenFiles: count,
    cpuUsPerMessage: amount,
    rssBytesPerConnection: amount,
  },
);

const FAILURE = object<FailureCount>(
  { kind: oneOf(FAILURE_KINDS), code: oneOf(CODES), message: text, count },
  { hint: text },
);

const ASSERTION = object<AssertionResult>(
  {
    expression: text,
    passed: flag,
    bound: number,
    unit: oneOf(["ms", "percent", "per-second", "count", "bytes"]),
  },
  { actual: number },
);

export const RESULT_SHAPE = object<BenchResult>(
  {
    v: oneOf(["framecat.bench/1"]),
    startedAt: moment,
    url: text,
    embedded: flag,
    settings: SETTINGS,
    ending: oneOf(["completed", "interrupted", "stalled", "disconnected"]),
    sockets: SOCKETS,
    messages: MESSAGES,
    throughput: THROUGHPUT,
    histograms: someOf(HISTOGRAM_NAMES, histogram),
    intervals,
    client: CLIENT,
    refusals: list(FAILURE),
    breaks: list(FAILURE),
    assertions: list(ASSERTION),
    discrepancies: list(text),
  },
  { stream: STREAM, server: SERVER },
);
