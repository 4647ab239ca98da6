import type { OptionSpec } from "./command.ts";

/** How to dial: shared by `connect` and `bench`. */
export const DIAL_OPTIONS: readonly OptionSpec[] = [
  {
    name: "header",
    alias: "H",
    kind: "list",
    value: "'NAME: VALUE'",
    description: "add a request header; repeatable",
    topic: "Connection",
    common: true,
  },
  {
    name: "subprotocol",
    alias: "s",
    kind: "list",
    value: "NAME",
    description: "offer a subprotocol; repeatable",
    topic: "Connection",
    common: true,
  },
  {
    name: "origin",
    kind: "text",
    value: "ORIGIN",
    description: "set the Origin header",
    topic: "Connection",
  },
  {
    name: "proxy",
    kind: "text",
    value: "URL",
    description:
      "http, https, socks5, socks5h, socks4 or socks4a proxy to connect through, or none",
    default:
      "HTTP_PROXY for ws, HTTPS_PROXY for wss, or ALL_PROXY; NO_PROXY and this machine excepted",
    topic: "Connection",
  },
  {
    name: "resolve",
    kind: "list",
    value: "HOST:PORT:ADDR",
    description: "connect to this address for that name; repeatable",
    topic: "Connection",
  },
  {
    name: "connect-timeout",
    kind: "text",
    value: "TIME",
    description: "give up resolving, connecting, the proxy and TLS after this long",
    default: "10s",
    topic: "Connection",
  },
  {
    name: "handshake-timeout",
    kind: "text",
    value: "TIME",
    description: "give up waiting for the answer to the opening request after this long",
    default: "10s",
    topic: "Connection",
  },
  {
    name: "insecure",
    kind: "flag",
    description: "accept any TLS certificate",
    topic: "TLS",
    common: true,
  },
  {
    name: "ca",
    kind: "text",
    value: "FILE",
    description: "trust the certificate authorities in this PEM file",
    topic: "TLS",
  },
  {
    name: "cert",
    kind: "text",
    value: "FILE",
    description: "present this client certificate (PEM)",
    topic: "TLS",
  },
  {
    name: "key",
    kind: "text",
    value: "FILE",
    description: "private key of the client certificate (PEM)",
    topic: "TLS",
  },
  {
    name: "sni",
    kind: "text",
    value: "NAME",
    description: "name to ask for and to verify in the TLS handshake",
    default: "the host",
    topic: "TLS",
  },
];
