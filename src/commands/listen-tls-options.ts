import type { OptionSpec } from "./command.ts";
import { KEY_OPTIONS, TLS_VERSION_OPTIONS } from "./dial-options.ts";

const TOPIC = "TLS";

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
  ...KEY_OPTIONS,
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
  ...TLS_VERSION_OPTIONS,
];
