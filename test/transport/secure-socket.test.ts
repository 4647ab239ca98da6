import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { openSocket } from "../../src/transport/open-socket.ts";
import {
  parseServerName,
  secureContextOf,
  type TlsOptions,
} from "../../src/transport/secure-socket.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { certificate } from "../helpers/certificates.ts";
import { expectFailure, rawServer } from "../helpers/transport.ts";

async function open(url: string, tls: TlsOptions) {
  const options = { clock: systemClock, connectTimeoutMs: 5000, tls };
  const opened = await openSocket(parseTarget(url), options);
  onTestFinished(() => void opened.socket.destroy());
  return opened;
}

it("asks for the name it is told to, and checks the certificate for it", async () => {
  const one = await certificate({ names: ["one.example"], ips: [] });
  const asked: (string | undefined)[] = [];
  const { url } = await rawServer(undefined, {
    tls: {
      ...one,
      SNICallback: (name, done) => {
        asked.push(name);
        done(null);
      },
    },
  });
  const { tls } = await open(url(), { ca: one.cert, servername: "one.example" });
  expect([asked, tls?.authorized]).toEqual([["one.example"], true]);
  const failed = open(url(), { ca: one.cert, servername: "two.example" });
  await expectFailure(failed, "tls", /^TLS certificate is not for two\.example$/);
});

it("makes one context for the same options", () => {
  const options = {};
  expect(secureContextOf(options)).toBe(secureContextOf(options));
  expect(secureContextOf(options)).not.toBe(secureContextOf({}));
});

describe("a name to ask for", () => {
  it.each(["h", "example.net", "_x.a-b.example"])("%s", (name) => {
    expect(parseServerName(name, "--sni")).toBe(name);
  });

  it.each(["", "127.0.0.1", "::1", "a b", "a..b", "h:443", "https://h"])("%j is none", (name) => {
    expect(() => parseServerName(name, "--sni")).toThrow(/^--sni must be a host name, not "/);
  });
});
