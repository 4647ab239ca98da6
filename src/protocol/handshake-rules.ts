import type { RuleBody } from "./rules.ts";

/** What an opening request can break (RFC 6455, sections 4.1 and 4.2.1), in the order of its lines. */
export const CLIENT_HANDSHAKE_RULES = {
  "request-method": {
    severity: "error",
    section: "4.1",
    explanation: "The opening request must be GET over HTTP/1.1 or higher.",
  },
  "request-host": {
    severity: "error",
    section: "4.2.1",
    explanation: "The opening request must have one Host header.",
  },
  "request-upgrade": {
    severity: "error",
    section: "4.2.1",
    explanation: "The Upgrade header of the request must contain websocket.",
  },
  "request-connection": {
    severity: "error",
    section: "4.2.1",
    explanation: "The Connection header of the request must contain the token Upgrade.",
  },
  "request-key": {
    severity: "error",
    section: "4.2.1",
    explanation: "The request must have one Sec-WebSocket-Key, the base64 form of 16 bytes.",
  },
  "request-key-sample": {
    severity: "warn",
    section: "4.1",
    explanation:
      "The Sec-WebSocket-Key must be random; this one is the sample that RFC 6455 prints.",
  },
  "request-key-reused": {
    severity: "warn",
    section: "4.1",
    explanation: "The Sec-WebSocket-Key must be chosen at random for each connection.",
  },
  "request-version": {
    severity: "error",
    section: "4.2.2",
    explanation: "The request must have one Sec-WebSocket-Version, and it must be 13.",
  },
  "request-origin-refused": {
    severity: "info",
    section: "4.2.2",
    explanation: "A server that does not accept the Origin of a request answers 403.",
  },
  "request-subprotocol": {
    severity: "error",
    section: "4.1",
    explanation: "The subprotocols offered must be valid tokens, each named once.",
  },
  "request-extensions": {
    severity: "error",
    section: "9.1",
    explanation: "The Sec-WebSocket-Extensions header must follow its grammar.",
  },
  "data-before-response": {
    severity: "error",
    section: "4.1",
    explanation: "A client must wait for the response before it sends any further data.",
  },
  "credentials-in-clear": {
    severity: "warn",
    section: "10.6",
    explanation: "Credentials over ws:// can be read on the way; only wss:// keeps them secret.",
  },
  "credentials-in-url": {
    severity: "warn",
    section: "RFC 9110 17.9",
    explanation: "Credentials do not belong in a URL, which is logged and kept in many places.",
  },
  "request-fragment": {
    severity: "error",
    section: "3",
    explanation: "The URL of a WebSocket must have no fragment; a # in its path is written %23.",
  },
} as const satisfies Record<string, RuleBody>;

/** What the answer to it can break (RFC 6455, sections 4.1 and 4.2.2). */
export const SERVER_HANDSHAKE_RULES = {
  "response-status": {
    severity: "error",
    section: "4.1",
    explanation: "Only the status 101 opens a WebSocket connection.",
  },
  "handshake-refused": {
    severity: "info",
    section: "4.2.2",
    explanation: "A server may refuse a handshake, redirect it or ask for credentials.",
  },
  "response-upgrade": {
    severity: "error",
    section: "4.1",
    explanation: "The Upgrade header of the response must be websocket.",
  },
  "response-connection": {
    severity: "error",
    section: "4.1",
    explanation: "The Connection header of the response must contain the token Upgrade.",
  },
  "response-accept": {
    severity: "error",
    section: "4.1",
    explanation:
      "Sec-WebSocket-Accept must be the base64 SHA-1 of the key and the fixed GUID, once.",
  },
  "response-subprotocol": {
    severity: "error",
    section: "4.1",
    explanation: "The server may choose one subprotocol, and only one that was offered.",
  },
  "response-extensions": {
    severity: "error",
    section: "4.1",
    explanation: "The server may use only extensions that were offered, each of them once.",
  },
  "response-version": {
    severity: "error",
    section: "4.4",
    explanation: "The server speaks other versions of the protocol than 13.",
  },
  "upgrade-required-version": {
    severity: "error",
    section: "4.2.2",
    explanation:
      "A server that refuses the version must name the ones it speaks in Sec-WebSocket-Version.",
  },
} as const satisfies Record<string, RuleBody>;

/** The same over HTTP/2 (RFC 8441); its frames obey the rules of every other connection. */
export const HTTP2_RULES = {
  "connect-not-enabled": {
    severity: "error",
    section: "RFC 8441 3",
    explanation:
      "A client may use :protocol only after SETTINGS_ENABLE_CONNECT_PROTOCOL = 1 from the server.",
  },
  "connect-pseudo-headers": {
    severity: "error",
    section: "RFC 8441 4",
    explanation:
      "The request is a CONNECT with :protocol websocket, and :scheme, :path and :authority.",
  },
  "connect-upgrade-headers": {
    severity: "error",
    section: "RFC 8441 5",
    explanation:
      "Over HTTP/2 there are no Upgrade, Connection, Host, Sec-WebSocket-Key and -Accept headers.",
  },
  "connect-status": {
    severity: "error",
    section: "RFC 8441 5",
    explanation: "Over HTTP/2 a status of 2xx opens the connection, never 101.",
  },
} as const satisfies Record<string, RuleBody>;
