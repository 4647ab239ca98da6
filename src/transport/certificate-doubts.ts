import { X509Certificate } from "node:crypto";
import { pemCertificates } from "./certificates.ts";

/**
 * What clients may not like about a server's certificates, each in words: they are served all the same,
 * since that may be what is tested.
 * @param pem that of the server first, then who signed it, and so forth
 */
export function certificateDoubts(pem: string, nowMs: number): readonly string[] {
  const chain = pemCertificates(pem).map((text) => new X509Certificate(text));
  return [
    ...chain.flatMap((certificate, i) => doubtsOfTime(certificate, nameOf(i), nowMs)),
    ...chain.slice(1).flatMap((signer, i) => {
      const signed = chain[i]?.checkIssued(signer) === true;
      return signed ? [] : [`${nameOf(i)} is not signed by the one after it`];
    }),
  ];
}

function nameOf(index: number): string {
  return index === 0 ? "the certificate" : `certificate ${index + 1}`;
}

function doubtsOfTime({ validFrom, validTo }: X509Certificate, name: string, nowMs: number) {
  if (nowMs > Date.parse(validTo))
    return [`${name} has expired: it was valid until ${day(validTo)}`];
  if (nowMs < Date.parse(validFrom)) return [`${name} is not valid before ${day(validFrom)}`];
  return [];
}

function day(text: string): string {
  return new Date(text).toISOString().slice(0, 10);
}
