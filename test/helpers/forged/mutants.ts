import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { main } from "../../../src/cli.ts";
import { concat } from "../bytes.ts";
import { CAPTURES } from "../captures.ts";
import { memoryIo } from "../memory-io.ts";
import { forgeCombined } from "./combined.ts";
import { Dice } from "./dice.ts";
import type { Trial } from "./trial.ts";

/** Forms of output; those with a name ending in `shown` are for a terminal. */
const FORMS: Readonly<Record<string, readonly string[]>> = {
  "lines shown": [],
  "table shown": ["--table"],
  "tree shown": ["--tree"],
  "messages shown": ["--messages"],
  "summary shown": ["--summary"],
  "lint shown": ["--lint", "--include", "-vv"],
  "diagram shown": ["--diagram"],
  "hex shown": ["--hex"],
  JSON: ["--json"],
  NDJSON: ["--format", "ndjson"],
  payloads: ["--payload"],
  "summary as JSON": ["--summary", "--json"],
};
/** All control characters but the newline. */
const CONTROL = /[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u200b]/;
/** Lengths, counts and times that have gone wrong elsewhere. */
const WORDS = [0, 1, 0x7f, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 16, 20, 60];
/** Nothing takes longer. */
const MAX_MS = 10_000;

type Mutation = (dice: Dice, bytes: Uint8Array, at: number) => Uint8Array;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  "an octet": (dice, bytes, at) => bytes.with(at, dice.from(0, 255)),
  "a bit": (dice, bytes, at) => bytes.with(at, (bytes[at] ?? 0) ^ (1 << dice.from(0, 7))),
  "a word": (dice, bytes, at) => {
    const copy = bytes.slice();
    const view = new DataView(copy.buffer);
    if (at + 4 <= copy.length) view.setUint32(at, dice.pick(WORDS), dice.chance(0.5));
    return copy;
  },
  "bytes left out": (dice, bytes, at) =>
    concat([bytes.subarray(0, at), bytes.subarray(at + dice.from(1, 200))]),
  "bytes more": (dice, bytes, at) =>
    concat([bytes.subarray(0, at), dice.bytes(dice.from(1, 60)), bytes.subarray(at)]),
  "bytes again": (dice, bytes, at) => {
    const from = dice.from(0, bytes.length);
    const again = bytes.subarray(from, from + dice.from(1, 400));
    return concat([bytes.subarray(0, at), again, bytes.subarray(at)]);
  },
  "the file cut": (_, bytes, at) => bytes.subarray(0, at),
};

/** Changes a capture and dumps it: any bytes give output, or one clear error that tells where. */
export async function tryMutant(seed: number): Promise<Trial> {
  const { recipe, bytes } = mutantOf(seed);
  const forms = Object.keys(FORMS);
  const form = forms[seed % forms.length]!;
  const io = memoryIo({ stdin: bytes });
  const words = ["frame-dump", ...FORMS[form]!, "--assume-websocket", "8080", "--color", "never"];
  const start = performance.now();
  const code = await main(words, io);
  const lies = complaints({ code, out: form.endsWith("shown") ? io.out() : "", err: io.err() });
  if (performance.now() - start > MAX_MS) lies.push("it takes too long");
  return { recipe: `${recipe}, as ${form}`, lies, told: 0, sent: 0 };
}

/** Writes the bytes that a seed tries. */
export function writeMutant(seed: number, path: string): void {
  writeFileSync(path, mutantOf(seed).bytes);
}

function mutantOf(seed: number): { recipe: string; bytes: Uint8Array } {
  const dice = new Dice(seed);
  const source = sourceOf(dice, seed);
  const recipe = [source.name];
  let bytes = source.bytes;
  for (let i = dice.from(1, 6); i > 0 && bytes.length > 0; i--) {
    const name = dice.pick(Object.keys(MUTATIONS));
    bytes = MUTATIONS[name]!(dice, bytes, dice.from(0, bytes.length - 1));
    recipe.push(name);
  }
  return { recipe: recipe.join(", "), bytes };
}

function sourceOf(dice: Dice, seed: number): { name: string; bytes: Uint8Array } {
  const real = existsSync(CAPTURES)
    ? readdirSync(CAPTURES).filter((name) => /\.(?:pcap|pcapng|gz|har)$/.test(name))
    : [];
  const name = real.length > 0 && dice.chance(0.7) ? dice.pick(real.toSorted()) : "forged";
  const file = name === "forged" ? forgeCombined(seed, { whole: true }).file : read(name);
  const unzip = file[0] === 0x1f && dice.chance(0.7);
  return { name, bytes: unzip ? new Uint8Array(gunzipSync(file)) : file };
}

function read(name: string): Uint8Array {
  return new Uint8Array(readFileSync(CAPTURES + name));
}

interface Outcome {
  readonly code: number;
  /** What a terminal is to show. */
  readonly out: string;
  readonly err: string;
}

function complaints({ code, out, err }: Outcome): string[] {
  const errors = err.split("\n").filter((line) => line.includes("(exit 2)"));
  const checks: readonly (readonly [boolean, string])[] = [
    [[0, 2, 33].includes(code), `exit ${code}: ${err}`],
    [!/\bat .*:\d+:\d+|defect/.test(err), `a defect: ${err}`],
    [errors.length === (code === 2 ? 1 : 0), `${errors.length} errors: ${err}`],
    [errors.every(tellsWhere), `it does not tell where: ${errors.join()}`],
    [!CONTROL.test(err), "control characters in what is said"],
    [!CONTROL.test(out), "control characters in what is shown"],
  ];
  return checks.flatMap(([isRight, complaint]) => (isRight ? [] : [complaint]));
}

/** Of a file that is nothing that is known, there is no place to tell. */
function tellsWhere(error: string): boolean {
  return /\bbyte \d+|\bline \d+|neither|is empty|is gzip|no frames|not /.test(error);
}
