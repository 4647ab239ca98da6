import { readFileSync } from "node:fs";
import { createSecureContext } from "node:tls";
import { describe, expect, it } from "vitest";
import {
  pemCertificates,
  readCertificates,
  readClientCertificate,
} from "../../src/transport/certificates.ts";
import { certificate } from "../helpers/certificates.ts";
import { PASSPHRASE, tlsFile, tlsText } from "../helpers/tls-files.ts";

const named = (name: string, content?: string | Uint8Array) => ({
  name,
  bytes: content === undefined ? readFileSync(tlsFile(name)) : Buffer.from(content),
});
const GARBAGE = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const REQUEST = "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n";
const BAD_KEY = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
const PEM = tlsText("client.pem");
const BOTH = named("both.pem", `${tlsText("client.key")}${PEM}`);

describe("the certificates of a file", () => {
  it("in PEM are as they are, with what stands around them", () => {
    const text = `a comment\n${PEM}${PEM}`;
    expect(readCertificates(named("a.pem", text))).toBe(text);
  });

  it("in DER become PEM", () => {
    expect(readCertificates(named("client.der"))).toBe(PEM);
  });

  it.each([
    ["", /^x holds no certificate$/],
    [tlsText("client.key"), /^x holds no certificate, but a private key$/],
    [tlsText("encrypted.key"), /^x holds no certificate, but an encrypted private key$/],
    [REQUEST, /^x holds no certificate, but a certificate request$/],
    [GARBAGE, /^the certificate in x cannot be read: wrong tag$/],
    [`${PEM}${GARBAGE}${PEM}`, /^certificate 2 in x cannot be read: wrong tag$/],
    [`${PEM}${PEM.slice(0, 300)}`, /^certificate 2 in x cannot be read: bad end line$/],
    [Uint8Array.of(0x30, 0x03, 1, 2, 3), /^the certificate in x cannot be read: /],
  ])("are not in %j", (content, message) => {
    expect(() => readCertificates(named("x", content))).toThrow(message);
  });
});

it("the certificates of a text are told apart", () => {
  const trusted = PEM.replaceAll(" CERTIFICATE", " TRUSTED CERTIFICATE");
  const text = `one\n${PEM}two\n${tlsText("client.key")}${trusted}`;
  expect(pemCertificates(text).map((part) => `${part}\n`)).toEqual([PEM, trusted]);
  expect(pemCertificates("none")).toEqual([]);
});

describe("a client certificate", () => {
  it.each([
    ["client.pem", "client.key", undefined],
    ["client.der", "client.key", undefined],
    ["client.pem", "client.key", "needless"],
    ["client.pem", "encrypted.key", PASSPHRASE],
    ["client.pem", "traditional.key", PASSPHRASE],
    ["client.p12", undefined, PASSPHRASE],
    ["open.p12", undefined, undefined],
  ])("of %s and %s, passphrase %s", (cert, key, passphrase) => {
    const read = readClientCertificate(named(cert), key ? named(key) : undefined, passphrase);
    expect(() =>
      createSecureContext({ ...read, pfx: read.pfx && [Buffer.from(read.pfx)] }),
    ).not.toThrow();
    expect(read.pfx !== undefined).toBe(key === undefined);
  });

  it("and its key may be in one file", () => {
    const { cert, key } = readClientCertificate(BOTH, undefined, undefined);
    expect([cert, key]).toEqual([BOTH.bytes.toString(), BOTH.bytes.toString()]);
  });

  it.each([
    ["client.pem", undefined, undefined, /^client\.pem holds no private key in PEM$/],
    ["client.pem", "client.pem", undefined, /^client\.pem holds no private key in PEM, but a cert/],
    ["client.pem", "client.der", undefined, /^client\.der holds no private key in PEM$/],
    ["client.key", undefined, undefined, /^client\.key holds no certificate, but a private key$/],
    ["client.pem", "other.key", undefined, /^the private key in other\.key is not that of the/],
    ["client.pem", "encrypted.key", undefined, /^the private key in encrypted\.key is encrypted$/],
    ["client.pem", "traditional.key", undefined, /traditional\.key is encrypted$/],
    ["client.pem", "encrypted.key", "wrong", /^--passphrase is not that of encrypted\.key$/],
    ["client.pem", "traditional.key", "wrong", /^--passphrase is not that of traditional\.key$/],
    ["client.p12", undefined, undefined, /^the private key in client\.p12 is encrypted$/],
    ["client.p12", undefined, "wrong", /^--passphrase is not that of client\.p12$/],
    ["client.p12", "client.key", PASSPHRASE, /^client\.p12 is PKCS#12 and holds its own key$/],
    ["keyless.p12", undefined, PASSPHRASE, /^keyless\.p12 holds no private key$/],
    ["legacy.p12", undefined, PASSPHRASE, /^legacy\.p12 is PKCS#12 with a cipher that OpenSSL/],
  ])("is not one of %s and %s, passphrase %s", (cert, key, passphrase, message) => {
    const read = () => readClientCertificate(named(cert), key ? named(key) : undefined, passphrase);
    expect(read).toThrow(message);
    expect(read).toThrow(expect.objectContaining({ code: "usage" }));
  });

  it("is told where another one stands before it", async () => {
    const { cert } = await certificate();
    const chain = named("chain.pem", `${cert}${PEM}`);
    expect(() => readClientCertificate(chain, named("client.key"), undefined)).toThrow(
      expect.objectContaining({
        message: "the private key in client.key is that of certificate 2 in chain.pem",
        hint: "Put that first, and after it who signed it.",
      }),
    );
  });

  it("may have a key in another form, which can be made PEM", () => {
    expect(() => readClientCertificate(BOTH, named("client.der"), undefined)).toThrow(
      expect.objectContaining({
        hint: "Convert it: openssl pkey -inform DER -in FILE -out key.pem.",
      }),
    );
  });

  it.each([
    [GARBAGE, /^the certificate in x cannot be read/],
    [`${PEM}${BAD_KEY}`, /^the private key in x cannot be read: unsupported$/],
    [readFileSync(tlsFile("client.p12")).subarray(0, 300), /^x cannot be read as PKCS#12: /],
    [Uint8Array.of(0x30, 0x80, 2, 1, 3, 0, 0), /^x cannot be read as PKCS#12: /],
  ])("is not %j", (content, message) => {
    const read = () => readClientCertificate(named("x", content), undefined, PASSPHRASE);
    expect(read).toThrow(message);
  });
});
