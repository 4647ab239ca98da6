import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { ClientUpgrade, type UpgradeOptions } from "../../src/transport/client-upgrade.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { concat, filler, hex, singly, splitAt, splitPoints, utf8 } from "../helpers/bytes.ts";
import { response } from "../helpers/transport.ts";

const upgradeTo = (url: string, options: UpgradeOptions = {}) =>
  new ClientUpgrade(parseTarget(url), options, filler(16));

/** The handshake with `h:80` fed with bytes: all at once and, alike, one by one. */
function answer(bytes: string | Uint8Array, options: UpgradeOptions = {}) {
  const feed = (split: (all: Uint8Array) => Uint8Array[]) => {
    const upgrade = upgradeTo("ws://h/", options);
    const all = typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes;
    for (const piece of split(all)) {
      const result = upgrade.push(piece);
      if (result) return result;
    }
    return upgrade.ended("closed");
  };
  const [whole, split] = [feed((all) => [all]), feed(singly)];
  expect(split.state).toBe(whole.state);
  if (whole.state === "failed" && split.state === "failed") {
    expect(split.failure.message.slice(0, 40)).toBe(whole.failure.message.slice(0, 40));
  }
  return whole;
}

const right = (...headers: string[]) => {
  const { bytes } = upgradeTo("ws://h/");
  return response(Buffer.from(bytes).toString("latin1"), headers);
};

/** Asserts how the handshake fails. */
function expectFails(
  bytes: string | Uint8Array,
  code: string,
  message: RegExp,
  options?: UpgradeOptions,
): FramecatError {
  const result = answer(bytes, options);
  if (result.state === "open") return expect.unreachable("it opened");
  expect([result.failure.code, result.failure.message]).toEqual([
    code,
    expect.stringMatching(message),
  ]);
  return result.failure;
}

