import { readFileSync } from "node:fs";
import {
  type Content,
  constantPayload,
  type MessagePlan,
  type WeightedContent,
} from "../bench/composer.ts";
import type { Measure } from "../bench/result.ts";
import { errnoWords } from "../errno-words.ts";
import { usageError } from "../errors.ts";
import { DEFAULT_CHANNELS } from "../scenario/channels.ts";
import { parseRows } from "../scenario/data-rows.ts";
import { keyReaders, type Match, parseMatch } from "../scenario/matcher.ts";
import { MIN_NUMBERED_LENGTH } from "../scenario/payload.ts";
import { describeSizes, maxSize, minSize, parseSizes, type SizeSpec } from "../scenario/sizes.ts";
import { compileTemplate } from "../scenario/template.ts";
import { parseCount } from "../units.ts";
import type { Args } from "./command.ts";
import { readReplay } from "./replay-file.ts";

/** What is sent, and the same in words. */
export interface MessageFlags {
  readonly message: MessagePlan;
  /** Of the table that `--data` names. */
  readonly columns: readonly string[] | undefined;
  readonly words: string;
}

const MAX_MESSAGE_BYTES = 64 * 2 ** 20;
const PLACEHOLDER = "{{";
const STAMP = "{{stamp}}";
/** Of a stamp in the first hours of a machine. */
const STAMP_BYTES = 40;

/**
 * Reads the flags that say what is sent and how replies belong to it.
 * @throws FramecatError (usage)
 */
export async function readMessageFlags(args: Args, measure: Measure): Promise<MessageFlags> {
  const kind = args.flag("binary") ? "binary" : "text";
  const match = await parseMatch(args.text("match") ?? "order", "--match");
  const sizes = readSizes(args, match);
  const rows = readRows(args);
  const columns = rows && (await parseRows(rows.text, rows.name)).columns;
  const recording = await readSteps(args);
  const message: MessagePlan = {
    kind,
    contents: readContents(args, sizes, match),
    rows,
    recording,
    published: measure === "fanout" ? readPublished(args, sizes, columns) : undefined,
    match,
    verify: args.flag("verify"),
    onOpen: readGreetings(args),
  };
  checkTemplates(message, columns);
  await checkKeys(message);
  return { message, columns, words: wordsOf(message, sizes, measure) };
}

function readSizes(args: Args, match: Match): SizeSpec {
  const sizes = parseSizes(args.text("size") ?? "20", "--size");
  if (maxSize(sizes) > MAX_MESSAGE_BYTES) {
    throw usageError("--size is at most 64MiB: every worker holds the message in memory");
  }
  const numbered = match.by === "seq" && args.list("payload").length === 0;
  if (numbered && minSize(sizes) < MIN_NUMBERED_LENGTH) {
    throw usageError(
      `--match seq needs messages of at least ${MIN_NUMBERED_LENGTH} bytes, to hold their number`,
      `Give a --size from ${MIN_NUMBERED_LENGTH} on.`,
    );
  }
  return sizes;
}

function readContents(args: Args, sizes: SizeSpec, match: Match): WeightedContent[] {
  const payloads = args.list("payload");
  const weights = readWeights(args, payloads.length);
  if (payloads.length === 0) {
    // A recording brings its own messages.
    const by = args.text("replay") === undefined ? match.by : "order";
    return [{ weight: 1, content: ownContent(sizes, by) }];
  }
  return payloads.map((text, i) => ({ weight: weights[i] ?? 1, content: readContent(text) }));
}

function ownContent(sizes: SizeSpec, by: Match["by"]): Content {
  if (by === "json") {
    throw usageError(
      "--match json: needs messages that hold its path",
      `Give one with --payload, as '{"id":{{seq}}}'.`,
    );
  }
  return { type: by === "seq" ? "numbered" : "letters", sizes };
}

function readContent(text: string): Content {
  if (!text.startsWith("@")) return contentOf(Buffer.from(text));
  const bytes = readFile(text.slice(1), "--payload");
  if (bytes.length > MAX_MESSAGE_BYTES) throw usageError(`--payload ${text} is longer than 64MiB`);
  return contentOf(bytes);
}

/** Only valid UTF-8 can be a template. */
function contentOf(bytes: Buffer): Content {
  const text = bytes.toString("utf8");
  if (!text.includes(PLACEHOLDER) || !Buffer.from(text).equals(bytes)) {
    return { type: "bytes", bytes };
  }
  return { type: "template", text };
}

