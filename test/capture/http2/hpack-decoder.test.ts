import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { HpackDecoder, MAX_TABLE_SIZE } from "../../../src/capture/http2/hpack-decoder.ts";
import { Http2FrameReader } from "../../../src/capture/http2/http2-frame-reader.ts";
import type { Direction } from "../../../src/transport/events.ts";
import { hex } from "../../helpers/bytes.ts";
import { http2Traffic, type Wire } from "./wire.ts";

/** A block, its fields as `name: value`, and the size of the table after it. */
type Example = readonly [block: string, fields: readonly string[], size: number];

function decoded(decoder: HpackDecoder, block: string): readonly string[] | string {
  const list = decoder.decode(hex(block));
  if (typeof list === "string") return list;
  expect(list.cut).toBe(false);
  return list.fields.map(([name, value]) => `${name}: ${value}`);
}

const FIRST = [":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"];
const SECOND = [...FIRST, "cache-control: no-cache"];
const THIRD = [
  ":method: GET",
  ":scheme: https",
  ":path: /index.html",
  ":authority: www.example.com",
  "custom-key: custom-value",
];
const DATE = "date: Mon, 21 Oct 2013 20:13:21 GMT";
const LOCATION = "location: https://www.example.com";
const REDIRECTED = [":status: 302", "cache-control: private", DATE, LOCATION];
const AGAIN = [":status: 307", "cache-control: private", DATE, LOCATION];
const COOKIE = [
  ":status: 200",
  "cache-control: private",
  "date: Mon, 21 Oct 2013 20:13:22 GMT",
  LOCATION,
  "content-encoding: gzip",
  "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
];

/** RFC 7541, appendix C. */
const EXAMPLES: Readonly<Record<string, readonly Example[]>> = {
  "C.2.1": [
    [
      "400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572",
      ["custom-key: custom-header"],
      55,
    ],
  ],
  "C.2.2": [["040c 2f73 616d 706c 652f 7061 7468", [":path: /sample/path"], 0]],
  "C.2.3": [["1008 7061 7373 776f 7264 0673 6563 7265 74", ["password: secret"], 0]],
  "C.2.4": [["82", [":method: GET"], 0]],
  "C.3": [
    ["8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d", FIRST, 57],
    ["8286 84be 5808 6e6f 2d63 6163 6865", SECOND, 110],
    ["8287 85bf 400a 6375 7374 6f6d 2d6b 6579 0c63 7573 746f 6d2d 7661 6c75 65", THIRD, 164],
  ],
  "C.4": [
    ["8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff", FIRST, 57],
    ["8286 84be 5886 a8eb 1064 9cbf", SECOND, 110],
    ["8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf", THIRD, 164],
  ],
  "C.5": [
    [
      `4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133
       2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70
       6c65 2e63 6f6d`,
      REDIRECTED,
      222,
    ],
    ["4803 3330 37c1 c0bf", AGAIN, 222],
    [
      `88c1 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3220 474d
       54c0 5a04 677a 6970 7738 666f 6f3d 4153 444a 4b48 514b 425a 584f 5157 454f 5049
       5541 5851 5745 4f49 553b 206d 6178 2d61 6765 3d33 3630 303b 2076 6572 7369 6f6e
       3d31`,
      COOKIE,
      215,
    ],
  ],
  "C.6": [
    [
      `4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6
       2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3`,
      REDIRECTED,
      222,
    ],
    ["4883 640e ffc1 c0bf", AGAIN, 222],
    [
      `88c1 6196 d07a be94 1054 d444 a820 0595 040b 8166 e084 a62d 1bff c05a 839b d9ab
       77ad 94e7 821d d7f2 e6c7 b335 dfdf cd5b 3960 d5af 2708 7f36 72c1 ab27 0fb5 291f
       9587 3160 65c0 03ed 4ee5 b106 3d50 07`,
      COOKIE,
      215,
    ],
  ],
};

describe("the examples of RFC 7541", () => {
  it.each(Object.entries(EXAMPLES))("%s", (name, blocks) => {
    const decoder = new HpackDecoder();
    // Those of C.5 and C.6 are for a table of 256 octets.
    if (/C\.[56]/.test(name)) expect(decoded(decoder, "3fe101")).toEqual([]);
    for (const [block, fields, size] of blocks) {
      expect(decoded(decoder, block)).toEqual(fields);
      expect(decoder.size).toBe(size);
    }
  });
});

describe("a table", () => {
  it("changes its size several times before the first field", () => {
    const decoder = new HpackDecoder();
    decoded(decoder, "4001 6101 62");
    expect(decoded(decoder, "20 3fe11f 82")).toEqual([":method: GET"]);
    expect(decoder.size).toBe(0);
  });

  it("grows as far as the receiver allows", () => {
    const decoder = new HpackDecoder();
    expect(decoded(decoder, "3fe1ff3f")).toEqual([]);
    decoder.allowed = 4096;
    expect(decoded(decoder, "3fe11f")).toEqual([]);
    expect(decoded(decoder, "3fe21f")).toBe("a table of 4097 octets is more than may be used");
    decoder.allowed = 2 * MAX_TABLE_SIZE;
    expect(decoded(decoder, "3fe2ff3f")).toBe("a table of 1048577 octets is more than may be used");
  });
});

