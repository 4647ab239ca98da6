import { describe, expect, it } from "vitest";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { readListenSettings, readService } from "../../src/commands/listen-settings.ts";
import { argsOf } from "../helpers/args.ts";
import { memoryIo } from "../helpers/memory-io.ts";

const RELAY = ["--to", "ws://127.0.0.1:1/"];

const service = (...argv: string[]) => readService(argsOf(LISTEN_OPTIONS, argv), memoryIo());

async function settings(...argv: string[]) {
  const [args, io] = [argsOf(LISTEN_OPTIONS, argv), memoryIo()];
  return readListenSettings(args, io, await readService(args, io));
}

describe("what is served", () => {
  it.each([
    [[], "echo"],
    [["--mode", "broadcast"], "broadcast"],
    [RELAY, "relay"],
    [["--exec", "cat"], "exec"],
  ])("by %j is %s", async (argv, mode) => {
    expect((await service(...argv)).mode).toBe(mode);
  });

  it("may err, by a seed", async () => {
    expect((await service("--fault", "drop", "--seed", "7")).faults?.seed).toBe(7);
    expect((await service()).faults).toBeUndefined();
  });

  it.each([
    [[], true],
    [["-q"], false],
    [["-q", "--record", "x"], true],
    [["-q", "--har", "x"], true],
    [RELAY, true],
    [[...RELAY, "-q"], false],
    [[...RELAY, "-q", "--drop", "x"], true],
    [[...RELAY, "-q", "--record", "x"], true],
  ])("with %j frames are looked at: %s", async (argv, frames) => {
    expect((await service(...argv)).frames).toBe(frames);
  });
});

describe("how it is served", () => {
  it("is what the flags say", async () => {
    const flags = ["--deflate", "off", "--deflate-threshold", "2KiB", "--grace", "1s", "-q"];
    const { graceMs, serve } = await settings(...flags, "--max-payload", "5");
    expect(graceMs).toBe(1000);
    expect(serve).toMatchObject({
      place: { port: 8080 },
      frames: false,
      deflate: undefined,
      deflateThreshold: 2048,
      tls: undefined,
      maxMessageLength: 5,
    });
    expect((await settings()).serve).toMatchObject({ deflate: {}, deflateThreshold: 1024 });
  });

  it("has TLS where that is asked for", async () => {
    const { secured, serve } = await settings("--self-signed", "--handshake-timeout", "3s");
    expect(serve.tls).toBe(secured?.tls);
    expect(serve.tls).toMatchObject({ handshakeTimeoutMs: 3000 });
  });

  it.each([
    [[], ["a", "b"], "a"],
    [["-s", "b"], ["a", "b"], "b"],
    [["-s", "b", "-s", "a"], ["a", "b"], "a"],
    [["-s", "c"], ["a", "b"], undefined],
    [[], [], undefined],
  ])("with %j of %j chooses %s", async (flags, offered, chosen) => {
    expect((await settings(...flags)).serve.chooseSubprotocol?.(offered)).toBe(chosen);
  });

  it.each([
    [["--grace", "soon"], /^--grace/],
    [["--deflate-threshold", "much"], /^--deflate-threshold/],
    [["-s", "a b"], /^--subprotocol/],
    [["--max-payload", "0"], /^--max-payload/],
    [["--cert", ""], /^--cert/],
    [["--decode", "riddle"], /^--decode/],
    [["--host", ""], /^--host/],
  ])("is refused where the flags are wrong: %j", async (flags, message) => {
    await expect(settings(...flags)).rejects.toThrow(message);
  });
});
