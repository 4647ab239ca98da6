import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { FramecatError } from "../../src/errors.ts";
import { connectFailure, type Phase, tlsReason } from "../../src/transport/connect-failure.ts";
import { parseTarget } from "../../src/transport/target.ts";

const failure = (
  code: string,
  phase: Phase = "tcp",
  url = "ws://h:81/",
  message = "node's words",
) => connectFailure(Object.assign(new Error(message), { code }), parseTarget(url), phase);

/** Nothing where the system has no such file. */
function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}

describe("while connecting", () => {
  it.each([
    ["ENOTFOUND", 10, "h does not resolve"],
    ["EAI_AGAIN", 10, "h could not be resolved now (EAI_AGAIN)"],
    ["ECONNREFUSED", 11, "h:81 refused the connection"],
    ["EHOSTUNREACH", 11, "h:81 cannot be reached: no route to the host"],
    ["ENETUNREACH", 11, "h:81 cannot be reached: no route to its network"],
    ["ECONNRESET", 11, "h:81 reset the connection before the handshake was done"],
    ["ETIMEDOUT", 12, "h:81 did not answer in time"],
    ["EADDRINUSE", 11, "h:81 cannot be reached: every port of the local address is taken"],
    ["EINVAL", 11, "h:81 cannot be reached from the local address"],
    ["ENFILE", 11, "the system has no more open files"],
    ["EWHATEVER", 11, "h:81 failed: node's words"],
    ["", 11, "h:81 failed: node's words"],
  ])("%s: exit %d, %s", (code, exitCode, message) => {
    expect(failure(code)).toMatchObject({ exitCode, message, errno: code || undefined });
  });

  it("tells the limit on open files, where the system does", () => {
    const limits = attempt(() => readFileSync("/proc/self/limits", "utf8"));
    const limit = /^Max open files +(\d+)/m.exec(limits)?.[1];
    expect(failure("EMFILE")).toMatchObject({
      exitCode: 11,
      message: `this process has no more open files${limit ? ` (limit ${limit})` : ""}`,
      hint: "Use fewer connections, or raise the limit: `ulimit -n` tells it.",
      errno: "EMFILE",
    });
  });

  it("says how to start a server, where that is the question", () => {
    expect(failure("ECONNREFUSED").hint).toMatch(/`framecat listen 81`/);
    const unix = failure("ECONNREFUSED", "tcp", "ws+unix:/run/a.sock:/");
    expect([unix.message, unix.hint]).toEqual([
      "/run/a.sock refused the connection",
      "Is the server running?",
    ]);
  });

  it("tells a local address that is none from ports that are taken", () => {
    const from = (syscall: string) =>
      connectFailure(
        Object.assign(new Error("x"), { code: "EADDRNOTAVAIL", syscall, address: "192.0.2.1" }),
        parseTarget("ws://h:81"),
        "tcp",
      ).message;
    expect(from("bind")).toBe("the local address 192.0.2.1 is none of this machine's");
    expect(from("connect")).toBe("h:81 cannot be reached from this machine's addresses and ports");
  });

  it("says that a unix socket is missing", () => {
    expect(failure("ENOENT", "tcp", "ws+unix:/run/a.sock").message).toBe(
      "/run/a.sock is no unix socket: no such file",
    );
  });
});

describe("in the TLS handshake", () => {
  it.each([
    ["CERT_HAS_EXPIRED", "TLS certificate has expired"],
    ["CERT_NOT_YET_VALID", "TLS certificate is not valid yet"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "TLS certificate is self-signed"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "TLS certificate chain ends in a root that is not trusted"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "TLS certificate is from an unknown authority"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "TLS certificate is from an unknown authority"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "TLS certificate is not for h"],
    ["ECONNRESET", "the server ended the connection during the TLS handshake"],
    ["EPIPE", "the server ended the connection during the TLS handshake"],
  ])("%s: %s", (code, message) => {
    expect(failure(code, "tls")).toMatchObject({ exitCode: 13, message, errno: code });
    expect(failure(code, "tls").hint).toMatch(/^Try /);
  });

  const alerted = (reason: string) =>
    connectFailure(
      Object.assign(new Error(`809C:error:0A000410:SSL routines:x:${reason}:x.c:1:`), { reason }),
      parseTarget("wss://h"),
      "tls",
    );

  it.each([
    [
      "sslv3 alert handshake failure",
      'TLS failed: the server finds nothing that both agree on (alert "handshake failure")',
      /--cert.*--tls-min.*--ciphers/,
    ],
    ["ssl/tls alert bad certificate", /refuses the client certificate \(alert "bad/, /--cert/],
    ["tlsv13 alert certificate required", /wants a client certificate \(alert/, /--cert and --key/],
    ["tlsv1 alert unknown ca", /does not know the authority of the client certificate/, undefined],
    ["tlsv1 alert access denied", /refuses access/, undefined],
    ["tlsv1 unrecognized name", /has no such name \(alert "unrecognized name"\)/, /--sni/],
    ["tlsv1 alert internal error", /the server sent the alert "internal error"$/, undefined],
    ["tlsv1 alert protocol version", /wants another TLS version$/, /--tls-min 1\.0.*--tls-max/],
    ["unsupported protocol", /wants another TLS version$/, /--tls-min/],
    ["wrong version number", /does not answer in TLS$/, /ws:\/\//],
    ["bad signature", "TLS failed: bad signature", undefined],
  ])("%s", (reason, message, hint) => {
    const { message: told, hint: advice, exitCode } = alerted(reason);
    if (typeof message === "string") expect(told).toBe(message);
    else expect(told).toMatch(message);
    if (hint) expect(advice).toMatch(hint);
    else expect(advice).toBeUndefined();
    expect(exitCode).toBe(13);
  });

  it("tells the names of a certificate for another host, some of them where they are many", () => {
    const forNames = (subjectaltname: string) =>
      connectFailure(
        Object.assign(new Error("x"), {
          code: "ERR_TLS_CERT_ALTNAME_INVALID",
          cert: { subjectaltname },
        }),
        parseTarget("wss://h"),
        "tls",
      ).hint ?? "";
    expect(forNames("DNS:a.example, IP Address:10.0.0.1")).toMatch(
      /^It is for a\.example, 10\.0\.0\.1\. Try --sni/,
    );
    expect(forNames("DNS:a, ".repeat(1000)).length).toBeLessThan(250);
  });

  it("takes OpenSSL's reason out of its message", () => {
    expect(tlsReason(Object.assign(new Error("x"), { reason: "bad decrypt" }))).toBe("bad decrypt");
    expect(tlsReason(new Error("one line\nand another"))).toBe("one line");
  });
});

it("of one family of addresses alone, a name may have none", () => {
  const thrown = Object.assign(new Error("x"), { code: "ENOTFOUND", family: 6 });
  expect(connectFailure(thrown, parseTarget("ws://h"), "tcp")).toMatchObject({
    exitCode: 10,
    message: "h does not resolve to an IPv6 address",
    hint: "Try without -6.",
  });
});

it("leaves what is a failure of ours as it is", () => {
  const ours = new FramecatError("interrupted", "x");
  expect(connectFailure(ours, parseTarget("ws://h"), "tls")).toBe(ours);
});

it("makes do with what is no Error", () => {
  expect(connectFailure("odd", parseTarget("ws://h"), "tcp").message).toBe("h:80 failed: odd");
});
