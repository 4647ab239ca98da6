import { generate } from "selfsigned";

/** A certificate with its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

export interface CertificateOptions {
  readonly names?: readonly string[];
  readonly ips?: readonly string[];
  /** Days from now, in the past where negative. Default -1 to 30. */
  readonly from?: number;
  readonly to?: number;
  /** Who signs it; default: itself. */
  readonly ca?: Certificate;
  readonly isCa?: boolean;
}

const DAY_MS = 86_400_000;

/** Makes a certificate; by default one for localhost, 127.0.0.1 and ::1 that is its own authority. */
export async function certificate(options: CertificateOptions = {}): Promise<Certificate> {
  const { names = ["localhost"], ips = ["127.0.0.1", "::1"], from = -1, to = 30, ca } = options;
  const made = await generate([{ name: "commonName", value: names[0] ?? "test" }], {
    keyType: "ec",
    algorithm: "sha256",
    notBeforeDate: new Date(Date.now() + from * DAY_MS),
    notAfterDate: new Date(Date.now() + to * DAY_MS),
    extensions: [
      { name: "basicConstraints", cA: options.isCa ?? false },
      {
        name: "subjectAltName",
        altNames: [
          ...names.map((value) => ({ type: 2 as const, value })),
          ...ips.map((ip) => ({ type: 7 as const, ip })),
        ],
      },
    ],
    ...(ca && { ca }),
  });
  return { cert: made.cert, key: made.private };
}
