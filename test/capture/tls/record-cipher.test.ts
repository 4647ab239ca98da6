import { describe, expect, it } from "vitest";
import { cipherSuite } from "../../../src/capture/tls/cipher-suites.ts";
import { keyBlock, trafficKeys } from "../../../src/capture/tls/key-schedule.ts";
import type { TlsRecord } from "../../../src/capture/tls/record.ts";
import { RecordCipher, SEARCH_WINDOW } from "../../../src/capture/tls/record-cipher.ts";
import { filler, hex, toHex } from "../../helpers/bytes.ts";
import { Forge } from "./forge.ts";

function asRecord(bytes: Uint8Array): TlsRecord {
  const version = (bytes[1]! << 8) | bytes[2]!;
  return { type: bytes[0]!, version, body: bytes.subarray(5), offset: 0, tsNs: 0n };
}

/** A cipher with the client's first keys, and that client's records 0 to `count`. */
function made(suite: number, count: number, explicit?: bigint) {
  const forge = new Forge(suite, explicit);
  const [, , secretText = ""] = forge.keyLog.split(/\s+/);
  const secret = hex(secretText);
  const spec = cipherSuite(suite);
  const keys = forge.is13
    ? trafficKeys(spec, secret)!
    : keyBlock(spec, secret, { client: forge.clientRandom, server: forge.serverRandom })!.client;
  const version = forge.is13 ? "1.3" : "1.2";
  const records = Array.from({ length: count }, (_, i) =>
    asRecord(forge.seal("c2s", filler(i % 90)).bytes),
  );
  return { cipher: new RecordCipher(version, spec.aead!, keys), records };
}

const SUITES = [
  ["TLS 1.3 GCM", 0x1301, 0n],
  ["TLS 1.3 GCM, 256 bits", 0x1302, 0n],
  ["TLS 1.3 ChaCha20", 0x1303, 0n],
  ["TLS 1.3 CCM", 0x1304, 0n],
  ["TLS 1.3 CCM, short tags", 0x1305, 0n],
  ["TLS 1.2 GCM", 0xc02f, 0n],
  ["TLS 1.2 GCM, nonces from anywhere", 0xc030, 0xffff_ffff_ffff_0000n],
  ["TLS 1.2 CCM", 0xc0ac, 0n],
  ["TLS 1.2 ChaCha20", 0xcca8, 0n],
] as const;

describe.each(SUITES)("%s", (_, suite, explicit) => {
  it("opens each record with its own number alone", () => {
    const { cipher, records } = made(suite, 5, explicit);
    const is13 = suite >> 8 === 0x13;
    records.forEach((record, i) => {
      const content = cipher.open(record, i)!;
      expect(toHex(content)).toBe(toHex(filler(i)) + (is13 ? "17" : ""));
      expect(cipher.open(record, i + 1)).toBeUndefined();
      expect(record.body.length).toBe(i + cipher.overhead);
    });
  });

  it("opens nothing where any byte has changed, or is missing", () => {
    const { cipher, records } = made(suite, 3, explicit);
    const record = records[2]!;
    for (let at = 0; at < record.body.length; at++) {
      const body = Uint8Array.from(record.body);
      body[at]! ^= 1;
      expect(cipher.open({ ...record, body }, 2)).toBeUndefined();
      expect(cipher.open({ ...record, body: record.body.subarray(0, at) }, 2)).toBeUndefined();
    }
    expect(cipher.open({ ...record, type: 21 }, 2)).toBeUndefined();
    expect(cipher.open({ ...record, version: 0x0302 }, 2)).toBeUndefined();
  });

  it("finds the number behind a loss", () => {
    const { cipher, records } = made(suite, 90, explicit);
    expect(cipher.open(records[0]!, 0)).toBeDefined();
    expect(cipher.findSequence(records[80]!, 1)).toBe(80);
    expect(cipher.findSequence(records[80]!, 81)).toBeUndefined();
    const strange = { ...records[1]!, body: filler(60) };
    expect(cipher.findSequence(strange, 1)).toBeUndefined();
    expect(cipher.findSequence({ ...strange, body: filler(7) }, 1)).toBeUndefined();
  });
});

it.each([
  ["TLS 1.3 GCM, whose tag tells it", 0x1301, 5000],
  ["TLS 1.2 GCM, which counts its nonces", 0xc02f, 5000],
  ["TLS 1.3 ChaCha20, as far as is searched", 0x1303, SEARCH_WINDOW],
])("finds numbers far away: %s", (_, suite, number) => {
  const { cipher, records } = made(suite, number + 2, 77n);
  expect(cipher.open(records[0]!, 0)).toBeDefined();
  expect(cipher.findSequence(records[number]!, 1)).toBe(number);
  const isSearched = suite === 0x1303;
  expect(cipher.findSequence(records[number + 1]!, 1)).toBe(isSearched ? undefined : number + 1);
});

it("searching costs less where the number can be told", () => {
  const [told, searched] = [made(0x1301, 0).cipher, made(0x1303, 0).cipher];
  expect(told.searchCost(100) * 100).toBeLessThan(searched.searchCost(100));
});
