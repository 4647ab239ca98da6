import type { OptionSpec } from "./command.ts";

const TOPIC = "TLS";
const VERSIONS = ["1.0", "1.1", "1.2", "1.3"] as const;

export const LISTEN_TLS_OPTIONS: readonly OptionSpec[] = [
  {
    name: "self-signed",
    kind: "flag",
    description: "serve wss:// with a certificate made on the spot",
    topic: TOPIC,
  },
  {
    name: "cert",
    kind: "text",
    value: "FILE",
    description: "serve wss:// with this certificate (PEM or PKCS#12)",
    topic: TOPIC,
  },
  {
    name: "key",
    kind: "text",
    value: "FILE",
    description: "its private key (PEM), if in another file",
    topic: TOPIC,
  },
  {
    name: "passphrase",
    kind: "text",
    value: "TEXT",
    description: "of the private key; also @FILE or env:VAR",
    topic: TOPIC,
  },
  {
    name: "client-ca",
    kind: "list",
    value: "FILE",
    description: "want a client certificate of these authorities (PEM); repeatable",
    topic: TOPIC,
  },
  {
    name: "client-cert",
    kind: "text",
    value: "WHEN",
    choices: ["ask", "require"],
    description: "only ask for a client certificate, or turn away who has none",
    default: "require with --client-ca",
    topic: TOPIC,
  },
  {
    name: "tls-min",
    kind: "text",
    value: "VERSION",
    choices: VERSIONS,
    description: "oldest version of TLS",
    default: "1.2",
    topic: TOPIC,
  },
  {
    name: "tls-max",
    kind: "text",
    value: "VERSION",
    choices: VERSIONS,
    description: "newest version of TLS",
    default: "1.3",
    topic: TOPIC,
  },
];
