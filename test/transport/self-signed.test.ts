import { X509Certificate } from "node:crypto";
import { expect, it } from "vitest";
import { systemClock } from "../../src/io.ts";
import { makeSelfSigned } from "../../src/transport/self-signed.ts";
import { dialTo, startServer } from "../helpers/transport.ts";

it.each([
  [undefined, "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"],
  [
    "dev.example.test",
    "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:dev.example.test",
  ],
  [
    "192.0.2.7",
    "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:192.0.2.7",
  ],
  ["127.0.0.1", "DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1"],
])("is for this machine and %s", async (host, names) => {
  const { cert, fingerprint256 } = await makeSelfSigned(host, systemClock.now());
  const read = new X509Certificate(cert);
  expect(read.subjectAltName).toBe(names);
  expect(read.fingerprint256).toBe(fingerprint256);
  expect(read.ca).toBe(false);
});

it("lasts for 90 days, from an hour ago", async () => {
  const now = { epochUs: Date.UTC(2030, 0, 2) * 1000, ns: 0n };
  const { validFrom, validTo } = new X509Certificate((await makeSelfSigned(undefined, now)).cert);
  expect([validFrom, validTo].map((time) => new Date(time).toISOString())).toEqual([
    "2030-01-01T23:00:00.000Z",
    "2030-04-02T00:00:00.000Z",
  ]);
});

it("is made anew each time, and is trusted by who is given it", async () => {
  const now = systemClock.now();
  const [own, other] = await Promise.all([
    makeSelfSigned(undefined, now),
    makeSelfSigned(undefined, now),
  ]);
  expect(own.fingerprint256).not.toBe(other.fingerprint256);
  const server = await startServer({
    place: { host: "127.0.0.1", port: 0 },
    tls: { cert: own.cert, key: own.key },
  });
  const { connection } = await dialTo(server.url, { tls: { ca: own.cert } });
  await connection.close();
  await expect(dialTo(server.url, { tls: { ca: other.cert } })).rejects.toMatchObject({
    code: "tls",
  });
});
