import { readFileSync } from "node:fs";
import type { TlsOptions as TlsServerOptions, TLSSocket } from "node:tls";
import { describe, expect, it, onTestFinished } from "vitest";
import { systemClock } from "../../src/io.ts";
import { openSocket } from "../../src/transport/open-socket.ts";
import {
  parseCiphers,
  parseServerName,
  secureContextOf,
  type TlsOptions,
} from "../../src/transport/secure-socket.ts";
import { parseTarget } from "../../src/transport/target.ts";
import { certificate } from "../helpers/certificates.ts";
import { PASSPHRASE, tlsFile, tlsText } from "../helpers/tls-files.ts";
import { eventually, expectFailure, rawServer } from "../helpers/transport.ts";

const own = certificate();

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

describe("versions of TLS", () => {
  const old = { ciphers: "DEFAULT:@SECLEVEL=0" };

  it.each<[TlsServerOptions, TlsOptions, string]>([
    [{}, {}, "TLSv1.3"],
    [{}, { maxVersion: "TLSv1.2" }, "TLSv1.2"],
    [{ minVersion: "TLSv1", maxVersion: "TLSv1", ...old }, { minVersion: "TLSv1" }, "TLSv1"],
    [{ minVersion: "TLSv1", ...old }, { maxVersion: "TLSv1.1" }, "TLSv1.1"],
  ])("server %j, client %j: %s", async (server, client, version) => {
    const { url } = await rawServer(undefined, { tls: { ...(await own), ...server } });
    const { tls } = await open(url(), { insecure: true, ...client });
    expect(tls?.version).toBe(version);
  });

  it.each<[TlsServerOptions, TlsOptions]>([
    [{ minVersion: "TLSv1.3" }, { maxVersion: "TLSv1.2" }],
    [{ maxVersion: "TLSv1.2" }, { minVersion: "TLSv1.3" }],
    [{ minVersion: "TLSv1", maxVersion: "TLSv1.1", ...old }, {}],
  ])("server %j, client %j: none", async (server, client) => {
    const { url } = await rawServer(undefined, { tls: { ...(await own), ...server } });
    const failed = open(url(), { insecure: true, ...client });
    await expectFailure(failed, "tls", /^TLS failed: the server wants another TLS version$/);
  });
});

describe("ciphers", () => {
  it("are read where OpenSSL knows one of them", () => {
    expect(parseCiphers("NONE:ECDHE+AESGCM", "--ciphers")).toBe("NONE:ECDHE+AESGCM");
    expect(parseCiphers("TLS_AES_128_GCM_SHA256", "--ciphers")).toBe("TLS_AES_128_GCM_SHA256");
    for (const none of ["NONE", "", "NONE:NEITHER"]) {
      expect(() => parseCiphers(none, "--ciphers")).toThrow(/^--ciphers ".*": OpenSSL knows none/);
    }
  });

  it("are those asked for", async () => {
    const { url } = await rawServer(undefined, { tls: await own });
    const ciphers = "ECDHE-ECDSA-AES256-GCM-SHA384";
    const { tls } = await open(url(), { insecure: true, ciphers, maxVersion: "TLSv1.2" });
    expect(tls?.cipher).toBe(ciphers);
  });

  it("that are none are told before anything is connected", async () => {
    const failed = open("wss://127.0.0.1:1/", { ciphers: "NONSENSE" });
    await expectFailure(failed, "usage", /^OpenSSL knows none of the TLS ciphers asked for$/);
  });
});

it("presents a certificate of PKCS#12", async () => {
  const seen: unknown[] = [];
  const { url } = await rawServer(
    ({ socket }) => seen.push((socket as TLSSocket).getPeerCertificate().subject.CN),
    { tls: { ...(await own), requestCert: true, rejectUnauthorized: false } },
  );
  const pfx = readFileSync(tlsFile("client.p12"));
  await open(url(), { insecure: true, pfx, passphrase: PASSPHRASE });
  await eventually(() => seen.length > 0);
  expect(seen).toEqual(["client"]);
});

it("trusts several authorities", async () => {
  const { cert, key } = await own;
  const { url } = await rawServer(undefined, { tls: { cert, key } });
  const { tls } = await open(url(), { ca: [tlsText("client.pem"), cert] });
  expect(tls?.authorized).toBe(true);
  const failed = open(url(), { ca: [cert, "none"] });
  await expectFailure(failed, "usage", /holds no certificate in PEM$/);
});
