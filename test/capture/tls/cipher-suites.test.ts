import { getCiphers } from "node:crypto";
import { expect, it } from "vitest";
import { cipherSuite } from "../../../src/capture/tls/cipher-suites.ts";

it.each([
  [0x1301, "TLS_AES_128_GCM_SHA256", "aes-128-gcm", 16, 16, "sha256"],
  [0x1302, "TLS_AES_256_GCM_SHA384", "aes-256-gcm", 32, 16, "sha384"],
  [0x1303, "TLS_CHACHA20_POLY1305_SHA256", "chacha20-poly1305", 32, 16, "sha256"],
  [0x1305, "TLS_AES_128_CCM_8_SHA256", "aes-128-ccm", 16, 8, "sha256"],
  [0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "aes-128-gcm", 16, 16, "sha256"],
  [0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "aes-256-gcm", 32, 16, "sha384"],
  [0xc0ad, "TLS_ECDHE_ECDSA_WITH_AES_256_CCM", "aes-256-ccm", 32, 16, "sha256"],
  [0xc0a3, "TLS_DHE_RSA_WITH_AES_256_CCM_8", "aes-256-ccm", 32, 8, "sha256"],
  [0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "chacha20-poly1305", 32, 16, "sha256"],
] as const)("suite %i", (id, name, cipher, keyLength, tagLength, hash) => {
  expect(cipherSuite(id)).toEqual({ name, aead: { cipher, keyLength, tagLength }, hash });
  expect(getCiphers()).toContain(cipher);
});

it.each([
  [0xc013, "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA"],
  [0x0005, "TLS_RSA_WITH_RC4_128_SHA"],
  [0x000a, "TLS_RSA_WITH_3DES_EDE_CBC_SHA"],
  [0x00ff, "0x00ff"],
])("suite %i has no AEAD that is known", (id, name) => {
  expect(cipherSuite(id)).toMatchObject({ name, aead: undefined });
});