describe("the request", () => {
  const head = (url: string, options?: UpgradeOptions) =>
    Buffer.from(upgradeTo(url, options).bytes).toString("latin1");

  it("is what section 4.1 asks for", () => {
    expect(head("ws://h:8080/chat?room=1").split("\r\n")).toEqual([
      "GET /chat?room=1 HTTP/1.1",
      "Host: h:8080",
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${Buffer.from(filler(16)).toString("base64")}`,
      "Sec-WebSocket-Version: 13",
      "",
      "",
    ]);
  });

  it("offers what it is told to", () => {
    const text = head("ws://h/", {
      subprotocols: ["chat", "superchat"],
      deflate: { clientMaxWindowBits: true },
      origin: "https://example.com",
      headers: [["X-Trace", "1"]],
    });
    expect(text).toContain("\r\nSec-WebSocket-Protocol: chat, superchat\r\n");
    expect(text).toMatch(
      /\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n/,
    );
    expect(text).toContain("\r\nOrigin: https://example.com\r\n");
    expect(text).toContain("\r\nX-Trace: 1\r\n");
  });

  it("asks for another host and another version", () => {
    const lines = head("ws://h:8080/", { host: "virtual.example", version: 8 }).split("\r\n");
    expect(lines.slice(1, 2)).toEqual(["Host: virtual.example"]);
    expect(lines).toContain("Sec-WebSocket-Version: 8");
    expect(lines.join()).not.toContain("h:8080");
  });

  it("sends the credentials of the address, unless a header has others", () => {
    const basic = `Authorization: Basic ${Buffer.from("user:pä$$").toString("base64")}`;
    expect(head("ws://user:p%C3%A4$$@h/")).toContain(`\r\n${basic}\r\n`);
    const own = head("ws://user:pass@h/", { headers: [["authorization", "Bearer x"]] });
    expect(own.match(/^Authorization: .*$/gim)).toEqual(["authorization: Bearer x"]);
  });

  it.each([
    ["a line break", "a\r\nX: y"],
    ["a NUL", "a\u0000"],
    ["what is no Latin-1", "☃"],
  ])("refuses a header with %s, and does not repeat it", (_, value) => {
    try {
      upgradeTo("ws://h/", { headers: [["X-Secret", value]] });
      expect.unreachable("it was taken");
    } catch (thrown) {
      expect(thrown).toBeInstanceOf(FramecatError);
      expect((thrown as FramecatError).code).toBe("usage");
      expect((thrown as FramecatError).message).toContain("X-Secret");
      expect((thrown as FramecatError).message).not.toContain(value);
    }
  });
});

describe("an answer that opens", () => {
  it("leaves the bytes after it", () => {
    const result = answer(concat([Buffer.from(right()), hex("81 02 6869")]));
    expect(result).toMatchObject({ state: "open", verdict: { status: 101 } });
    const upgrade = upgradeTo("ws://h/");
    const opened = upgrade.push(concat([Buffer.from(right()), hex("81 02 6869")]));
    expect(opened?.state === "open" && Buffer.from(opened.rest).toString("hex")).toBe("81026869");
  });

  it("may come after interim responses", () => {
    const interim =
      "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    expect(answer(`${interim}${right()}`)).toMatchObject({ state: "open" });
  });

  it("tells what was agreed", () => {
    const result = answer(
      right("Sec-WebSocket-Protocol: b", "Sec-WebSocket-Extensions: permessage-deflate"),
      { subprotocols: ["a", "b"], deflate: {} },
    );
    expect(result).toMatchObject({
      state: "open",
      verdict: { subprotocol: "b", deflate: { serverMaxWindowBits: 15 } },
    });
  });
});

describe("an answer that is invalid", () => {
  it.each<[string, string, RegExp, UpgradeOptions?]>([
    ["a wrong accept key", right().replace(/Accept: ./, "Accept: x"), /Accept/],
    ["no accept key", right().replace(/Sec-WebSocket-Accept.*\r\n/, ""), /no Sec-WebSocket-Accept/],
    ["no Upgrade", right().replace("Upgrade: websocket\r\n", ""), /no Upgrade header/],
    ["another Upgrade", right().replace("websocket", "h2c"), /Upgrade: h2c/],
    ["no Connection", right().replace("Connection: Upgrade\r\n", ""), /no Connection header/],
    ["HTTP/1.0", right().replace("HTTP/1.1", "HTTP/1.0"), /HTTP\/1\.0/],
    ["an unrequested subprotocol", right("Sec-WebSocket-Protocol: x"), /none was offered/],
    [
      "another subprotocol",
      right("Sec-WebSocket-Protocol: x"),
      /offered were a/,
      { subprotocols: ["a"] },
    ],
    ["an unrequested extension", right("Sec-WebSocket-Extensions: x-foo"), /x-foo was not offered/],
    [
      "deflate that was not offered",
      right("Sec-WebSocket-Extensions: permessage-deflate"),
      /permessage-deflate was not offered/,
    ],
    [
      "wrong deflate parameters",
      right("Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=16"),
      /server_max_window_bits/,
      { deflate: {} },
    ],
  ])("%s", (_, bytes, message, options) => {
    expectFails(bytes, "bad-handshake", message, options);
  });

  it.each<[string, string | Uint8Array, RegExp]>([
    ["an SSH banner", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", /not HTTP.*"SSH-2/],
    ["SMTP", "220 mail.example ESMTP\r\n", /not HTTP.*"220 m/],
    ["random bytes", hex("00 ff 13 37 80"), /not HTTP/],
    ["a head with no status", "HTTP/1.1 OK\r\n\r\n", /no status.*HTTP\/1\.1 OK/],
    ["something like a request", "GARBAGE\r\n\r\n", /no status.*GARBAGE/],
    ["a malformed header", "HTTP/1.1 101 x\r\nno colon\r\n\r\n", /malformed.*no colon/],
    ["a head that never ends", `HTTP/1.1 101 x\r\nA: ${"x".repeat(70_000)}`, /head is over 65536/],
    ["half a head", "HTTP/1.1 101 Switching Protocols\r\nUpgr", /ended within the head/],
  ])("%s", (_, bytes, message) => {
    expectFails(bytes, "bad-handshake", message);
  });

  it("recognizes TLS, and says so", () => {
    const { hint } = expectFails(hex("15 0301 0002 0246"), "bad-handshake", /not HTTP/);
    expect(hint).toMatch(/wss:\/\//);
  });
});

describe("a refusal", () => {
  const body = (result: ReturnType<typeof answer>) =>
    result.state === "failed" ? Buffer.from(result.body).toString() : "";

  it.each([
    [200, "OK", /path right/],
    [302, "Found", /does not say where/],
    [401, "Unauthorized", /--auth/],
    [418, "I'm a teapot", undefined],
    [503, "", /overloaded/],
  ])("with %d", (status, reason, hint) => {
    const head = `HTTP/1.1 ${status} ${reason}\r\nContent-Length: 5\r\n\r\nsorry`;
    const failure = expectFails(
      head,
      "refused",
      new RegExp(`^h:80 refused the handshake: HTTP ${status} ?${reason}$`),
    );
    if (hint) expect(failure.hint).toMatch(hint);
    else expect(failure.hint).toBeUndefined();
    expect(body(answer(head))).toBe("sorry");
  });

  it("for another version of the protocol than was asked for", () => {
    const text =
      "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n";
    expect(expectFails(text, "refused", /426/).hint).toMatch(/version 8/);
    expect(expectFails(text, "refused", /426/, { version: 8 }).hint).not.toMatch(/version 8/);
  });

  it.each([
    ["chunked", "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", "abcde"],
    ["until the connection ends", "\r\nabcde", "abcde"],
    ["shorter than announced", "Content-Length: 100\r\n\r\nabcde", "abcde"],
    ["none", "Content-Length: 0\r\n\r\n", ""],
  ])("with a body: %s", (_, rest, expected) => {
    const result = answer(`HTTP/1.1 404 Not Found\r\n${rest}`);
    expect(body(result)).toBe(expected);
    expect(result.response?.startLine).toBe("HTTP/1.1 404 Not Found");
  });

  it.each([204, 304])("with %d has no body, and is not waited for", (status) => {
    const upgrade = upgradeTo("ws://h/");
    expect(upgrade.push(utf8(`HTTP/1.1 ${status} x\r\n\r\n`))).toMatchObject({ state: "failed" });
  });

  it("keeps 64 KiB of a body without end", () => {
    const upgrade = upgradeTo("ws://h/");
    expect(upgrade.push(utf8("HTTP/1.1 200 OK\r\n\r\n"))).toBeUndefined();
    let pushes = 0;
    let result;
    do {
      pushes += 1;
      result = upgrade.push(filler(1000));
    } while (!result);
    expect(pushes).toBe(66);
    expect(result.state === "failed" && result.body.length).toBe(65_536);
  });

  it("is cut short where its reason is long", () => {
    const failure = expectFails(`HTTP/1.1 404 ${"x".repeat(5000)}\r\n\r\n`, "refused", /404 x+$/);
    expect(failure.message.length).toBeLessThan(150);
  });
});

it("fails without compression where that is required", () => {
  const options = { deflate: {}, requireDeflate: true };
  const message = /^the server did not agree to permessage-deflate$/;
  expect(expectFails(right(), "bad-handshake", message, options).hint).toMatch(/--deflate on/);
  const agreed = right("Sec-WebSocket-Extensions: permessage-deflate");
  expect(answer(agreed, options).state).toBe("open");
});

describe("a connection that breaks", () => {
  const alert = Object.assign(new Error("x"), {
    code: "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
    reason: "tlsv13 alert certificate required",
  });

  it("by an alert has failed in TLS", () => {
    expect(upgradeTo("wss://h/").broke(alert)).toMatchObject({
      failure: { code: "tls", message: expect.stringMatching(/wants a client certificate/) },
    });
  });

  it("otherwise has ended", () => {
    expect(upgradeTo("ws://h/").broke(new Error("x"))).toMatchObject({
      failure: { code: "unreachable", message: expect.stringMatching(/without answering/) },
    });
  });

  it("within the body of a refusal is told as that", () => {
    const upgrade = upgradeTo("wss://h/");
    upgrade.push(utf8("HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nhalf"));
    expect(upgrade.broke(alert)).toMatchObject({ failure: { code: "refused" } });
  });
});

describe("no answer", () => {
  it("because the connection ended", () => {
    const result = upgradeTo("ws://h/").ended("closed");
    expect(result).toMatchObject({
      failure: {
        code: "unreachable",
        message: "h:80 closed the connection without answering the handshake",
      },
    });
  });

  it("in time", () => {
    const upgrade = upgradeTo("wss://h:9/");
    expect(upgrade.ended("timed-out", 50)).toMatchObject({
      failure: {
        code: "connect-timeout",
        message: expect.stringMatching(/^h:9 accepted .* did not answer .* within 50 ms$/),
      },
    });
    upgrade.push(utf8("HTTP/1.1 "));
    expect(upgrade.ended("timed-out", 50)).toMatchObject({
      failure: {
        code: "connect-timeout",
        message: expect.stringMatching(/did not finish its answer/),
      },
    });
  });

  it("of a refusal whose body is late: it is told with what came", () => {
    const upgrade = upgradeTo("ws://h/");
    upgrade.push(utf8("HTTP/1.1 500 Oops\r\nContent-Length: 10\r\n\r\nhalf"));
    const result = upgrade.ended("timed-out", 50);
    expect(result).toMatchObject({ failure: { code: "refused" } });
    expect(body(result)).toBe("half");
    function body(failed: typeof result) {
      return failed.state === "failed" ? Buffer.from(failed.body).toString() : undefined;
    }
  });
});

it("makes of any answer a connection, a foreseen failure, or waits for more", () => {
  const head = fc.constantFrom(
    right(),
    "HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
  );
  const change = fc.tuple(fc.nat(300), fc.nat(255));
  const mutated = fc.tuple(head, fc.array(change, { maxLength: 4 })).map(([text, changes]) => {
    const bytes = Buffer.from(text, "latin1");
    for (const [at, octet] of changes) bytes[at % bytes.length] = octet;
    return new Uint8Array(bytes);
  });
  const answers = fc.oneof(fc.uint8Array({ maxLength: 100 }), mutated);
  fc.assert(
    fc.property(answers, splitPoints, (bytes, points) => {
      const upgrade = upgradeTo("ws://h/");
      for (const piece of splitAt(bytes, points)) {
        const result = upgrade.push(piece);
        if (result?.state === "failed") expect(result.failure).toBeInstanceOf(FramecatError);
        if (result) return;
      }
      expect(upgrade.ended("closed").state).toBe("failed");
    }),
    { numRuns: 500 },
  );
});
