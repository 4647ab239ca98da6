import type { OptionSpec } from "./command.ts";

const WHO = "Who may come in";
const WHAT = "What clients may do";

export const GUARD_OPTIONS: readonly OptionSpec[] = [
  {
    name: "guarded",
    kind: "flag",
    description: "turn on the guards that need no secret",
    topic: WHO,
    common: true,
  },
  {
    name: "allow-origin",
    kind: "list",
    value: "ORIGIN",
    description:
      "answer pages of other origins with 403: https://app.example.com, *.example.com, self, null; repeatable",
    default: "any; self with --guarded or --exec",
    topic: WHO,
  },
  {
    name: "require-origin",
    kind: "flag",
    description: "answer requests without Origin, which come from no browser, with 403",
    topic: WHO,
  },
  {
    name: "token",
    kind: "list",
    value: "TOKEN",
    description:
      'want this token, else 401: Authorization: Bearer, ?token= or a first message, bare or {"type":"auth","token":…}; repeatable; also @FILE or env:VAR',
    topic: WHO,
  },
  {
    name: "token-timeout",
    kind: "text",
    value: "TIME",
    description:
      "close with 4001 who shows no token in a first message for so long, 4002 a wrong one, 4003 none; off wants it in the request",
    default: "5s",
    topic: WHO,
  },
  {
    name: "basic-auth",
    kind: "list",
    value: "USER:PASS",
    description: "want this user and password, else 401; repeatable; also @FILE or env:VAR",
    topic: WHO,
  },
  {
    name: "require-cookie",
    kind: "list",
    value: "NAME[=VALUE]",
    description: "want this cookie, else 403; repeatable; VALUE also @FILE or env:VAR",
    topic: WHO,
  },
  {
    name: "csrf",
    kind: "text",
    value: "NAME",
    description:
      "want the value of this cookie, which the page at / sets, also as ?NAME= or X-CSRF-Token, else 403",
    topic: WHO,
  },
  {
    name: "require-subprotocol",
    kind: "flag",
    description: "answer who offers no subprotocol that is accepted with 400",
    topic: WHO,
  },
  {
    name: "max-connections",
    kind: "text",
    value: "N",
    description: "answer clients beyond these with 503, or off",
    default: "off; 1000 with --guarded",
    topic: WHO,
  },
  {
    name: "max-per-ip",
    kind: "text",
    value: "N",
    description: "answer clients of one address (or IPv6 /64) beyond these with 429, or off",
    default: "off; 10 with --guarded",
    topic: WHO,
  },
  {
    name: "handshake-timeout",
    kind: "text",
    value: "TIME",
    description: "for TLS, and for the request",
    default: "10s",
    topic: WHO,
  },
  {
    name: "max-payload",
    kind: "text",
    value: "SIZE",
    description: "answer longer messages, inflated, with 1009",
    default: "100MiB, for a relay any; 1MiB with --guarded",
    topic: WHAT,
  },
  {
    name: "max-fragments",
    kind: "text",
    value: "N",
    description: "answer messages of more fragments with 1008",
    default: "262144; 1000 with --guarded",
    topic: WHAT,
  },
  {
    name: "max-rate",
    kind: "text",
    value: "RATE",
    description:
      "answer the first message beyond it with an error, the next with 1008, or off; a relay the first with 1008",
    default: "off; 100/m with --guarded",
    topic: WHAT,
  },
  {
    name: "idle-timeout",
    kind: "text",
    value: "TIME",
    description: "close with 1000 where no message passes for so long, or off",
    default: "off; 5m with --guarded",
    topic: WHAT,
  },
  {
    name: "ping-interval",
    kind: "text",
    value: "TIME",
    description: "ping when nothing has come for this long, or off; not in a relay",
    default: "off; 30s with --guarded",
    topic: WHAT,
  },
  {
    name: "ping-timeout",
    kind: "text",
    value: "TIME",
    description: "the client is lost when nothing comes for this long after a ping",
    default: "30s",
    topic: WHAT,
  },
  {
    name: "max-buffered",
    kind: "text",
    value: "SIZE",
    description: "close with 1013 who leaves so much unread",
    default: "64MiB; 4MiB with --guarded",
    topic: WHAT,
  },
];
