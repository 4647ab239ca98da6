import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { main } from "../../src/cli.ts";
import { LISTEN_OPTIONS } from "../../src/commands/listen-options.ts";
import { readListenTls } from "../../src/commands/listen-tls.ts";
import { argsOf } from "../helpers/args.ts";
import { certificate } from "../helpers/certificates.ts";
import { memoryIo } from "../helpers/memory-io.ts";
import { file } from "../helpers/temp-files.ts";
import { rawClient } from "../helpers/transport.ts";
import { collect, wsClient } from "../helpers/ws-peers.ts";
import { PASSPHRASE, tlsFile, tlsText } from "../helpers/tls-files.ts";

const own = await certificate();
const authority = await certificate({ isCa: true });
const signed = await certificate({ ca: authority });
const expired = await certificate({ from: -9, to: -2 });
const CONTENTS: Readonly<Record<string, string>> = {
  NOTHING: "nothing",
  EMPTY: "",
  BROKEN: "-----BEGIN CERTIFICATE-----\nno base64!\n-----END CERTIFICATE-----\n",
  CUT: own.cert.slice(0, 300),
  HALF: `${own.cert}\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
  CA: authority.cert,
  CHAIN: `${signed.cert}\n${authority.cert}`,
  REVERSED: `${authority.cert}\n${signed.cert}`,
  SIGNED_KEY: signed.key,
  EXPIRED: expired.cert,
  EXPIRED_KEY: expired.key,
  WEAK: tlsText("weak.pem"),
  CERT: own.cert,
  KEY: own.key,
  OTHER: (await certificate()).key,
  LOCKED: tlsText("encrypted.key"),
};

/** The words that stand for a file replaced by its path. */
function withFiles(argv: readonly string[]): string[] {
  return argv.map((word) => {
    const content = CONTENTS[word];
    return content === undefined ? word : file(content);
  });
}

function read(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  return readListenTls(argsOf(LISTEN_OPTIONS, argv), memoryIo({ env }), 7000);
}

describe("TLS is read", () => {
  it("as none where none is asked for", async () => {
    expect(await read([])).toBeUndefined();
  });

  it("of a certificate and its key, in PEM", async () => {
    expect(await read(withFiles(["--cert", "CERT", "--key", "KEY", "--tls-min", "1.3"]))).toEqual({
      tls: { ...own, minVersion: "TLSv1.3", handshakeTimeoutMs: 7000 },
      doubts: [],
    });
  });

  it("of PKCS#12, its passphrase from the environment", async () => {
    const argv = ["--cert", tlsFile("client.p12"), "--passphrase", "env:WORD"];
    const { tls } = (await read(argv, { WORD: PASSPHRASE })) ?? {};
    expect(tls?.pfx?.length).toBeGreaterThan(0);
  });

  it.each<[string[], string | undefined]>([
    [[], undefined],
    [["--client-cert", "ask"], "ask"],
    [["--client-ca", "CA"], "require"],
    [["--client-ca", "CA", "--client-cert", "ask"], "ask"],
    [["--client-ca", "CA", "--client-cert", "require"], "require"],
  ])("and client certificates: %j", async (flags, asked) => {
    const { tls } = (await read(["--self-signed", ...withFiles(flags)])) ?? {};
    expect(tls?.clientCertificate).toBe(asked);
    expect(tls?.ca !== undefined).toBe(flags.includes("CA"));
  });

  it("of a certificate that is made for the host", async () => {
    const { tls, selfSigned } = (await read(["--self-signed", "--host", "192.0.2.7"])) ?? {};
    expect(tls?.cert).toBe(selfSigned?.cert);
    expect(new X509Certificate(tls?.cert ?? "").checkIP("192.0.2.7")).toBe("192.0.2.7");
  });
});

/** Runs to the end, which comes at once where it cannot serve. */
async function fails(argv: readonly string[]) {
  const io = memoryIo();
  const code = await main(["listen", "0", ...argv], io);
  expect(io.err()).toMatch(/^framecat: [^\n]*\n$/);
  expect(io.out()).toBe("");
  return { code, err: io.err() };
}

describe("what is wrong is one line, and exit code 2", () => {
  it.each<[readonly string[], RegExp]>([
    [["--cert", "/no/such/file"], /--cert: \/no\/such\/file: no such file/],
    [["--cert", "NOTHING"], /--cert \S+ holds no certificate/],
    [["--cert", "EMPTY"], /--cert \S+ holds no certificate/],
    [["--cert", ""], /--cert needs the name of a file/],
    [["--cert", "/"], /--cert: \/: it is a folder/],
    [["--cert", "/dev/zero"], /--cert: \/dev\/zero: it is over \d+ bytes/],
    [["--cert", "KEY"], /--cert \S+ holds no certificate, but a private key/],
    [["--cert", "BROKEN", "--key", "KEY"], /the certificate in --cert \S+ cannot be read: /],
    [["--cert", "CUT", "--key", "KEY"], /the certificate in --cert \S+ cannot be read: /],
    [["--cert", "HALF", "--key", "KEY"], /certificate 2 in --cert \S+ cannot be read: /],
    [["--cert", "REVERSED", "--key", "SIGNED_KEY"], /--key \S+ is that of certificate 2 in --cert/],
    [["--cert", "WEAK"], /--cert cannot be used: its key is too short to be safe/],
    [["--cert", "CERT"], /--cert \S+ holds no private key in PEM/],
    [
      ["--cert", "CERT", "--key", "CERT"],
      /--key \S+ holds no private key in PEM, but a certificate/,
    ],
    [["--cert", "CERT", "--key", "/no/key"], /--key: \/no\/key: no such file/],
    [["--cert", "CERT", "--key", tlsFile("client.der")], /--key \S+ holds no private key in PEM /],
    [["--cert", tlsFile("client.p12")], /the private key in --cert \S+ is encrypted/],
    [["--cert", tlsFile("client.p12"), "--passphrase", "no"], /--passphrase is not that of/],
    [["--cert", "CERT", "--key", "NOTHING"], /--key \S+ holds no private key/],
    [["--cert", "CERT", "--key", "OTHER"], /--key \S+ is not that of the certificate/],
    [["--cert", "CERT", "--key", "LOCKED"], /--key \S+ is encrypted/],
    [["--cert", "CERT", "--key", "LOCKED", "--passphrase", "no"], /--passphrase is not that of/],
    [["--key", "KEY"], /--key is of no use without --cert/],
    [["--passphrase", "x"], /--passphrase is of no use without --cert/],
    [["--cert", "CERT", "--key", "KEY", "--self-signed"], /--self-signed and --cert exclude/],
    [["--cert", "NOTHING", "--self-signed"], /--self-signed and --cert exclude/],
    [["--key", "KEY", "--self-signed"], /--self-signed and --key exclude/],
    [["--self-signed", "--ciphers", "NONE"], /unknown flag --ciphers/],
    [
      ["--self-signed", "--client-ca", "KEY"],
      /--client-ca \S+ holds no certificate, but a private/,
    ],
    [["--self-signed", "--client-ca", "HALF"], /certificate 2 in --client-ca \S+ cannot be read/],
    [["--self-signed", "--tls-min", "1.3", "--tls-max", "1.2"], /--tls-min 1.3 is above/],
    [["--self-signed", "--tls-min", "2.0"], /--tls-min must be one of 1.0, 1.1, 1.2, 1.3/],
    [["--self-signed", "--client-cert", "require"], /--client-cert require needs --client-ca/],
    [["--self-signed", "--client-cert", "no"], /--client-cert must be one of ask, require/],
    [["--self-signed", "--client-ca", "NOTHING"], /--client-ca \S+ holds no certificate/],
    [["--client-ca", "CERT"], /--client-ca is of no use without --cert or --self-signed/],
    [["--client-cert", "ask"], /--client-cert is of no use without/],
    [["--self-signed", "--workers", "2"], /--self-signed is for one process/],
    [["--tls-max", "1.2"], /--tls-max is of no use without/],
  ])("%j", async (argv, message) => {
    const { code, err } = await fails(withFiles(argv));
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });
});

it.each([
  [["EXPIRED", "EXPIRED_KEY"], /--cert: the certificate has expired: it was valid until \d/],
  [["CHAIN", "SIGNED_KEY"], undefined],
])("serves %j, and tells what clients may not like", async ([cert = "", key = ""], doubt) => {
  const io = memoryIo();
  const code = main(["listen", "0", ...withFiles(["--cert", cert, "--key", key])], io);
  await io.seen(/listening on wss/);
  io.raise("SIGTERM");
  expect(await code).toBe(0);
  if (doubt) expect(io.out()).toMatch(doubt);
  else expect(io.out()).not.toContain("--cert");
});

it("17: the port is in use, with TLS, too", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  onTestFinished(() => void other.close());
  const address = other.address();
  const port = typeof address === "object" ? String(address?.port) : "";
  const io = memoryIo();
  expect(await main(["listen", port, "--self-signed"], io)).toBe(17);
  expect(io.err()).toMatch(
    /^framecat: cannot listen on 127\.0\.0\.1:\d+: the port is in use .*\n$/,
  );
});

it("serves wss:// with a certificate made on the spot, and plain HTTP a line", async () => {
  const io = memoryIo();
  const code = main(["listen", "0", "--json", "--self-signed"], io);
  await io.seen(/"pem"/);
  const {
    url,
    port,
    certificate: told,
  } = JSON.parse(io.out()) as {
    url: string;
    port: number;
    certificate: { fingerprint256: string; pem: string };
  };
  expect(url).toBe(`wss://127.0.0.1:${port}/`);
  expect(new X509Certificate(told.pem).fingerprint256).toBe(told.fingerprint256);
  const socket = await wsClient(url, { ca: told.pem });
  const { messages, until } = collect(socket);
  socket.send("hello");
  await until(1);
  expect(messages[0]?.data.toString()).toBe("hello");
  const plain = await rawClient(port);
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await plain.end();
  await io.seen(/TLS with 127\.0\.0\.1:\d+ failed: it spoke plain HTTP, and this port has TLS/);
  io.raise("SIGTERM");
  expect(await code).toBe(0);
});
