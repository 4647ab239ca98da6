import { describe, expect, it } from "vitest";
import { violation } from "../../src/protocol/rules.ts";
import { hasOpened } from "../../src/opened.ts";
import { type HandshakeLook, handshakeLines } from "../../src/render/handshake-lines.ts";
import { span } from "../../src/render/span.ts";
import { createTheme } from "../../src/render/theme.ts";
import type { HandshakeEvent } from "../../src/transport/events.ts";
import { hex, utf8 } from "../helpers/bytes.ts";
import { expectGolden } from "../helpers/golden.ts";
import { http2Handshake } from "../helpers/http2-handshake.ts";

const NOW_MS = Date.UTC(2026, 1, 1);
const look: HandshakeLook = {
  theme: createTheme(0),
  columns: 80,
  heads: false,
  showSecrets: false,
};
const opened: HandshakeEvent = {
  type: "handshake",
  conn: "1",
  at: { epochUs: NOW_MS * 1000, ns: 0n },
  role: "client",
  url: "wss://example.net/v1",
  remote: "192.0.2.1:443",
  request: {
    startLine: "GET /v1?token=abc HTTP/1.1",
    headers: [
      ["Host", "example.net"],
      ["Cookie", "sid=abc"],
    ],
  },
  response: {
    startLine: "HTTP/1.1 101 Switching Protocols",
    headers: [["Upgrade", "websocket"]],
  },
  timings: { dns: 2.1, tcp: 0.42, tls: 19, upgrade: 11 },
  violations: [],
};
const refused: HandshakeEvent = {
  ...opened,
  response: {
    startLine: "HTTP/1.1 401 Unauthorized",
    headers: [
      ["WWW-Authenticate", 'Basic realm="x"'],
      ["Set-Cookie", "sid=1; HttpOnly"],
    ],
  },
  body: utf8("<h1>no</h1>\n"),
  violations: [violation("response-status", "status 401")],
};

function lines(event: Partial<HandshakeEvent>, more: Partial<HandshakeLook> = {}) {
  return handshakeLines({ ...opened, ...event }, [], { ...look, ...more });
}

