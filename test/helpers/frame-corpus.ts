import type { FrameSpec } from "../../src/protocol/encoder.ts";
import type { RuleId } from "../../src/protocol/rules.ts";
import { filler, hex, maskNaively, utf8 } from "./bytes.ts";

/** A frame as it stands on the wire, beside what it says. */
export interface FrameExample {
  readonly name: string;
  readonly wire: Uint8Array;
  readonly spec: FrameSpec;
  /** What it breaks whoever sent it, where no extension was negotiated. */
  readonly breaks: readonly RuleId[];
}

const KEY = 0x37fa213d;

function frame(
  name: string,
  wire: Uint8Array,
  spec: FrameSpec,
  ...breaks: readonly RuleId[]
): FrameExample {
  return { name, wire, spec, breaks };
}

const HELLO = utf8("Hello");

const RFC_SAMPLES: readonly FrameExample[] = [
  frame("RFC 5.7, text", hex("81 05 48 65 6c 6c 6f"), { opcode: 1, payload: HELLO }),
  frame("RFC 5.7, masked text", hex("81 85 37 fa 21 3d 7f 9f 4d 51 58"), {
    opcode: 1,
    payload: HELLO,
    maskKey: KEY,
  }),
  frame("RFC 5.7, first fragment", hex("01 03 48 65 6c"), {
    opcode: 1,
    fin: false,
    payload: utf8("Hel"),
  }),
  frame("RFC 5.7, last fragment", hex("80 02 6c 6f"), { opcode: 0, payload: utf8("lo") }),
  frame("RFC 5.7, ping", hex("89 05 48 65 6c 6c 6f"), { opcode: 9, payload: HELLO }),
  frame("RFC 5.7, masked pong", hex("8a 85 37 fa 21 3d 7f 9f 4d 51 58"), {
    opcode: 10,
    payload: HELLO,
    maskKey: KEY,
  }),
  frame("RFC 5.7, 256 bytes", hex("82 7e 01 00", filler(256)), {
    opcode: 2,
    payload: filler(256),
  }),
  frame("RFC 5.7, 64 KiB", hex("82 7f 00 00 00 00 00 01 00 00", filler(65_536)), {
    opcode: 2,
    payload: filler(65_536),
  }),
];

const LENGTH_BORDERS: readonly FrameExample[] = (
  [
    [0, "82 00", "82 80"],
    [1, "82 01", "82 81"],
    [125, "82 7d", "82 fd"],
    [126, "82 7e 00 7e", "82 fe 00 7e"],
    [127, "82 7e 00 7f", "82 fe 00 7f"],
    [65_535, "82 7e ff ff", "82 fe ff ff"],
    [65_536, "82 7f 00 00 00 00 00 01 00 00", "82 ff 00 00 00 00 00 01 00 00"],
  ] as const
).flatMap(([length, plain, masked]) => {
  const payload = filler(length);
  return [
    frame(`${length} bytes`, hex(plain, payload), { opcode: 2, payload }),
    frame(`${length} bytes, masked`, hex(masked, "37 fa 21 3d", maskNaively(payload, KEY)), {
      opcode: 2,
      payload,
      maskKey: KEY,
    }),
  ];
});

const CONTROL: readonly FrameExample[] = [
  frame("empty ping", hex("89 00"), { opcode: 9 }),
  frame("empty pong, masked with zeros", hex("8a 80 00 00 00 00"), { opcode: 10, maskKey: 0 }),
  frame("text, masked with zeros", hex("81 82 00 00 00 00 48 69"), {
    opcode: 1,
    payload: utf8("Hi"),
    maskKey: 0,
  }),
  frame("empty close", hex("88 00"), { opcode: 8 }),
  frame("close 1000", hex("88 02 03 e8"), { opcode: 8, payload: hex("03 e8") }),
  frame("close 1001 with a reason", hex("88 05 03 e9 62 79 65"), {
    opcode: 8,
    payload: hex("03 e9", utf8("bye")),
  }),
  frame("close, masked", hex("88 82 37 fa 21 3d 34 12"), {
    opcode: 8,
    payload: hex("03 e8"),
    maskKey: KEY,
  }),
  frame("ping of 125 bytes", hex("89 7d", filler(125)), { opcode: 9, payload: filler(125) }),
  frame("first fragment, empty", hex("02 00"), { opcode: 2, fin: false }),
  frame("middle fragment", hex("00 01 61"), { opcode: 0, fin: false, payload: utf8("a") }),
  frame("last fragment, empty and masked", hex("80 80 ff ff ff ff"), {
    opcode: 0,
    maskKey: 0xffffffff,
  }),
];

