/**
 * The words of the field that are no codes: parts of a frame, headers, statuses, extensions. Codes,
 * opcodes and rules have their own tables; `glossary.ts` puts all together.
 */
export interface WrittenTerm {
  readonly name: string;
  /** Other ways to write it. */
  readonly also?: readonly string[];
  readonly meaning: string;
  /** A section of RFC 6455, or of another RFC that is named. */
  readonly section: string;
}

export const FRAME_TERMS: readonly WrittenTerm[] = [
  {
    name: "FIN",
    meaning: "the first bit of a frame: it is the last one of its message, or the only one",
    section: "5.2",
  },
  {
    name: "RSV1",
    also: ["rsv 1"],
    meaning:
      "a reserved bit: 0, unless an extension gives it a meaning; with permessage-deflate the first frame of a compressed message has it",
    section: "RFC 7692 6",
  },
  {
    name: "RSV2",
    also: ["rsv 2"],
    meaning: "a reserved bit: 0, unless an extension gives it a meaning; none that is in use does",
    section: "5.2",
  },
  {
    name: "RSV3",
    also: ["rsv 3"],
    meaning: "a reserved bit: 0, unless an extension gives it a meaning; none that is in use does",
    section: "5.2",
  },
  {
    name: "opcode",
    meaning: "four bits that tell what a frame is: 0x0–0x7 data, 0x8–0xf control",
    section: "5.2",
  },
  {
    name: "MASK",
    also: ["mask bit"],
    meaning:
      "the first bit of the second octet: a masking key follows; 1 from clients, 0 from servers",
    section: "5.2",
  },
  {
    name: "masking key",
    also: ["masking-key", "mask key"],
    meaning:
      "four octets, random for each frame: octet i of the payload is combined by XOR with octet i modulo 4 of the key",
    section: "5.3",
  },
  {
    name: "payload length",
    also: ["length", "payload len", "126", "127"],
    meaning:
      "7 bits: up to 125 the length itself; 126 says that 16 bits with it follow, 127 that 64 bits do, the top one 0",
    section: "5.2",
  },
  {
    name: "extended payload length",
    also: ["extended length"],
    meaning: "the 16 or 64 bits of length that follow 126 or 127, in network byte order",
    section: "5.2",
  },
  {
    name: "fragment",
    also: ["fragmentation"],
    meaning:
      "a frame that is part of a message: the first has the opcode, the others opcode 0, the last one FIN; control frames may stand between",
    section: "5.4",
  },
  {
    name: "control frame",
    meaning: "a close, ping or pong: at most 125 bytes of payload, never fragmented",
    section: "5.5",
  },
  {
    name: "closing handshake",
    meaning:
      "each side sends one Close frame; then the server closes the TCP connection. Without both the closure is not clean",
    section: "7.1",
  },
];

export const HEADER_TERMS: readonly WrittenTerm[] = [
  {
    name: "Sec-WebSocket-Key",
    meaning: "of the request: the base64 form of 16 random bytes, another one for each connection",
    section: "11.3.1",
  },
  {
    name: "Sec-WebSocket-Accept",
    meaning:
      "of the response: the base64 form of the SHA-1 of the key with 258EAFA5-E914-47DA-95CA-C5AB0DC85B11 after it; it proves that the server understood",
    section: "11.3.3",
  },
  {
    name: "Sec-WebSocket-Version",
    meaning:
      "of the request: 13; a server that does not speak it answers 426 or 400 with the versions it does",
    section: "11.3.5",
  },
  {
    name: "Sec-WebSocket-Protocol",
    also: ["subprotocol"],
    meaning:
      "the subprotocols that a client offers, most wanted first, or the one of them that the server chose",
    section: "11.3.4",
  },
  {
    name: "Sec-WebSocket-Extensions",
    also: ["extensions"],
    meaning:
      "the extensions that a client offers, or those that the server agreed to, with parameters",
    section: "11.3.2",
  },
  {
    name: "Upgrade",
    meaning: "websocket, in the request and in the response; over HTTP/1.1 alone",
    section: "4.2.1",
  },
  {
    name: "Connection",
    meaning: "the token Upgrade, perhaps among others, in the request and in the response",
    section: "4.2.1",
  },
  {
    name: "Host",
    meaning: "the host of the request, with the port where it is not the usual one",
    section: "4.1",
  },
  {
    name: "Origin",
    meaning: "which page opened the connection; browsers send it, and servers should check it",
    section: "10.2",
  },
  {
    name: ":protocol",
    also: ["extended connect"],
    meaning: "websocket: over HTTP/2 a CONNECT request with it takes the place of the upgrade",
    section: "RFC 8441 4",
  },
];

export const STATUS_TERMS: readonly WrittenTerm[] = [
  {
    name: "101 Switching Protocols",
    meaning: "the handshake is accepted: frames follow, in both directions",
    section: "4.2.2",
  },
  {
    name: "200 OK",
    meaning:
      "the server answered as to any request: it does not upgrade at this path, or a proxy took the Upgrade header away",
    section: "4.1",
  },
  {
    name: "301 Moved Permanently",
    meaning: "look elsewhere; a client may follow, and need not",
    section: "4.1",
  },
  {
    name: "400 Bad Request",
    meaning: "the handshake is not as it should be: the key, the version or another header",
    section: "4.2.1",
  },
  {
    name: "401 Unauthorized",
    meaning: "credentials are needed, or these are wrong",
    section: "4.1",
  },
  {
    name: "403 Forbidden",
    meaning: "the server does not want this client, often because of its Origin",
    section: "4.2.2",
  },
  { name: "404 Not Found", meaning: "there is no endpoint at this path", section: "4.2.2" },
  {
    name: "426 Upgrade Required",
    meaning: "the version is not spoken; Sec-WebSocket-Version of the response has those that are",
    section: "4.4",
  },
  {
    name: "503 Service Unavailable",
    meaning: "the server is overloaded or going down: try again later",
    section: "RFC 9110 15.6.4",
  },
];

export const EXTENSION_TERMS: readonly WrittenTerm[] = [
  {
    name: "permessage-deflate",
    also: ["deflate"],
    meaning:
      "compresses messages with DEFLATE, each without the last four bytes 00 00 ff ff; RSV1 tells which are compressed",
    section: "RFC 7692 7",
  },
  {
    name: "server_no_context_takeover",
    meaning: "the server compresses each message by itself, without a reference to earlier ones",
    section: "RFC 7692 7.1.1.1",
  },
  {
    name: "client_no_context_takeover",
    meaning: "the client compresses each message by itself, without a reference to earlier ones",
    section: "RFC 7692 7.1.1.2",
  },
  {
    name: "server_max_window_bits",
    meaning:
      "the server refers back at most 2^n bytes, n from 8 to 15, so that inflating takes less memory",
    section: "RFC 7692 7.1.2.1",
  },
  {
    name: "client_max_window_bits",
    meaning:
      "the client refers back at most 2^n bytes, n from 8 to 15; in an offer without a value it says that the server may ask for that",
    section: "RFC 7692 7.1.2.2",
  },
  {
    name: "context takeover",
    meaning:
      "a message may refer to bytes of earlier ones: better compression, and memory on both sides",
    section: "RFC 7692 7.1.1",
  },
];