describe("a block that cannot be decoded", () => {
  it.each([
    ["80", "no field has the index 0"],
    ["be", "no field has the index 62"],
    ["7f00 0161", "no field has the index 63"],
    ["82 20", "the table changes its size after a field"],
    ["40", "it ends within a field"],
    ["ff", "it ends within a field"],
    ["4001 6105 62", "it ends within a string"],
    ["0081 ff 00", "a string has a wrong Huffman code"],
  ])("%s: %s", (block, message) => {
    expect(new HpackDecoder().decode(hex(block))).toBe(message);
  });

  it("is told, not thrown, whatever its octets are", () => {
    const octet = fc.oneof(fc.nat(255), fc.constantFrom(0x40, 0x20, 0x3f, 0x7f, 0x82, 0xbe, 0xff));
    fc.assert(
      fc.property(fc.array(fc.array(octet, { maxLength: 40 }), { maxLength: 4 }), (blocks) => {
        const decoder = new HpackDecoder();
        for (const block of blocks) {
          const list = decoder.decode(Uint8Array.from(block));
          if (typeof list !== "string") expect(list.fields.length).toBeLessThanOrEqual(40);
          expect(decoder.size).toBeLessThanOrEqual(MAX_TABLE_SIZE);
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe("a list of fields", () => {
  it("is cut where few octets stand for too many", () => {
    const decoder = new HpackDecoder();
    const value = Buffer.concat([hex("4001 61 7f a1 1e"), Buffer.alloc(4000, "v")]);
    expect(decoder.decode(value)).toMatchObject({ cut: false });
    const list = decoder.decode(Buffer.alloc(100_000, 0xbe));
    if (typeof list === "string") throw new Error(list);
    expect(list.cut).toBe(true);
    expect(list.fields.length).toBe(Math.floor((256 * 1024) / 4033));
    expect(decoded(decoder, "be")).toEqual([`a: ${"v".repeat(4000)}`]);
  });
});

/** The fields of all header blocks of a direction, names sorted, pseudo-headers left out. */
function fieldsOn(wire: readonly Wire[], dir: Direction): string[][] {
  const decoder = new HpackDecoder();
  const lists: string[][] = [];
  const reader = new Http2FrameReader(dir, {
    headers: (_, { bytes }) => {
      const list = bytes ? decoder.decode(bytes) : "lost";
      if (typeof list === "string") throw new Error(list);
      const regular = list.fields.filter(([name]) => !name.startsWith(":") && name !== "date");
      lists.push(regular.map((field) => field.join(": ")).toSorted());
    },
    data: () => {},
    dataGap: () => {},
    endStream: () => {},
    settings: () => {},
    reset: () => {},
    goAway: () => {},
  });
  for (const item of wire) {
    if (item.dir === dir && "bytes" in item) reader.push(item.bytes, 0, item.bytes.length);
  }
  expect(reader.fault).toBeUndefined();
  return lists;
}

describe("header blocks of node:http2", () => {
  const octets = (least: number, most: number) =>
    fc
      .array(fc.integer({ min: least, max: most }), { minLength: 1, maxLength: 300 })
      .map((codes) => String.fromCharCode(...codes));
  const value = fc.oneof(
    octets(0x21, 0x7e),
    octets(0xa1, 0xff),
    fc.constantFrom("gzip, deflate", "", "a"),
  );
  const name = fc.oneof(
    fc.constantFrom("accept-encoding", "cookie", "etag", "x-a", "x-b", "x-c", "user-agent"),
    fc.stringMatching(/^x-[a-z0-9_.!#$&'*+^`|~-]{1,40}$/),
  );
  const message = fc.dictionary(name, value, { maxKeys: 8, noNullPrototype: true });

  it.each([0, 100, 4096, 65_536])("with a table of %i", async (headerTableSize) => {
    const messages = fc.sample(message, { numRuns: 60, seed: headerTableSize });
    const wire = await http2Traffic(
      (stream) => {
        const { id = 1 } = stream;
        stream.respond({ ":status": 200, ...messages[(id - 1) / 2] });
        stream.end();
      },
      async (client) => {
        for (const fields of messages) {
          const stream = client.request({ ...fields });
          stream.resume();
          await new Promise((resolve) => stream.once("close", resolve));
        }
      },
      { settings: { headerTableSize }, maxDeflateDynamicTableSize: headerTableSize },
    );
    const expected = messages.map((fields) =>
      Object.entries(fields)
        .map((field) => field.join(": "))
        .toSorted(),
    );
    expect(fieldsOn(wire, "out")).toEqual(expected);
    expect(fieldsOn(wire, "in")).toEqual(expected);
  });
});
