import { X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Moment } from "../clock.ts";
import type { TlsOptions } from "./secure-socket.ts";

/** A certificate that signs itself, in PEM, and by what people know it again. */
export type SelfSigned = Required<Pick<TlsOptions, "cert" | "key">> & {
  /** SHA-256 over the certificate, as `AB:CD:…`. */
  readonly fingerprint256: string;
};

const HOUR_MS = 3_600_000;
/** Clocks of clients may be behind ours. */
const EARLIER_MS = HOUR_MS;
/** It lasts for as long as a server may be left running; browsers take at most 398 days. */
const LIFE_MS = 90 * 24 * HOUR_MS;
/** What a server on this machine is called on this machine. */
const OWN_NAMES = ["localhost", "127.0.0.1", "::1"];

/** Makes a certificate for this machine. @param host another address or name that it is for */
export async function makeSelfSigned(host: string | undefined, now: Moment): Promise<SelfSigned> {
  // Loaded only now: it takes longer than all else that is to be done before listening.
  const { generate } = await import("selfsigned");
  const names = [...new Set([...OWN_NAMES, ...(host === undefined ? [] : [host])])];
  const nowMs = now.epochUs / 1000;
  const { cert, private: key } = await generate(
    [{ name: "commonName", value: "framecat listen" }],
    {
      keyType: "ec",
      algorithm: "sha256",
      notBeforeDate: new Date(nowMs - EARLIER_MS),
      notAfterDate: new Date(nowMs + LIFE_MS),
      extensions: [
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", serverAuth: true },
        { name: "subjectAltName", altNames: names.map(alternativeName) },
      ],
    },
  );
  return { cert, key, fingerprint256: new X509Certificate(cert).fingerprint256 };
}

function alternativeName(name: string) {
  return isIP(name) === 0 ? { type: 2 as const, value: name } : { type: 7 as const, ip: name };
}
