import { constants, deflateRawSync } from "node:zlib";

/** What a server agreed to of permessage-deflate (RFC 7692, section 7.1). */
export interface Agreed {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
}

type Params = ReadonlyMap<string, string | true>;

function parse(text: string): Params {
  const [, ...params] = text.split(";").map((part) => part.trim());
  return new Map(
    params.map((param) => {
      const [name = "", value] = param.split("=");
      return [name, value?.replaceAll('"', "") ?? true] as const;
    }),
  );
}

const NAMES = [
  "server_no_context_takeover",
  "client_no_context_takeover",
  "server_max_window_bits",
  "client_max_window_bits",
];

/** @param text of the response @throws Error for what answers no offer */
export function agree(offers: string, text: string): Agreed {
  const given = parse(text);
  if (text.split(";")[0]!.trim() !== "permessage-deflate") throw new Error(`agreed to ${text}`);
  for (const name of given.keys()) {
    if (!NAMES.includes(name)) throw new Error(`the response has the parameter ${name}`);
  }
  const answered = offers
    .split(",")
    .filter((offer) => offer.trim().startsWith("permessage-deflate"))
    .map(parse)
    .find((offer) => isAnswer(given, offer));
  if (!answered) throw new Error(`${text} is no answer to ${offers}`);
  const hint = answered.get("client_max_window_bits");
  return {
    serverNoContextTakeover: given.has("server_no_context_takeover"),
    clientNoContextTakeover: given.has("client_no_context_takeover"),
    serverMaxWindowBits: Number(given.get("server_max_window_bits") ?? 15),
    // What a client hints at binds it whatever the response says (section 7.1.2.2).
    clientMaxWindowBits: Math.min(
      Number(given.get("client_max_window_bits") ?? 15),
      typeof hint === "string" ? Number(hint) : 15,
    ),
  };
}

function isAnswer(given: Params, offered: Params): boolean {
  const [server, client] = [
    given.get("server_max_window_bits"),
    given.get("client_max_window_bits"),
  ];
  const asked = offered.get("server_max_window_bits");
  if (offered.has("server_no_context_takeover") && !given.has("server_no_context_takeover"))
    return false;
  if (asked !== undefined && (server === undefined || Number(server) > Number(asked))) return false;
  if (client !== undefined && !offered.has("client_max_window_bits")) return false;
  return [server, client].every(
    (bits) => bits === undefined || /^(?:[89]|1[0-5])$/.test(String(bits)),
  );
}

/** Compresses messages as a client that keeps to what was agreed on. */
export class Compressor {
  readonly #bits: number;
  readonly #takeover: boolean;
  #sent: Buffer = Buffer.alloc(0);

  constructor(agreed?: Agreed) {
    this.#bits = agreed?.clientMaxWindowBits ?? 15;
    this.#takeover = agreed !== undefined && !agreed.clientNoContextTakeover;
  }

  /** The payload of the next message (RFC 7692, section 7.2.1). */
  message(plain: Uint8Array): Buffer {
    const size = 2 ** this.#bits;
    const whole = deflateRawSync(plain, {
      // zlib knows no window of 2^8; of one of 2^9 it uses the last 250 octets.
      windowBits: Math.max(this.#bits, 9),
      finishFlush: constants.Z_SYNC_FLUSH,
      ...(this.#sent.length > 0 && { dictionary: this.#sent }),
    });
    if (this.#takeover) this.#sent = Buffer.concat([this.#sent, plain]).subarray(-size);
    return whole.subarray(0, -4);
  }
}
