import { describe, expect, it } from "vitest";
import { Conversation } from "../../../src/capture/tls/conversation.ts";
import { KeyLog } from "../../../src/capture/tls/key-log.ts";
import { type TlsItem, TlsSide } from "../../../src/capture/tls/tls-side.ts";
import { hex } from "../../helpers/bytes.ts";
import { clientHello, Forge, IS_TLS13, record, serverHello } from "./forge.ts";
import { dataOf, notesOf } from "./traffic.ts";

const itemOf = (bytes: Uint8Array): TlsItem => ({
  kind: "record",
  record: {
    type: bytes[0]!,
    version: 0x0303,
    body: bytes.subarray(5),
    offset: 1000,
    tsNs: 5n,
  },
});

/** The server's side of a connection whose hellos are known, and no secret yet. */
function serverSide(suite = 0x1301) {
  const forge = new Forge(suite);
  const keys = new KeyLog();
  const conversation = new Conversation(keys);
  const agree = () => {
    const extensions = forge.is13 ? [IS_TLS13] : [];
    conversation.clientHello(clientHello(forge.clientRandom), "c2s");
    conversation.serverHello(serverHello(forge.serverRandom, suite, ...extensions));
  };
  const side = new TlsSide("s2c", conversation);
  return { forge, keys, conversation, side, agree };
}

describe("waiting", () => {
  it("brings an item again once the hellos and the secrets are there", () => {
    const { forge, keys, conversation, side, agree } = serverSide();
    const finished = itemOf(forge.finished("s2c").bytes);
    const data = itemOf(forge.seal("s2c", "one").bytes);
    expect(side.take(finished)).toBe(false);
    agree();
    expect(side.take(finished)).toBe(false);
    keys.add(forge.line("SERVER_HANDSHAKE_TRAFFIC_SECRET"));
    expect(side.take(finished)).toBe(true);
    expect(side.take(data)).toBe(false);
    keys.add(forge.line("SERVER_TRAFFIC_SECRET_0"));
    expect(side.take(data)).toBe(true);
    expect(dataOf(conversation.takeEvents(), "s2c").toString()).toBe("one");
  });

  it("needs the hellos to know what ChangeCipherSpec means, except before the ServerHello", () => {
    const { forge, conversation, side, agree } = serverSide(0xc02f);
    const change = itemOf(record(20, hex("01")));
    expect(side.take(change)).toBe(true);
    expect(new TlsSide("c2s", conversation).take(change)).toBe(false);
    agree();
    expect(side.take(change)).toBe(true);
    expect(side.take(itemOf(forge.finished("s2c").bytes))).toBe(false);
  });
});

describe("the end", () => {
  it("comes once, and is clean behind a close_notify", () => {
    const { forge, keys, conversation, side, agree } = serverSide(0xc02f);
    agree();
    keys.add(forge.keyLog);
    side.take(itemOf(record(20, hex("01"))));
    for (const segment of [
      forge.finished("s2c"),
      forge.seal("s2c", hex("0100"), { type: 21 }),
      forge.seal("s2c", "too late"),
    ]) {
      expect(side.take(itemOf(segment.bytes))).toBe(true);
    }
    side.take({ kind: "end" });
    const events = conversation.takeEvents().filter(({ type }) => type !== "facts");
    expect(events).toEqual([{ type: "end", dir: "s2c", clean: true }]);
  });

  it("says where no record fits the secrets", () => {
    const { forge, keys, conversation, side, agree } = serverSide();
    agree();
    keys.add(forge.line("SERVER_TRAFFIC_SECRET_0"));
    side.take(itemOf(new Forge(0x1303).seal("s2c", "one").bytes));
    side.take({ kind: "end" });
    expect(notesOf(conversation.takeEvents())).toEqual(["bad-record"]);
  });
});

it("tells of a damaged record where it is, once for a run of them", () => {
  const { forge, keys, conversation, side, agree } = serverSide();
  agree();
  keys.add(forge.keyLog);
  side.take(itemOf(forge.finished("s2c").bytes));
  side.take(itemOf(forge.seal("s2c", "one").bytes));
  for (const text of ["two", "three"]) {
    const { bytes } = forge.seal("s2c", text);
    bytes[7]! ^= 1;
    side.take(itemOf(bytes));
  }
  side.take(itemOf(forge.seal("s2c", "four").bytes));
  const [, , note, gap, data] = conversation.takeEvents();
  expect(note).toEqual({
    type: "note",
    code: "bad-record",
    text: "the server has a TLS record that does not verify: the capture is damaged there (byte 1000)",
    dir: "s2c",
    offset: 1000,
  });
  expect(gap).toEqual({ type: "gap", dir: "s2c", length: 8, exact: false });
  expect(data).toMatchObject({ type: "data", tsNs: 5n });
});