function readWeights(args: Args, count: number): number[] {
  const text = args.text("weights");
  if (text === undefined) return [];
  if (count === 0) throw usageError("--weights needs --payload");
  const weights = text.split(",").map((part) => parseCount(part, "--weights", 0, 1e6));
  if (weights.length === count && weights.some((weight) => weight > 0)) return weights;
  throw usageError(`--weights must be one number for each --payload, of which there are ${count}`);
}

function readRows(args: Args): MessagePlan["rows"] {
  const name = args.text("data");
  return name === undefined ? undefined : { name, text: readFile(name, "--data").toString("utf8") };
}

async function readSteps(args: Args): Promise<MessagePlan["recording"]> {
  const name = args.text("replay");
  return name === undefined ? undefined : (await readReplay(name)).steps;
}

/** What is published: with a channel in the form of `listen --mode pubsub`. */
function readPublished(
  args: Args,
  sizes: SizeSpec,
  columns: readonly string[] | undefined,
): string {
  const [given, ...more] = args.list("payload");
  if (more.length > 0) throw usageError("--measure fanout publishes one kind of --payload");
  if (given !== undefined) return checkPublished(textOf(given), columns);
  const channel = args.text("channel");
  const wanted = sizes.kind === "fixed" ? sizes.size : maxSize(sizes);
  const text = (pad: string): string => {
    const data = `{"stamp":"${STAMP}","pad":"${pad}"}`;
    return channel === undefined ? data : DEFAULT_CHANNELS.publish(channel, data);
  };
  return text("x".repeat(Math.max(0, wanted - publishedLength(text("")))));
}

/** What a message is long about, with its stamp, whose numbers grow. */
function publishedLength(published: string): number {
  const stamps = published.split(STAMP).length - 1;
  return Buffer.byteLength(published) + stamps * (STAMP_BYTES - STAMP.length);
}

function checkPublished(text: string, columns: readonly string[] | undefined): string {
  if (!text.includes(STAMP)) {
    throw usageError(
      "a --payload to publish must hold {{stamp}}",
      "By it subscribers tell when it was sent.",
    );
  }
  for (const part of text.split(STAMP)) compileTemplate(part, "--payload", columns);
  return text;
}

function textOf(given: string): string {
  return given.startsWith("@") ? readFile(given.slice(1), "--payload").toString("utf8") : given;
}

function readGreetings(args: Args): string[] {
  const channel = args.text("channel");
  const subscribe = channel === undefined ? [] : [DEFAULT_CHANNELS.subscribe(channel)];
  return [...subscribe, ...args.list("send")];
}

function checkTemplates(
  { contents, onOpen, published }: MessagePlan,
  columns: readonly string[] | undefined,
): void {
  for (const text of onOpen) compileTemplate(text, "--send", columns);
  if (published !== undefined) return;
  for (const { content } of contents) {
    if (content.type === "template") compileTemplate(content.text, "--payload", columns);
  }
}

/** A message that never has a key would never have a reply. */
async function checkKeys(message: MessagePlan): Promise<void> {
  const payload = constantPayload(message);
  const readers = await keyReaders(message.match, "--match");
  if (!payload || !readers || readers.request(payload) !== undefined) return;
  const path = message.match.by === "json" ? message.match.request : "number";
  throw usageError(
    `the --payload has no ${path} to match replies by`,
    "It may hold {{seq}}, so that each message has its own.",
  );
}

function wordsOf(
  { kind, contents, recording, published }: MessagePlan,
  sizes: SizeSpec,
  measure: Measure,
): string {
  if (measure === "ping" || measure === "hold") return "pings";
  if (measure === "push" || measure === "connect") return "nothing";
  if (recording) return `a recording of ${recording.length} messages`;
  if (published !== undefined) return `about ${publishedLength(published)} B ${kind}`;
  const [first, ...more] = contents;
  if (more.length > 0) return `${contents.length} kinds of ${kind}`;
  if (first?.content.type === "template") return `templated ${kind}`;
  if (first?.content.type === "bytes") {
    return `${describeSizes({ kind: "fixed", size: first.content.bytes.length })} ${kind}`;
  }
  const numbered = first?.content.type === "numbered" ? "numbered " : "";
  return `${describeSizes(sizes)} ${numbered}${kind}`;
}

function readFile(name: string, flag: string): Buffer {
  try {
    return readFileSync(name);
  } catch (thrown) {
    throw usageError(`${flag}: cannot read ${name}: ${errnoWords(thrown)}`);
  }
}
