import { describe, expect, it } from "vitest";
import { DEFLATE_OPTIONS, readDeflateFlags } from "../../src/commands/deflate-flags.ts";
import { encodeDeflateOffer } from "../../src/protocol/deflate.ts";
import { formatExtension } from "../../src/protocol/extensions.ts";
import { argsOf } from "../helpers/args.ts";

const read = (argv: readonly string[], when: "on" | "off" = "on", threshold?: string) =>
  readDeflateFlags(argsOf(DEFLATE_OPTIONS, argv), {
    default: when,
    ...(threshold !== undefined && { threshold }),
  });

/** The offer as it stands in the request. */
const offered = (...argv: string[]) => {
  const { offer } = read(argv);
  return offer && formatExtension(encodeDeflateOffer(offer));
};

describe("when to compress", () => {
  it.each<[string[], "on" | "off", { offered: boolean; required: boolean }]>([
    [[], "on", { offered: true, required: false }],
    [[], "off", { offered: false, required: false }],
    [["--deflate", "on"], "off", { offered: true, required: false }],
    [["--deflate", "off"], "on", { offered: false, required: false }],
    [["--deflate", "required"], "off", { offered: true, required: true }],
    [["--deflate-window-bits", "9"], "off", { offered: true, required: false }],
    [["--deflate-threshold", "0"], "off", { offered: true, required: false }],
  ])("%j where the default is %s", (argv, when, expected) => {
    const { offer, required } = read(argv, when);
    expect({ offered: offer !== undefined, required }).toEqual(expected);
  });
});

describe("the offer", () => {
  it.each([
    [[], "client_max_window_bits"],
    [["--deflate-window-bits", "10"], "client_max_window_bits=10"],
    [["--deflate-server-window-bits", "8"], "server_max_window_bits=8; client_max_window_bits"],
    [
      ["--deflate-no-context-takeover", "client"],
      "client_no_context_takeover; client_max_window_bits",
    ],
    [
      ["--deflate-no-context-takeover", "both"],
      "server_no_context_takeover; client_no_context_takeover; client_max_window_bits",
    ],
    [
      ["--deflate-no-context-takeover", "server"],
      "server_no_context_takeover; client_max_window_bits",
    ],
  ])("of %j", (argv, params) => {
    expect(offered(...argv)).toBe(`permessage-deflate; ${params}`);
  });
});

it("messages from the threshold on are compressed", () => {
  const thresholds = [read([]), read(["--deflate-threshold", "2KiB"]), read([], "on", "0")];
  expect(thresholds.map(({ threshold }) => threshold)).toEqual([1024, 2048, 0]);
});

describe("a wrong one is a usage error that names it", () => {
  it.each([
    [["--deflate", "maybe"], /^--deflate must be one of/],
    [["--deflate-window-bits", "8"], /^--deflate-window-bits must be .* from 9 to 15, not "8"$/],
    [["--deflate-window-bits", "16"], /^--deflate-window-bits/],
    [["--deflate-server-window-bits", "7"], /^--deflate-server-window-bits .* from 8 to 15/],
    [["--deflate-no-context-takeover", "me"], /^--deflate-no-context-takeover must be one of/],
    [["--deflate-threshold", "x"], /^--deflate-threshold/],
    [["--deflate", "off", "--deflate-threshold", "0"], /^--deflate-threshold says how/],
  ])("%j", (argv, message) => expect(() => read(argv)).toThrow(message));
});
