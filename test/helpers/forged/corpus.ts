import { gzipSync } from "node:zlib";
import { encodeClosePayload } from "../../../src/protocol/close-codes.ts";
import { concat } from "../bytes.ts";
import { HOSTILE } from "../dump-events.ts";
import { pcap } from "../packets.ts";
import { fromClient, fromServer, Talk } from "../talk.ts";
import { converse } from "./conversation.ts";
import { type Damage, HARMFUL, HARMLESS } from "./damage.ts";
import { Dice } from "./dice.ts";
import { FILES } from "./files.ts";
import { LINKS, type Network, packetsOf } from "./links.ts";
import { segmentsOf } from "./segments.ts";

const START_NS = 1_795_231_335_000_000_000n;
const NETWORK: Network = {
  link: LINKS[0]!,
  version: 4,
  headers: [],
  timestamps: true,
  fragments: 0,
  snapLength: 262_144,
};

interface Recipe {
  readonly damages?: readonly Damage[];
  readonly network?: Partial<Network>;
  readonly file?: keyof typeof FILES;
  readonly deflate?: boolean;
  readonly isn?: number;
}

function capture(seed: number, recipe: Recipe): Uint8Array {
  const { damages = [], network = {}, file = "pcap", deflate = false, isn = 7000 } = recipe;
  const dice = new Dice(seed);
  const talk = converse(dice, { name: "feed", messages: 10, longest: 400, deflate });
  const shape = { ports: [50_000, 8080], isn: [isn, isn], mss: 200, startNs: START_NS } as const;
  const segments = damages.reduce(
    (left, damage) => damage(dice, left, talk),
    segmentsOf(dice, talk, shape),
  );
  const packets = segments.flatMap((one) => packetsOf(dice, one, { ...NETWORK, ...network }));
  return FILES[file](dice, packets);
}

/** Everything that a peer can say is hostile. */
function hostile(): Uint8Array {
  const talk = new Talk().open(`/\x1b[2J\x9b31m`, { ask: [`X-Evil: ${HOSTILE.slice(0, -2)}`] });
  talk.client(fromClient(HOSTILE), fromClient(HOSTILE, { opcode: 9 }));
  talk.server(fromServer(HOSTILE), fromServer(HOSTILE, { opcode: 2 }));
  talk.server(fromServer("\x1b[31m", { opcode: 11, rsv2: true }), fromServer("\xff\x9b"));
  talk.server(fromServer(encodeClosePayload(1000, "\x1b]0;owned\x07"), { opcode: 8 }));
  return pcap(talk.close("server").packets);
}

/** With the four bytes at an offset replaced. */
function patched(file: Uint8Array, at: number, value: number): Uint8Array {
  const bytes = Buffer.from(file);
  bytes.writeUInt32LE(value, at);
  return new Uint8Array(bytes);
}

/** The captures of test/fixtures/damaged, by name: `scripts/write-damaged-captures.js` writes them. */
export function damagedCaptures(): Readonly<Record<string, Uint8Array>> {
  const plain = new Talk().open().client(fromClient("hello")).server(fromServer("hello"));
  const whole = pcap(plain.close("server").packets);
  const zipped = gzipSync(capture(1, {}));
  const { link, version, ...others } = NETWORK;
  return {
    "burst-lost.pcap": capture(2, { damages: [HARMFUL["a burst lost"]] }),
    "gaps.pcap": capture(3, { damages: [HARMFUL.lost] }),
    "gaps-deflate.pcapng": capture(4, {
      damages: [HARMFUL.lost],
      deflate: true,
      file: "pcapng",
    }),
    "client-only.pcap": capture(5, { damages: [HARMFUL["client only"]] }),
    "server-only.pcap": capture(6, { damages: [HARMFUL["server only"]] }),
    "begins-late.pcap": capture(21, { damages: [HARMFUL["begins late"]] }),
    "no-response.pcap": capture(8, { damages: [HARMFUL["no response"]] }),
    "overlaps-differ.pcap": capture(9, { damages: [HARMLESS["overlaps with other bytes"]] }),
    "disorder-wraps.pcap": capture(10, { damages: [HARMLESS.reordered], isn: 0xffff_fe00 }),
    "snapped.pcap": capture(11, { network: { ...others, snapLength: 96 } }),
    "fragments-lost.pcap": capture(12, {
      damages: [HARMFUL.lost],
      network: { link, version, fragments: 1 },
    }),
    "cut.pcap": whole.slice(0, -30),
    "cut-gzip.pcap.gz": new Uint8Array(zipped.subarray(0, zipped.length >> 1)),
    "corrupt-gzip.pcap.gz": patched(zipped, zipped.length >> 1, 0xdead_beef),
    "length-of-gigabytes.pcap": patched(whole, 24 + 8, 0x7fff_ffff),
    "block-lengths-differ.pcapng": patched(FILES.pcapng(new Dice(1), []), 4 + 20, 20),
    "hostile.pcap": hostile(),
    "noise-behind-a-header.pcap": concat([whole.subarray(0, 24), new Dice(13).bytes(2000)]),
  };
}
