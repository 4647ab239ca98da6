/** An algorithm that encrypts and authenticates records, as node:crypto names it. */
export interface Aead {
  readonly cipher:
    "aes-128-gcm" | "aes-256-gcm" | "aes-128-ccm" | "aes-256-ccm" | "chacha20-poly1305";
  /** Lengths in bytes. */
  readonly keyLength: 16 | 32;
  readonly tagLength: 8 | 16;
}

export interface CipherSuite {
  /** The IANA name; the number where that is not known here. */
  readonly name: string;
  /** Undefined where the suite has no AEAD, or one that is not supported. */
  readonly aead: Aead | undefined;
  /** What its keys are derived with (TLS 1.2: the PRF; TLS 1.3: HKDF). */
  readonly hash: "sha256" | "sha384";
}

/** https://www.iana.org/assignments/tls-parameters, those with AEAD, and the widespread others. */
const NAMES: Readonly<Record<number, string>> = {
  0x0004: "RSA_WITH_RC4_128_MD5",
  0x0005: "RSA_WITH_RC4_128_SHA",
  0x000a: "RSA_WITH_3DES_EDE_CBC_SHA",
  0x002f: "RSA_WITH_AES_128_CBC_SHA",
  0x0033: "DHE_RSA_WITH_AES_128_CBC_SHA",
  0x0035: "RSA_WITH_AES_256_CBC_SHA",
  0x0039: "DHE_RSA_WITH_AES_256_CBC_SHA",
  0x003c: "RSA_WITH_AES_128_CBC_SHA256",
  0x003d: "RSA_WITH_AES_256_CBC_SHA256",
  0x0067: "DHE_RSA_WITH_AES_128_CBC_SHA256",
  0x006b: "DHE_RSA_WITH_AES_256_CBC_SHA256",
  0x009c: "RSA_WITH_AES_128_GCM_SHA256",
  0x009d: "RSA_WITH_AES_256_GCM_SHA384",
  0x009e: "DHE_RSA_WITH_AES_128_GCM_SHA256",
  0x009f: "DHE_RSA_WITH_AES_256_GCM_SHA384",
  0x00a0: "DH_RSA_WITH_AES_128_GCM_SHA256",
  0x00a1: "DH_RSA_WITH_AES_256_GCM_SHA384",
  0x00a2: "DHE_DSS_WITH_AES_128_GCM_SHA256",
  0x00a3: "DHE_DSS_WITH_AES_256_GCM_SHA384",
  0x00a6: "DH_anon_WITH_AES_128_GCM_SHA256",
  0x00a7: "DH_anon_WITH_AES_256_GCM_SHA384",
  0x00a8: "PSK_WITH_AES_128_GCM_SHA256",
  0x00a9: "PSK_WITH_AES_256_GCM_SHA384",
  0x00aa: "DHE_PSK_WITH_AES_128_GCM_SHA256",
  0x00ab: "DHE_PSK_WITH_AES_256_GCM_SHA384",
  0x00ac: "RSA_PSK_WITH_AES_128_GCM_SHA256",
  0x00ad: "RSA_PSK_WITH_AES_256_GCM_SHA384",
  0x1301: "AES_128_GCM_SHA256",
  0x1302: "AES_256_GCM_SHA384",
  0x1303: "CHACHA20_POLY1305_SHA256",
  0x1304: "AES_128_CCM_SHA256",
  0x1305: "AES_128_CCM_8_SHA256",
  0xc009: "ECDHE_ECDSA_WITH_AES_128_CBC_SHA",
  0xc00a: "ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
  0xc013: "ECDHE_RSA_WITH_AES_128_CBC_SHA",
  0xc014: "ECDHE_RSA_WITH_AES_256_CBC_SHA",
  0xc023: "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256",
  0xc024: "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384",
  0xc027: "ECDHE_RSA_WITH_AES_128_CBC_SHA256",
  0xc028: "ECDHE_RSA_WITH_AES_256_CBC_SHA384",
  0xc02b: "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
  0xc02c: "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
  0xc02d: "ECDH_ECDSA_WITH_AES_128_GCM_SHA256",
  0xc02e: "ECDH_ECDSA_WITH_AES_256_GCM_SHA384",
  0xc02f: "ECDHE_RSA_WITH_AES_128_GCM_SHA256",
  0xc030: "ECDHE_RSA_WITH_AES_256_GCM_SHA384",
  0xc031: "ECDH_RSA_WITH_AES_128_GCM_SHA256",
  0xc032: "ECDH_RSA_WITH_AES_256_GCM_SHA384",
  0xc09c: "RSA_WITH_AES_128_CCM",
  0xc09d: "RSA_WITH_AES_256_CCM",
  0xc09e: "DHE_RSA_WITH_AES_128_CCM",
  0xc09f: "DHE_RSA_WITH_AES_256_CCM",
  0xc0a0: "RSA_WITH_AES_128_CCM_8",
  0xc0a1: "RSA_WITH_AES_256_CCM_8",
  0xc0a2: "DHE_RSA_WITH_AES_128_CCM_8",
  0xc0a3: "DHE_RSA_WITH_AES_256_CCM_8",
  0xc0a4: "PSK_WITH_AES_128_CCM",
  0xc0a5: "PSK_WITH_AES_256_CCM",
  0xc0a6: "DHE_PSK_WITH_AES_128_CCM",
  0xc0a7: "DHE_PSK_WITH_AES_256_CCM",
  0xc0a8: "PSK_WITH_AES_128_CCM_8",
  0xc0a9: "PSK_WITH_AES_256_CCM_8",
  0xc0aa: "PSK_DHE_WITH_AES_128_CCM_8",
  0xc0ab: "PSK_DHE_WITH_AES_256_CCM_8",
  0xc0ac: "ECDHE_ECDSA_WITH_AES_128_CCM",
  0xc0ad: "ECDHE_ECDSA_WITH_AES_256_CCM",
  0xc0ae: "ECDHE_ECDSA_WITH_AES_128_CCM_8",
  0xc0af: "ECDHE_ECDSA_WITH_AES_256_CCM_8",
  0xcca8: "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  0xcca9: "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
  0xccaa: "DHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  0xccab: "PSK_WITH_CHACHA20_POLY1305_SHA256",
  0xccac: "ECDHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
  0xccad: "DHE_PSK_WITH_CHACHA20_POLY1305_SHA256",
  0xccae: "RSA_PSK_WITH_CHACHA20_POLY1305_SHA256",
  0xd001: "ECDHE_PSK_WITH_AES_128_GCM_SHA256",
  0xd002: "ECDHE_PSK_WITH_AES_256_GCM_SHA384",
  0xd003: "ECDHE_PSK_WITH_AES_128_CCM_8_SHA256",
  0xd005: "ECDHE_PSK_WITH_AES_128_CCM_SHA256",
};

/** The suite of that number. All that matters of it is in its name. */
export function cipherSuite(id: number): CipherSuite {
  const name = NAMES[id];
  if (name === undefined) {
    return { name: `0x${id.toString(16).padStart(4, "0")}`, aead: undefined, hash: "sha256" };
  }
  return {
    name: `TLS_${name}`,
    aead: aeadOf(name),
    hash: name.endsWith("_SHA384") ? "sha384" : "sha256",
  };
}

function aeadOf(name: string): Aead | undefined {
  if (name.includes("CHACHA20_POLY1305")) {
    return { cipher: "chacha20-poly1305", keyLength: 32, tagLength: 16 };
  }
  const [, bits, mode, short] = /AES_(128|256)_(GCM|CCM)(_8)?/.exec(name) ?? [];
  if (mode === undefined) return undefined;
  const keyLength = bits === "256" ? 32 : 16;
  const tagLength = short === undefined ? 16 : 8;
  const form = mode === "GCM" ? "gcm" : "ccm";
  return { cipher: `aes-${keyLength === 32 ? 256 : 128}-${form}`, keyLength, tagLength };
}
