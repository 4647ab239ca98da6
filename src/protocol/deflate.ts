import type { Extension } from "./extensions.ts";

/** The name under which RFC 7692 registers compression per message. */
export const DEFLATE = "permessage-deflate";

/** What a client offers for permessage-deflate (RFC 7692, section 7.1). */
export interface DeflateOffer {
  readonly serverNoContextTakeover?: boolean;
  readonly clientNoContextTakeover?: boolean;
  /** Asks the server to use a window of at most 2^n bytes, n from 8 to 15. */
  readonly serverMaxWindowBits?: number;
  /** Says that the server may limit the client's window; a number hints at the size. */
  readonly clientMaxWindowBits?: number | true;
}

/** What both agreed on; each side deflates with its own window and context rule. */
export interface DeflateParams {
  readonly serverNoContextTakeover: boolean;
  readonly clientNoContextTakeover: boolean;
  readonly serverMaxWindowBits: number;
  readonly clientMaxWindowBits: number;
  /** Whether the response names server_max_window_bits even if it is 15, as it must when asked. */
  readonly tellServerMaxWindowBits?: boolean;
}

const MAX_BITS = 15;

/** The offer as an extension for the request header. */
export function encodeDeflateOffer(offer: DeflateOffer): Extension {
  const params: [string, string | true][] = [];
  if (offer.serverNoContextTakeover) params.push(["server_no_context_takeover", true]);
  if (offer.clientNoContextTakeover) params.push(["client_no_context_takeover", true]);
  if (offer.serverMaxWindowBits !== undefined) {
    params.push(["server_max_window_bits", String(offer.serverMaxWindowBits)]);
  }
  if (offer.clientMaxWindowBits !== undefined) {
    const bits = offer.clientMaxWindowBits;
    params.push(["client_max_window_bits", bits === true ? true : String(bits)]);
  }
  return { name: DEFLATE, params };
}

/** The agreed parameters as an extension for the response header. */
export function encodeDeflateParams(params: DeflateParams): Extension {
  const { serverMaxWindowBits, clientMaxWindowBits, tellServerMaxWindowBits, ...takeover } = params;
  return encodeDeflateOffer({
    ...takeover,
    ...((tellServerMaxWindowBits || serverMaxWindowBits < MAX_BITS) && { serverMaxWindowBits }),
    ...(clientMaxWindowBits < MAX_BITS && { clientMaxWindowBits }),
  });
}

/**
 * Reads an offer in a request (section 7.1).
 * @returns what is wrong with it in words, for which a server declines that offer
 */
export function parseDeflateOffer(extension: Extension): DeflateOffer | string {
  const read = readParams(extension, { clientBitsNeedValue: false });
  if (typeof read === "string") return read;
  const serverBits = read.get("server_max_window_bits");
  const clientBits = read.get("client_max_window_bits");
  return {
    serverNoContextTakeover: read.has("server_no_context_takeover"),
    clientNoContextTakeover: read.has("client_no_context_takeover"),
    ...(serverBits !== undefined && { serverMaxWindowBits: Number(serverBits) }),
    ...(clientBits !== undefined && {
      clientMaxWindowBits: clientBits === true ? true : Number(clientBits),
    }),
  };
}

/**
 * Judges a response against what was offered (sections 7.1.1, 7.1.2).
 * @returns the agreed parameters, or what is wrong in words, for which a client fails the connection
 */
export function acceptDeflateResponse(
  extension: Extension,
  offer: DeflateOffer,
): DeflateParams | string {
  const read = readParams(extension, { clientBitsNeedValue: true });
  if (typeof read === "string") return read;
  const serverBits = Number(read.get("server_max_window_bits") ?? MAX_BITS);
  const clientBits = Number(read.get("client_max_window_bits") ?? MAX_BITS);
  if (read.has("client_max_window_bits") && offer.clientMaxWindowBits === undefined) {
    return "client_max_window_bits was not offered";
  }
  if (offer.serverMaxWindowBits !== undefined && serverBits > offer.serverMaxWindowBits) {
    return `server_max_window_bits must be at most ${offer.serverMaxWindowBits}`;
  }
  if (offer.serverNoContextTakeover && !read.has("server_no_context_takeover")) {
    return "server_no_context_takeover was asked for and not granted";
  }
  return {
    serverNoContextTakeover: read.has("server_no_context_takeover"),
    // A client that announced it may do without context takeover even if the server does not insist.
    clientNoContextTakeover:
      read.has("client_no_context_takeover") || offer.clientNoContextTakeover === true,
    serverMaxWindowBits: serverBits,
    // The offer's hint binds the client itself, whatever the response says (section 7.1.2.2).
    clientMaxWindowBits: Math.min(clientBits, hintedBits(offer)),
  };
}

function hintedBits({ clientMaxWindowBits = true }: DeflateOffer): number {
  return clientMaxWindowBits === true ? MAX_BITS : clientMaxWindowBits;
}

/** What a server answers to an offer when its own wishes are `limits`. */
export function negotiateDeflate(
  offer: DeflateOffer,
  limits: Partial<DeflateParams> = {},
): DeflateParams {
  return {
    serverNoContextTakeover: Boolean(
      offer.serverNoContextTakeover || limits.serverNoContextTakeover,
    ),
    clientNoContextTakeover: Boolean(
      offer.clientNoContextTakeover || limits.clientNoContextTakeover,
    ),
    serverMaxWindowBits: Math.min(
      offer.serverMaxWindowBits ?? MAX_BITS,
      limits.serverMaxWindowBits ?? MAX_BITS,
    ),
    // Without the parameter in the offer the client cannot be limited (section 7.1.2.2).
    clientMaxWindowBits:
      offer.clientMaxWindowBits === undefined
        ? MAX_BITS
        : Math.min(hintedBits(offer), limits.clientMaxWindowBits ?? MAX_BITS),
    // An offer with server_max_window_bits is accepted by naming it (section 7.1.2.1).
    ...(offer.serverMaxWindowBits !== undefined && { tellServerMaxWindowBits: true }),
  };
}

const FLAGS: ReadonlySet<string> = new Set([
  "server_no_context_takeover",
  "client_no_context_takeover",
]);
const WINDOWS: ReadonlySet<string> = new Set(["server_max_window_bits", "client_max_window_bits"]);

/** Checks names, repetition and values; gives the parameters by name, or what is wrong. */
function readParams(
  { params }: Extension,
  { clientBitsNeedValue }: { clientBitsNeedValue: boolean },
): ReadonlyMap<string, string | true> | string {
  const read = new Map<string, string | true>();
  for (const [name, value] of params) {
    if (read.has(name)) return `${name} is given twice`;
    if (FLAGS.has(name)) {
      if (value !== true) return `${name} takes no value`;
    } else if (!WINDOWS.has(name)) {
      return `parameter ${name} is unknown`;
    } else if (value === true) {
      if (name === "server_max_window_bits" || clientBitsNeedValue) return `${name} needs a value`;
    } else if (!/^(?:[89]|1[0-5])$/.test(value)) {
      return `${name} must be 8 to 15 without a leading zero, not ${value}`;
    }
    read.set(name, value);
  }
  return read;
}
