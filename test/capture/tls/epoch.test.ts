import { describe, expect, it } from "vitest";
import { cipherSuite } from "../../../src/capture/tls/cipher-suites.ts";
import { type Agreement, firstEpoch, type Sender } from "../../../src/capture/tls/epoch.ts";
import { KeyLog } from "../../../src/capture/tls/key-log.ts";
import { Forge } from "./forge.ts";
import type { Segment } from "./traffic.ts";

function begin(forge: Forge, suite: number, sender: Sender, keys = new KeyLog()) {
  const { clientRandom, serverRandom } = forge;
  const version = forge.is13 ? "1.3" : "1.2";
  const agreement: Agreement = { version, suite: cipherSuite(suite), clientRandom, serverRandom };
  const first = () => firstEpoch(agreement, sender, () => keys.find(clientRandom));
  return { keys, first };
}

const asRecord = ({ bytes }: Segment) => ({
  type: bytes[0]!,
  version: 0x0303,
  body: bytes.subarray(5),
  offset: 0,
  tsNs: 0n,
});

describe.each(["client", "server"] as const)("the %s's", (sender) => {
  const dir = sender === "client" ? "c2s" : "s2c";
  const side = sender.toUpperCase();

  it("epochs of TLS 1.3 follow each other", () => {
    const forge = new Forge();
    const { keys, first } = begin(forge, 0x1301, sender);
    expect(first()).toBeUndefined();
    keys.add(forge.line(`${side}_HANDSHAKE_TRAFFIC_SECRET`));
    const handshake = first()!;
    expect(handshake).toMatchObject({ kind: "handshake", firstData: 0 });
    expect(handshake.cipher.open(asRecord(forge.finished(dir)), 0)).toBeDefined();
    expect(handshake.next()).toBeUndefined();
    keys.add(forge.line(`${side}_TRAFFIC_SECRET_0`));
    const application = handshake.next()!;
    expect(application).toMatchObject({ kind: "application", firstData: 0 });
    expect(application.cipher.open(asRecord(forge.keyUpdate(dir)), 0)).toBeDefined();
    const updated = application.next()!;
    expect(updated.cipher.open(asRecord(forge.seal(dir, "one")), 0)).toBeDefined();
  });

  it("first epoch is that of the data where the log lacks the handshake's secret", () => {
    const forge = new Forge();
    const { keys, first } = begin(forge, 0x1301, sender);
    keys.add(forge.line(`${side}_TRAFFIC_SECRET_0`));
    expect(first()?.kind).toBe("application");
  });

  it("epoch of TLS 1.2 is the only one where it is not renewed", () => {
    const forge = new Forge(0xc02f);
    const { keys, first } = begin(forge, 0xc02f, sender);
    expect(first()).toBeUndefined();
    keys.add(forge.keyLog);
    const only = first()!;
    expect(only).toMatchObject({ kind: "application", firstData: 1 });
    expect(only.cipher.open(asRecord(forge.finished(dir)), 0)).toBeDefined();
    expect(only.next()).toBeUndefined();
  });
});

it("a secret that does not fit the suite is none", () => {
  const forge = new Forge(0x1302);
  const keys = new KeyLog();
  keys.add(new Forge(0x1301).keyLog);
  expect(begin(forge, 0x1302, "client", keys).first()).toBeUndefined();
  const cbc = begin(new Forge(0xc02f), 0xc013, "client", keys);
  keys.add(new Forge(0xc02f).keyLog);
  expect(cbc.first()).toBeUndefined();
});