const WRONG: readonly FrameExample[] = [
  frame(
    "5 bytes in 16 bits",
    hex("81 7e 00 05", HELLO),
    { opcode: 1, payload: HELLO, lengthForm: 16 },
    "length-not-minimal",
  ),
  frame(
    "0 bytes in 16 bits",
    hex("81 7e 00 00"),
    { opcode: 1, lengthForm: 16 },
    "length-not-minimal",
  ),
  frame(
    "5 bytes in 64 bits, masked",
    hex("81 ff 00 00 00 00 00 00 00 05 37 fa 21 3d 7f 9f 4d 51 58"),
    { opcode: 1, payload: HELLO, lengthForm: 64, maskKey: KEY },
    "length-not-minimal",
  ),
  frame(
    "65535 bytes in 64 bits",
    hex("82 7f 00 00 00 00 00 00 ff ff", filler(65_535)),
    { opcode: 2, payload: filler(65_535), lengthForm: 64 },
    "length-not-minimal",
  ),
  frame("RSV1", hex("c2 00"), { opcode: 2, rsv1: true }, "rsv-not-negotiated"),
  frame("RSV2", hex("a2 00"), { opcode: 2, rsv2: true }, "rsv-not-negotiated"),
  frame("RSV3", hex("92 00"), { opcode: 2, rsv3: true }, "rsv-not-negotiated"),
  frame(
    "all reserved bits",
    hex("f1 02 48 69"),
    { opcode: 1, rsv1: true, rsv2: true, rsv3: true, payload: utf8("Hi") },
    "rsv-not-negotiated",
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map((opcode) =>
    frame(
      `opcode ${opcode}`,
      Uint8Array.of(0x80 | opcode, 1, 0x2a),
      { opcode, payload: hex("2a") },
      "opcode-reserved",
    ),
  ),
  frame("fragmented close", hex("08 00"), { opcode: 8, fin: false }, "control-fragmented"),
  frame("fragmented ping", hex("09 00"), { opcode: 9, fin: false }, "control-fragmented"),
  frame("fragmented pong", hex("0a 00"), { opcode: 10, fin: false }, "control-fragmented"),
  frame(
    "ping of 126 bytes",
    hex("89 7e 00 7e", filler(126)),
    { opcode: 9, payload: filler(126) },
    "control-too-long",
  ),
  frame(
    "everything at once",
    hex("7b 7e 00 01 2a"),
    {
      opcode: 11,
      fin: false,
      rsv1: true,
      rsv2: true,
      rsv3: true,
      payload: hex("2a"),
      lengthForm: 16,
    },
    "rsv-not-negotiated",
    "opcode-reserved",
    "control-fragmented",
    "length-not-minimal",
  ),
];

/** Frames that are all there. */
export const WHOLE_FRAMES: readonly FrameExample[] = [
  ...RFC_SAMPLES,
  ...LENGTH_BORDERS,
  ...CONTROL,
  ...WRONG,
];

/** Headers that tell of more payload than comes. */
export const CUT_FRAMES: readonly FrameExample[] = [
  frame("header without its payload", hex("81 05"), { opcode: 1, declaredLength: 5 }),
  frame("a part of the payload", hex("81 85 37 fa 21 3d 7f 9f"), {
    opcode: 1,
    maskKey: KEY,
    declaredLength: 5,
    payload: utf8("He"),
  }),
  frame("2^32 bytes announced", hex("82 7f 00 00 00 01 00 00 00 00 61"), {
    opcode: 2,
    declaredLength: 2 ** 32,
    payload: utf8("a"),
  }),
  frame("2^53 - 1 bytes announced", hex("82 7f 00 1f ff ff ff ff ff ff 61"), {
    opcode: 2,
    declaredLength: 2n ** 53n - 1n,
    payload: utf8("a"),
  }),
  frame(
    "top bit of the length set",
    hex("82 7f 80 00 00 00 00 00 00 00 61"),
    { opcode: 2, declaredLength: 2n ** 63n, payload: utf8("a") },
    "length-top-bit",
  ),
  frame(
    "top bit set on a length that would be legal without",
    hex("82 ff 80 00 00 00 00 01 00 00 37 fa 21 3d"),
    { opcode: 2, declaredLength: 2n ** 63n + 2n ** 16n, maskKey: KEY },
    "length-top-bit",
  ),
];
