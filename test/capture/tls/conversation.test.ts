import { describe, expect, it } from "vitest";
import { Conversation } from "../../../src/capture/tls/conversation.ts";
import { KeyLog } from "../../../src/capture/tls/key-log.ts";
import { filler, hex } from "../../helpers/bytes.ts";
import {
  alpn,
  clientHello,
  EARLY_DATA,
  Forge,
  IS_TLS13,
  RETRY_RANDOM,
  serverHello,
  vector,
} from "./forge.ts";

const RANDOM = filler(32);

function begin({ suite = 0x1301, keys = new KeyLog() } = {}) {
  const conversation = new Conversation(keys);
  conversation.clientHello(clientHello(RANDOM, EARLY_DATA), "c2s");
  conversation.serverHello(serverHello(RANDOM, suite, ...(suite >> 8 === 0x13 ? [IS_TLS13] : [])));
  return conversation;
}

const types = (conversation: Conversation) => conversation.takeEvents().map(({ type }) => type);

describe("facts", () => {
  it("of TLS 1.2 are told with the ServerHello", () => {
    expect(begin({ suite: 0xc02f }).takeEvents()).toEqual([
      {
        type: "facts",
        version: "TLS 1.2",
        cipherSuite: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
        sni: undefined,
        alpn: undefined,
        client: "c2s",
      },
    ]);
  });

  it("of TLS 1.3 wait for the encrypted extensions", () => {
    const conversation = begin();
    expect(conversation.takeEvents()).toEqual([]);
    conversation.encryptedExtensions(vector(2, alpn("http/1.1"), EARLY_DATA));
    expect(conversation.takeEvents()).toMatchObject([{ version: "TLS 1.3", alpn: "http/1.1" }]);
    expect(conversation.earlyDataAccepted).toBe(true);
  });

  it("are told once, and before anything else", () => {
    const conversation = begin();
    conversation.note("alert", "first");
    conversation.encryptedExtensions(hex("0000"));
    expect(types(conversation)).toEqual(["facts", "note"]);
  });
});

describe("what is agreed on", () => {
  it("comes of both hellos, in either order", () => {
    const conversation = new Conversation(new KeyLog());
    expect(conversation.awaitsServer).toBe(true);
    conversation.serverHello(serverHello(RANDOM, 0x1301, IS_TLS13));
    expect([conversation.awaitsServer, conversation.agreement]).toEqual([false, undefined]);
    conversation.clientHello(clientHello(RANDOM), "s2c");
    expect(conversation.agreement).toMatchObject({ version: "1.3", clientRandom: RANDOM });
    expect([conversation.senderOf("s2c"), conversation.senderOf("c2s")]).toEqual([
      "client",
      "server",
    ]);
  });

  it("comes of the first hellos, but not of a HelloRetryRequest", () => {
    const conversation = new Conversation(new KeyLog());
    conversation.clientHello(clientHello(RANDOM, EARLY_DATA), "c2s");
    conversation.serverHello(serverHello(RETRY_RANDOM, 0x1302, IS_TLS13));
    conversation.clientHello(clientHello(filler(33).subarray(1)), "c2s");
    expect(conversation.agreement).toBeUndefined();
    conversation.serverHello(serverHello(RANDOM, 0x1301, IS_TLS13));
    expect(conversation.agreement).toMatchObject({
      clientRandom: RANDOM,
      suite: { name: "TLS_AES_128_GCM_SHA256" },
    });
    expect(conversation.earlyDataOffered).toBe(true);
  });

  it("is nothing where it is not supported", () => {
    const conversation = begin({ suite: 0xc014 });
    expect(conversation.hopeless).toBe(true);
    expect(conversation.agreement).toBeUndefined();
    expect(conversation.takeEvents()[1]).toMatchObject({
      code: "unsupported-suite",
      text:
        "cipher suite TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA is not supported: " +
        "only AEAD suites are, CBC is not",
    });
  });

  it("leads to keys", () => {
    const forge = new Forge();
    const keys = new KeyLog();
    const conversation = new Conversation(keys);
    conversation.clientHello(clientHello(forge.clientRandom), "c2s");
    expect(conversation.firstEpoch("c2s")).toBeUndefined();
    conversation.serverHello(serverHello(forge.serverRandom, 0x1301, IS_TLS13));
    expect(conversation.firstEpoch("c2s")).toBeUndefined();
    keys.add(forge.keyLog);
    expect(conversation.firstEpoch("c2s")?.kind).toBe("handshake");
    expect(conversation.firstEpoch("s2c")?.kind).toBe("handshake");
  });
});

describe("giving up", () => {
  const why = (conversation: Conversation) => {
    conversation.giveUp();
    conversation.giveUp();
    const notes = conversation.takeEvents().filter(({ type }) => type === "note");
    expect(notes).toHaveLength(1);
    return notes[0];
  };

  it("says what is missing", () => {
    const keys = new KeyLog();
    const empty = new Conversation(keys);
    expect(why(empty)).toMatchObject({ code: "no-handshake" });
    const half = new Conversation(keys);
    half.clientHello(clientHello(RANDOM), "c2s");
    expect(why(half)).toMatchObject({
      code: "no-handshake",
      text: "without a key: the ServerHello is not in the capture, without which no key log helps",
    });
    expect(why(begin())).toMatchObject({ code: "no-key-log" });
    const random = Buffer.from(RANDOM).toString("hex");
    keys.add(`CLIENT_RANDOM ${random} ${"00".repeat(48)}`);
    expect(why(begin({ keys }))).toMatchObject({
      text: `without a key: the key log has not all secrets for client random ${random}`,
    });
  });
});
