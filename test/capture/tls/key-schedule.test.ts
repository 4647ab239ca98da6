import { hkdfSync } from "node:crypto";
import { expect, it } from "vitest";
import { cipherSuite } from "../../../src/capture/tls/cipher-suites.ts";
import {
  expandLabel,
  keyBlock,
  nextTrafficSecret,
  prf,
  trafficKeys,
} from "../../../src/capture/tls/key-schedule.ts";
import { filler, hex, toHex, utf8 } from "../../helpers/bytes.ts";

const AES_128 = cipherSuite(0x1301);

it("derives the keys of RFC 8448, section 3", () => {
  const secret = hex("b67b7d690cc16c4e75e54213cb2d37b4 e9c912bcded9105d42befd59d391ad38");
  const keys = trafficKeys(AES_128, secret)!;
  expect(toHex(keys.key)).toBe("3fce516009c21727d0f2e4e86ee403bc");
  expect(toHex(keys.iv)).toBe("5d313eb2671276ee13000b30");
});

it("gives no keys for a secret of another hash, nor without an AEAD", () => {
  expect(trafficKeys(AES_128, filler(48))).toBeUndefined();
  expect(trafficKeys(cipherSuite(0xc013), filler(32))).toBeUndefined();
  const randoms = { client: filler(32), server: filler(32) };
  expect(keyBlock(cipherSuite(0xc013), filler(48), randoms)).toBeUndefined();
});

it("updates secrets to the length of the hash, and not to themselves", () => {
  for (const [id, length] of [
    [0x1301, 32],
    [0x1302, 48],
  ] as const) {
    const next = nextTrafficSecret(cipherSuite(id), filler(length));
    expect(next).toHaveLength(length);
    expect(toHex(next)).not.toBe(toHex(filler(length)));
  }
});

it("expands as HKDF does, over several blocks", () => {
  // With an empty salt and input, HKDF's extract step gives a secret that can be had by itself.
  const label = utf8("tls13 key");
  const info = hex("0064", Uint8Array.of(label.length), label, "00");
  const whole = Buffer.from(hkdfSync("sha256", "", "", info, 100));
  const extracted = hex("b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
  expect(toHex(expandLabel("sha256", extracted, "key", 100))).toBe(whole.toString("hex"));
});

it.each([
  [
    "sha256",
    "9bbe436ba940f017b17652849a71db35",
    "a0ba9f936cda311827a6f796ffd5198c",
    "e3f229ba727be17b8d122620557cd453c2aab21d07c3d495329b52d4e61edb5a6b301791e90d35c9c9a46b4e14baf9af0fa022f7077def17abfd3797c0564bab4fbc91666e9def9b97fce34f796789baa48082d122ee42c5a72e5a5110fff70187347b66",
  ],
  [
    "sha384",
    "b80b733d6ceefcdc71566ea48e5567df",
    "cd665cf6a8447dd6ff8b27555edb7465",
    "7b0c18e9ced410ed1804f2cfa34a336a1c14dffb4900bb5fd7942107e81c83cde9ca0faa60be9fe34f82b1233c9146a0e534cb400fed2700884f9dc236f80edd8bfa961144c9e8d792eca722a7b32fc3d416d473ebc2c5fd4abfdad05d9184259b5bf8cd4d90fa0d31e2dec479e4f1a26066f2eea9a69236a3e52655c9e9aee691c8f3a26854308d5eaa3be85e0990703d73e56f",
  ],
] as const)("is the PRF of TLS 1.2 with %s", (hash, secret, seed, expected) => {
  const made = prf(hash, hex(secret), "test label", hex(seed), expected.length / 2);
  expect(toHex(made)).toBe(expected);
});

it.each([
  [0xc02f, 16, 4],
  [0xc030, 32, 4],
  [0xcca8, 32, 12],
])("cuts the key block of suite %i", (id, keyLength, ivLength) => {
  const suite = cipherSuite(id);
  const randoms = { client: filler(32), server: hex("55".repeat(32)) };
  const { client, server } = keyBlock(suite, filler(48), randoms)!;
  const total = 2 * (keyLength + ivLength);
  const seed = hex(randoms.server, randoms.client);
  const block = prf(suite.hash, filler(48), "key expansion", seed, total);
  expect(toHex(hex(client.key, server.key, client.iv, server.iv))).toBe(toHex(block));
  expect([client.key.length, client.iv.length]).toEqual([keyLength, ivLength]);
});
