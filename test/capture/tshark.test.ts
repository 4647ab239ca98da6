import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { forgePlain } from "../helpers/forged/campaign.ts";
import { decodeForged } from "../helpers/forged/judge.ts";
import { toHex } from "../helpers/bytes.ts";

/**
 * Captures that are not damaged, judged by tshark as well. Left out is what it is known to get
 * wrong: deflate where the two sides differ or messages are fragmented, messages that end in an
 * empty fragment, lengths of 64 bits, and segments out of order.
 */
const hasTshark = spawnSync("tshark", ["--version"]).status === 0;
if (!hasTshark) console.log("tshark is not installed: no second judge of captures");

const FIELDS = [
  "tcp.srcport",
  "websocket.fin",
  "websocket.opcode",
  "websocket.payload_length",
  "websocket.masking_key",
  "websocket.payload.ping",
  "websocket.payload.pong",
  "websocket.payload.text",
];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "framecat-tshark-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** By the port of the sender: FIN, opcode and 7 bits of length of each frame; keys; some payloads. */
type Judgement = Record<string, Record<"frames" | "keys" | "pings" | "pongs" | "texts", string[]>>;

function entry(judgement: Judgement, port: string) {
  return (judgement[port] ??= { frames: [], keys: [], pings: [], pongs: [], texts: [] });
}

function judgedByTshark(file: Uint8Array): Judgement {
  const path = join(folder, "capture");
  writeFileSync(path, file);
  const fields = FIELDS.flatMap((name) => ["-e", name]);
  const words = ["-n", "-r", path, "-Y", "websocket", "-T", "fields", ...fields];
  const { stdout } = spawnSync("tshark", [...words, "-E", "aggregator=;"], { encoding: "utf8" });
  const judgement: Judgement = {};
  for (const line of stdout.trimEnd().split("\n")) {
    const [port = "", ...lists] = line.split("\t");
    const [fins = [], opcodes = [], lengths = [], keys = [], pings = [], pongs = [], texts = []] =
      lists.map((list) => list.split(";").filter((value) => value !== ""));
    const own = entry(judgement, port);
    own.frames.push(...opcodes.map((opcode, i) => `${fins[i]} ${opcode} ${lengths[i]}`));
    own.keys.push(...keys);
    own.pings.push(...pings);
    own.pongs.push(...pongs);
    own.texts.push(...texts);
  }
  return judgement;
}

async function judgedByUs(file: Uint8Array): Promise<Judgement> {
  const judgement: Judgement = {};
  for (const event of (await decodeForged(file)).events) {
    if (event.type !== "frame") continue;
    const { header, headerBytes, payload } = event.frame;
    // The first connection is that of the first port.
    const port = event.dir === "in" ? "8080" : String(49_999 + Number(event.conn));
    const own = entry(judgement, port);
    own.frames.push(`${header.fin ? 1 : 0} ${header.opcode} ${headerBytes[1]! & 0x7f}`);
    if (header.masked) own.keys.push(header.maskKey.toString(16).padStart(8, "0"));
    if (header.opcode === 9) own.pings.push(toHex(payload));
    if (header.opcode === 10) own.pongs.push(toHex(payload));
    const { message } = event;
    if (message?.kind === "text") own.texts.push(Buffer.from(message.data).toString("utf8"));
  }
  return judgement;
}

describe.skipIf(!hasTshark)(
  "tshark and framecat agree on frames, keys, pings, pongs and texts",
  () => {
    it.each([
      ["Ethernet", 3],
      ["QinQ", 6],
      ["SLL2", 7],
    ] as const)("over %s", async (link, seed) => {
      const { file, conversations } = forgePlain(seed, link);
      const told = await judgedByUs(file);
      const sent = conversations.flatMap(({ frames: [a, b] }) => [...a, ...b]);
      expect(Object.values(told).flatMap(({ frames }) => frames)).toHaveLength(sent.length);
      expect(judgedByTshark(file)).toEqual(told);
    });
  },
);
