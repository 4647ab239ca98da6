import type { Decoder } from "../decode/decoded.ts";
import type { Io } from "../io.ts";
import type { FaultPlan } from "../server/faults/index.ts";
import type { MakeMode } from "../server/mode.ts";
import type { Places } from "../server/places.ts";
import type { ServeOptions } from "../transport/serve.ts";
import { parseSize } from "../units.ts";
import type { Args } from "./command.ts";
import { readDecoder } from "./decode-flags.ts";
import { parseSubprotocol } from "./dial-flags.ts";
import { readExec } from "./listen-exec.ts";
import { readFaults } from "./listen-faults.ts";
import { type Guarding, readGuards } from "./listen-guards.ts";
import { type ModeName, readMode } from "./listen-modes.ts";
import { readPlace } from "./listen-place.ts";
import { looksAtFrames } from "./listen-record.ts";
import { readRelay } from "./listen-relay.ts";
import { readGraceMs } from "./listen-stop.ts";
import { type ListenTls, readListenTls } from "./listen-tls.ts";

/** What a server does with its clients. */
export interface Service {
  readonly mode: ModeName;
  readonly make: MakeMode;
  readonly faults: FaultPlan | undefined;
  /** Each frame is looked at: what passes unseen is garbage as soon as it has passed. */
  readonly frames: boolean;
}

/** How it does that, and for whom. */
export interface ListenSettings {
  readonly graceMs: number;
  readonly guarding: Guarding;
  readonly secured: ListenTls | undefined;
  readonly decoder: Decoder | undefined;
  readonly serve: Pick<
    ServeOptions,
    "place" | "frames" | "deflate" | "deflateThreshold" | "chooseSubprotocol" | "tls"
  > &
    Guarding["serve"];
}

/**
 * Reads what is to be served.
 * @param places where processes are counted that are not to be counted here
 * @throws FramecatError (usage)
 */
export async function readService(args: Args, io: Io, places?: Places): Promise<Service> {
  const asked = args.text("mode");
  const relaying = await readRelay(args, io, asked);
  const { name, make } = readMode(args, {
    relay: relaying?.make,
    exec: readExec(args, io, asked, places),
  });
  const faults = readFaults(args, io, name);
  return { mode: name, make, faults, frames: relaying?.frames ?? looksAtFrames(args) };
}

/**
 * Reads the rest of the flags, before any file is written or anybody is listened to.
 * @param places where clients are counted that are not to be counted here
 * @throws FramecatError (usage)
 */
export async function readListenSettings(
  args: Args,
  io: Io,
  { mode, frames }: Service,
  places?: Places,
): Promise<ListenSettings> {
  const guarding = readGuards(args, io, mode, places);
  const secured = await readListenTls(args, io, guarding.serve.handshakeTimeoutMs);
  return {
    graceMs: readGraceMs(args),
    guarding,
    secured,
    decoder: await readDecoder(args),
    serve: {
      place: readPlace(args),
      frames,
      deflate: args.text("deflate") === "off" ? undefined : {},
      deflateThreshold: parseSize(args.text("deflate-threshold") ?? "1KiB", "--deflate-threshold"),
      chooseSubprotocol: chooser(args.list("subprotocol").map(parseSubprotocol)),
      tls: secured?.tls,
      ...guarding.serve,
    },
  };
}

function chooser(accepted: readonly string[]) {
  return (offered: readonly string[]): string | undefined =>
    offered.find((name) => accepted.length === 0 || accepted.includes(name));
}
