import fc from "fast-check";
import { expect, it } from "vitest";
import {
  readClientHello,
  readEncryptedExtensions,
  readServerHello,
} from "../../../src/capture/tls/hello.ts";
import { concat, filler, hex, utf8 } from "../../helpers/bytes.ts";
import {
  alpn,
  clientHello,
  EARLY_DATA,
  extension,
  IS_TLS13,
  RETRY_RANDOM,
  serverHello,
  vector,
} from "./forge.ts";

const RANDOM = filler(32);
const SNI = extension(0, vector(2, hex("00"), vector(2, utf8("example.net"))));

it("reads a ClientHello", () => {
  const hello = clientHello(RANDOM, extension(0x0a0a), SNI, alpn("h2"), EARLY_DATA);
  expect(readClientHello(hello)).toEqual({ random: RANDOM, sni: "example.net", earlyData: true });
  const plain = clientHello(RANDOM);
  expect(readClientHello(plain)).toEqual({ random: RANDOM, sni: undefined, earlyData: false });
  // Before TLS 1.2 there need not be extensions at all.
  expect(readClientHello(plain.subarray(0, -2))).toMatchObject({ random: RANDOM });
});

it("reads a ServerHello", () => {
  expect(readServerHello(serverHello(RANDOM, 0xc02f, alpn("http/1.1")))).toEqual({
    random: RANDOM,
    version: 0x0303,
    cipherSuite: 0xc02f,
    alpn: "http/1.1",
    isRetry: false,
  });
  expect(readServerHello(serverHello(RANDOM, 0x1301, IS_TLS13))).toMatchObject({ version: 0x0304 });
  expect(readServerHello(serverHello(RETRY_RANDOM, 0x1301, IS_TLS13))).toMatchObject({
    isRetry: true,
  });
});

it("reads EncryptedExtensions", () => {
  expect(readEncryptedExtensions(vector(2, alpn("h2"), EARLY_DATA))).toEqual({
    alpn: "h2",
    earlyData: true,
  });
  expect(readEncryptedExtensions(hex(""))).toEqual({ alpn: undefined, earlyData: false });
});

it("gives nothing where the fixed fields are cut", () => {
  const [client, server] = [clientHello(RANDOM), serverHello(RANDOM, 0x1301)];
  const cuts = (length: number) => Array.from({ length }, (_, i) => i);
  const none = (length: number) => Array.from({ length }, () => undefined);
  expect(cuts(36).map((at) => readClientHello(client.subarray(0, at)))).toEqual(none(36));
  expect(cuts(38).map((at) => readServerHello(server.subarray(0, at)))).toEqual(none(38));
});

it("survives any bytes", () => {
  const extensions = fc.uint8Array({ maxLength: 60 });
  fc.assert(
    fc.property(extensions, (bytes) => {
      for (const body of [bytes, concat([clientHello(RANDOM).subarray(0, -2), bytes])]) {
        readClientHello(body);
        readServerHello(body);
        expect(readEncryptedExtensions(body)).toHaveProperty("alpn");
      }
    }),
  );
});
