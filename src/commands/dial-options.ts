import type { OptionSpec } from "./command.ts";

/** What the opening request holds beside the address. */
const REQUEST_OPTIONS: readonly OptionSpec[] = [
  {
    name: "header",
    alias: "H",
    kind: "list",
    value: "'NAME: VALUE'",
    description: "add a header; also @FILE, 'NAME: env:VAR'",
    topic: "Request",
    common: true,
  },
  {
    name: "subprotocol",
    alias: "s",
    kind: "list",
    value: "NAME",
    description: "offer a subprotocol; repeatable",
    topic: "Request",
    common: true,
  },
  {
    name: "auth",
    kind: "text",
    value: "USER:PASSWORD",
    description: "log in by Basic; also @FILE or env:VAR",
    topic: "Request",
  },
  {
    name: "bearer",
    kind: "text",
    value: "TOKEN",
    description: "log in by a token; also @FILE or env:VAR",
    topic: "Request",
  },
  {
    name: "cookie",
    kind: "list",
    value: "'A=B; C=D'",
    description: "send cookies; @FILE, env:VAR; repeatable",
    topic: "Request",
  },
  {
    name: "origin",
    kind: "text",
    value: "ORIGIN",
    description: "set the Origin header",
    topic: "Request",
  },
  {
    name: "host",
    kind: "text",
    value: "NAME",
    description: "set the Host header",
    topic: "Request",
  },
  {
    name: "user-agent",
    kind: "text",
    value: "TEXT",
    description: "set the User-Agent header",
    topic: "Request",
  },
  {
    name: "ws-version",
    kind: "text",
    value: "N",
    description: "protocol version to ask for",
    default: "13",
    topic: "Request",
  },
];

/** Where a server sends elsewhere: what is loaded is to be one server, so `bench` has none of these. */
const REDIRECT_OPTIONS: readonly OptionSpec[] = [
  {
    name: "location",
    alias: "L",
    kind: "flag",
    description: "follow redirects, secrets to no other host",
    topic: "Request",
  },
  {
    name: "max-redirects",
    kind: "text",
    value: "N",
    description: "follow no more than these",
    default: "10",
    topic: "Request",
  },
];

/** The way to the server. */
const ROUTE_OPTIONS: readonly OptionSpec[] = [
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
    description: "this address for that name; repeatable",
    topic: "Connection",
  },
  {
    name: "ipv4",
    alias: "4",
    kind: "flag",
    description: "use IPv4 addresses alone",
    topic: "Connection",
  },
  {
    name: "ipv6",
    alias: "6",
    kind: "flag",
    description: "use IPv6 addresses alone",
    topic: "Connection",
  },
  {
    name: "connect-timeout",
    kind: "text",
    value: "TIME",
    description: "for DNS, TCP, proxy and TLS",
    default: "10s",
    topic: "Connection",
  },
  {
    name: "handshake-timeout",
    kind: "text",
    value: "TIME",
    description: "for the server's answer",
    default: "10s",
    topic: "Connection",
  },
];

/** What is to be known of a certificate of ours. */
export const KEY_OPTIONS: readonly OptionSpec[] = [
  {
    name: "key",
    kind: "text",
    value: "FILE",
    description: "its private key (PEM), if in another file",
    topic: "TLS",
  },
  {
    name: "passphrase",
    kind: "text",
    value: "TEXT",
    description: "of the private key; also @FILE or env:VAR",
    topic: "TLS",
  },
];

const VERSIONS = ["1.0", "1.1", "1.2", "1.3"] as const;

export const TLS_VERSION_OPTIONS: readonly OptionSpec[] = [
  {
    name: "tls-min",
    kind: "text",
    value: "VERSION",
    choices: VERSIONS,
    description: "oldest version of TLS",
    default: "1.2",
    topic: "TLS",
  },
  {
    name: "tls-max",
    kind: "text",
    value: "VERSION",
    choices: VERSIONS,
    description: "newest version of TLS",
    default: "1.3",
    topic: "TLS",
  },
];

const TLS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "insecure",
    kind: "flag",
    description: "accept any TLS certificate",
    topic: "TLS",
    common: true,
  },
  {
    name: "ca",
    kind: "list",
    value: "FILE",
    description: "trust these authorities (PEM); repeatable",
    topic: "TLS",
  },
  {
    name: "cert",
    kind: "text",
    value: "FILE",
    description: "client certificate (PEM or PKCS#12)",
    topic: "TLS",
  },
  ...KEY_OPTIONS,
  {
    name: "sni",
    kind: "text",
    value: "NAME",
    description: "name to ask and verify",
    default: "the host",
    topic: "TLS",
  },
  ...TLS_VERSION_OPTIONS,
  {
    name: "ciphers",
    kind: "text",
    value: "LIST",
    description: "TLS ciphers, in OpenSSL's notation",
    topic: "TLS",
  },
];

/** How to dial, for `bench`. */
export const LOAD_DIAL_OPTIONS: readonly OptionSpec[] = [
  ...REQUEST_OPTIONS,
  ...ROUTE_OPTIONS,
  ...TLS_OPTIONS,
];

/** How to dial. */
export const DIAL_OPTIONS: readonly OptionSpec[] = [
  ...REQUEST_OPTIONS,
  ...REDIRECT_OPTIONS,
  ...ROUTE_OPTIONS,
  ...TLS_OPTIONS,
];
