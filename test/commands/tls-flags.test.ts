import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { DIAL_OPTIONS } from "../../src/commands/dial-options.ts";
import { readTlsFlags } from "../../src/commands/tls-flags.ts";
import { argsOf } from "../helpers/args.ts";
import { file } from "../helpers/temp-files.ts";
import { PASSPHRASE, tlsFile, tlsText } from "../helpers/tls-files.ts";

const PEM = tlsText("client.pem");
const KEY = tlsText("client.key");
const read = (argv: readonly string[], env: Record<string, string> = {}) =>
  readTlsFlags(argsOf(DIAL_OPTIONS, argv), env);

describe("the flags of TLS", () => {
  it.each<[string[], object]>([
    [[], {}],
    [["--insecure"], { insecure: true }],
    [["--sni", "other.example"], { servername: "other.example" }],
    [["--tls-min", "1.0"], { minVersion: "TLSv1" }],
    [["--tls-min", "1.3", "--tls-max", "1.3"], { minVersion: "TLSv1.3", maxVersion: "TLSv1.3" }],
    [["--tls-max", "1.1"], { maxVersion: "TLSv1.1" }],
    [["--ciphers", "ECDHE+AESGCM"], { ciphers: "ECDHE+AESGCM" }],
  ])("%j", (argv, options) => expect(read(argv)).toEqual({ insecure: false, ...options }));

  it("name files, which are read", () => {
    const ca = ["--ca", tlsFile("client.pem"), "--ca", tlsFile("client.der")];
    expect(read([...ca, "--cert", tlsFile("client.pem"), "--key", tlsFile("client.key")])).toEqual({
      insecure: false,
      ca: [PEM, PEM],
      cert: PEM,
      key: KEY,
    });
  });

  it("have a passphrase from anywhere", () => {
    const pfx = readFileSync(tlsFile("client.p12"));
    for (const passphrase of [PASSPHRASE, "env:PASS", `@${file(`${PASSPHRASE}\n`)}`]) {
      const argv = ["--cert", tlsFile("client.p12"), "--passphrase", passphrase];
      expect(read(argv, { PASS: PASSPHRASE })).toEqual({
        insecure: false,
        pfx,
        passphrase: PASSPHRASE,
      });
    }
  });

  it("go with SSLKEYLOGFILE", () => {
    expect(read([], { SSLKEYLOGFILE: "/tmp/keys" })).toMatchObject({ keyLogFile: "/tmp/keys" });
    expect(read([], { SSLKEYLOGFILE: "" })).not.toHaveProperty("keyLogFile");
  });
});

describe("a wrong one is a usage error that names it", () => {
  it.each([
    [["--ca", "/does/not/exist"], /^--ca: \/does\/not\/exist: no such file$/],
    [
      ["--ca", tlsFile("client.key")],
      /^--ca \S+client\.key holds no certificate, but a private key$/,
    ],
    [["--cert", "."], /^--cert: \.: it is a folder$/],
    [["--cert", ""], /^--cert needs the name of a file$/],
    [["--cert", tlsFile("client.pem")], /^--cert \S+client\.pem holds no private key in PEM$/],
    [["--cert", tlsFile("client.p12")], /^the private key in --cert \S+client\.p12 is encrypted$/],
    [["--key", tlsFile("client.key")], /^--key is of no use without --cert$/],
    [["--passphrase", "x"], /^--passphrase is of no use without --cert$/],
    [
      ["--cert", tlsFile("client.pem"), "--key", tlsFile("other.key")],
      /^the private key in --key \S+other\.key is not that of the certificate$/,
    ],
    [
      ["--cert", tlsFile("client.p12"), "--passphrase", "env:NONE"],
      /^--passphrase: the environment variable NONE is not set$/,
    ],
    [["--sni", "127.0.0.1"], /^--sni must be a host name/],
    [["--ciphers", "NONE"], /^--ciphers "NONE": OpenSSL knows none of these$/],
    [["--tls-min", "1.3", "--tls-max", "1.2"], /^--tls-min 1\.3 is above --tls-max 1\.2$/],
    [["--tls-min", "1.4"], /^--tls-min must be one of/],
  ])("%j", (argv, message) => expect(() => read(argv)).toThrow(message));
});