describe("an open connection", () => {
  it("tells where to, and what each phase took", () => {
    expect(lines({})).toEqual([
      "● open   wss://example.net/v1 in 33 ms (dns 2.1 · tcp 0.4 · tls 19 · upgrade 11)",
      "         at 192.0.2.1:443",
    ]);
  });

  it("puts the phases below where the address is long", () => {
    expect(lines({ url: "wss://example.net/a/long/path/to/somewhere" })).toEqual([
      "● open   wss://example.net/a/long/path/to/somewhere in 33 ms",
      "         (dns 2.1 · tcp 0.4 · tls 19 · upgrade 11)",
      "         at 192.0.2.1:443",
    ]);
  });

  it("tells what was agreed, as much on a line as fits", () => {
    const deflate = {
      serverNoContextTakeover: true,
      clientNoContextTakeover: false,
      serverMaxWindowBits: 12,
      clientMaxWindowBits: 15,
    };
    const words = "permessage-deflate, server window 2^12, server without context takeover";
    const way = "         at 192.0.2.1:443 · subprotocol chat";
    expect(lines({ subprotocol: "chat", deflate }).slice(1)).toEqual([way, `         ${words}`]);
    expect(lines({ subprotocol: "chat", deflate }, { columns: 120 }).slice(1)).toEqual([
      `${way} · ${words}`,
    ]);
  });

  it("seen by the server tells who came", () => {
    const request = {
      startLine: "GET /chat HTTP/1.1",
      headers: [["Origin", "http://a.test"]] as const,
    };
    const event = {
      role: "server",
      remote: "127.0.0.1:5000",
      url: "ws://localhost:9/chat",
      request,
    } as const;
    expect(lines(event)).toEqual([
      "● open   127.0.0.1:5000 → ws://localhost:9/chat",
      "         origin http://a.test",
    ]);
  });

  it("aligns what follows with the prefix", () => {
    const event = { ...opened, subprotocol: "chat" };
    const [first, second] = handshakeLines(event, [span("12:00:00.000 #1  ")], look);
    expect(first).toMatch(/^12:00:00\.000 #1 {2}● open {3}wss:/);
    expect(second).toMatch(/^ {26}\S/);
  });
});

describe("both heads", () => {
  it("stand in the direction they went, secrets redacted", () => {
    expect(lines({}, { heads: true }).slice(2)).toEqual([
      "         → GET /v1?token=*** HTTP/1.1",
      "         → Host: example.net",
      "         → Cookie: sid=***",
      "         ← HTTP/1.1 101 Switching Protocols",
      "         ← Upgrade: websocket",
    ]);
  });

  it("are followed by the check of the accept key", () => {
    const key = ["Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="] as const;
    const accept = ["Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="] as const;
    const request = { startLine: "GET / HTTP/1.1", headers: [key] };
    const response = { ...opened.response, headers: [accept] };
    expect(lines({ request, response }, { heads: true }).slice(-5)).toEqual([
      "",
      "         key      dGhlIHNhbXBsZSBub25jZQ==",
      "         SHA-1    b37a4f2cc0624f1690f64606cf385945b2bec4ea of key + GUID",
      "         expected s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
      "         received s3pPLMBiTxaQ9kYGzzhZRbK+xOo=  matches",
    ]);
    expect(lines({ request, response }).join("")).not.toContain("SHA-1");
  });

  it("are turned round for a server", () => {
    const shown = lines({ role: "server" }, { heads: true });
    expect(shown[1]).toContain("← GET");
    expect(shown[4]).toContain("→ HTTP/1.1 101");
  });

  it("show secrets when asked", () => {
    const shown = lines({ url: "ws://u:p@h/" }, { heads: true, showSecrets: true }).join("\n");
    expect(shown).toContain("ws://u:p@h/");
    expect(shown).toContain("token=abc");
    expect(shown).toContain("sid=abc");
  });
});

describe("a refusal", () => {
  it("tells status, headers and body", () => {
    expect(lines(refused)).toEqual([
      "○ refused wss://example.net/v1: 401 Unauthorized",
      '         WWW-Authenticate: Basic realm="x"',
      "         Set-Cookie: sid=***; HttpOnly",
      "",
      "         <h1>no</h1>",
    ]);
  });

  it("tells what else is wrong", () => {
    const shown = lines({ ...refused, violations: [violation("response-version", "8")] });
    expect(shown[1]).toMatch(/^ {9}! The server speaks other versions/);
  });

  it("shows of a web page what a person would read", () => {
    const headers = [["Content-Type", "text/html"]] as const;
    const response = { startLine: "HTTP/1.1 200 OK", headers };
    const body = utf8("<!doctype html><title>Shop</title><p>Buy <b>tea</b></p>");
    expect(lines({ ...refused, response, body })).toEqual([
      "○ refused wss://example.net/v1: 200 OK",
      "         Content-Type: text/html",
      "",
      "         Shop",
      "         Buy tea",
      "         from a web page of 55 bytes",
    ]);
  });

  it("shows the beginning of a long body, and how long it is", () => {
    const shown = lines({ ...refused, body: utf8("line\n".repeat(1000)) });
    expect(shown.filter((line) => line.endsWith("line"))).toHaveLength(8);
    expect(shown.at(-1)).toBe("         … of 5,000 bytes");
  });

  it("shows a body that is no text as a hexdump", () => {
    expect(lines({ ...refused, body: hex("1f8b08ff") }).at(-1)).toContain("1f 8b 08 ff");
  });

  it("without HTTP says so", () => {
    const response = { startLine: "SSH-2.0-OpenSSH_9.6", headers: [] };
    const event = { response, violations: [violation("response-status", '"SSH-2.0"')] };
    const shown = lines(event).join("\n");
    expect(shown).toContain("○ refused wss://example.net/v1: no HTTP");
    expect(shown).toContain("SSH-2.0");
  });

  it("by us tells what was wrong with the request", () => {
    const event = { ...refused, role: "server", violations: [violation("request-key")] } as const;
    const shown = lines(event).join("\n");
    expect(shown).toContain("request-key");
    expect(shown).not.toContain("WWW-Authenticate");
  });

  it("of a 101 that is wrong tells the rule", () => {
    const shown = lines({ violations: [violation("response-accept")] });
    expect(shown[0]).toBe("○ failed  wss://example.net/v1: the answer is wrong");
    expect(shown.join(" ")).toContain("response-accept");
  });

  it("escapes everything that the peer says", () => {
    const evil = "\x1b]0;owned\x07";
    const event: Partial<HandshakeEvent> = {
      url: `ws://h/${evil}`,
      subprotocol: evil,
      response: { startLine: `HTTP/1.1 400 ${evil}`, headers: [["X", evil]] },
      body: utf8(evil),
      violations: [violation("response-version", evil)],
    };
    for (const heads of [true, false]) {
      expect(lines(event, { heads }).join("\n")).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
      expect(
        lines({ subprotocol: evil, remote: evil, role: "server" }, { heads }).join(""),
      ).not.toContain("\x1b");
    }
  });
});

describe("a refusal on the screen", () => {
  const page = `<!doctype html><title>502 Bad Gateway</title><style>p { color: red }</style>
    <h1>502 Bad Gateway</h1><p>The server at <b>upstream.example.net</b> did not answer in time;
    please try again later, or write to the people who run it.</p><hr>nginx`;
  const gateway: HandshakeEvent = {
    ...refused,
    response: {
      startLine: "HTTP/1.1 502 Bad Gateway",
      headers: [
        ["Content-Type", "text/html; charset=utf-8"],
        ["Set-Cookie", "sid=abc; HttpOnly"],
        ["X-Trace", "a very long line that says how the request went through each of the proxies"],
      ],
    },
    body: utf8(page),
    violations: [violation("response-status", "status 502")],
  };

  it.each([
    ["80.txt", {}],
    ["120.txt", { columns: 120 }],
    ["heads.txt", { heads: true }],
    ["color.txt", { theme: createTheme(1) }],
  ] satisfies [string, Partial<HandshakeLook>][])("%s", (name, more) => {
    const shown = handshakeLines(gateway, [], { ...look, ...more });
    expectGolden(`refusal/${name}`, `${shown.join("\n")}\n`);
  });
});

describe("hasOpened", () => {
  it("needs 101 and no error", () => {
    expect(hasOpened(opened)).toBe(true);
    expect(hasOpened(refused)).toBe(false);
    expect(hasOpened({ ...opened, violations: [violation("response-accept")] })).toBe(false);
    expect(
      hasOpened({ ...opened, violations: [{ ...violation("request-host"), severity: "warn" }] }),
    ).toBe(true);
  });
});

describe("over HTTP/2", () => {
  const over = (event: HandshakeEvent, more: Partial<HandshakeLook> = {}) =>
    handshakeLines(event, [], { ...look, ...more });

  it("2xx opens", () => {
    expect(over(http2Handshake())).toEqual([
      "● open   wss://example.test/chat?token=***&room=1 in 5.0 ms (upgrade 5.0)",
      "         HTTP/2 · at 10.0.0.2:443",
    ]);
  });

  it("the heads are the fields, as they were on the wire", () => {
    const [, , ...heads] = over(http2Handshake(), { heads: true });
    expect(heads.slice(0, 4)).toEqual([
      "         → :method: CONNECT",
      "         → :protocol: websocket",
      "         → :scheme: https",
      "         → :path: /chat?token=***&room=1",
    ]);
    expect(heads.slice(-2)).toEqual([
      "         → authorization: Bearer ***",
      "         ← :status: 200",
    ]);
  });

  it("a refusal has its status, its headers and its body, once", () => {
    const violations = [violation("handshake-refused", "status 403")];
    const more = [["content-type", "text/plain"]] as const;
    expect(over(http2Handshake(403, { more, violations, body: utf8("no\n") }))).toEqual([
      "○ refused wss://example.test/chat?token=***&room=1: 403",
      "         content-type: text/plain",
      "",
      "         no",
    ]);
  });

  it.each([
    ["connect-status", 101, "the answer is wrong"],
    ["connect-not-enabled", 200, "the request is wrong"],
    ["connect-upgrade-headers", 200, "the answer is wrong"],
  ] as const)("%s with %i: %s", (rule, status, words) => {
    const [first] = over(http2Handshake(status, { violations: [violation(rule)] }));
    expect(first).toBe(`○ failed  wss://example.test/chat?token=***&room=1: ${words}`);
  });
});
