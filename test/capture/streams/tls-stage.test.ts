import { describe, expect, it } from "vitest";
import { createDecoding } from "../../../src/capture/streams/decoding.ts";
import { Layer } from "../../../src/capture/streams/layer.ts";
import { type TlsDecryptor, TlsStage } from "../../../src/capture/streams/tls-stage.ts";
import type { Event } from "../../../src/transport/events.ts";
import { utf8 } from "../../helpers/bytes.ts";
import { fromClient, inShort, request, response } from "../../helpers/talk.ts";

type Told = ReturnType<TlsDecryptor["push"]>;

const NS = 1_700_000_000_000_000_000n;
const FACTS = { type: "facts", version: "TLS 1.3", cipherSuite: "X", sni: undefined } as const;

/** A stage whose decryptor tells what it is given. */
function staged({ verified = false } = {}) {
  const events: Event[] = [];
  const finished: string[] = [];
  const decoding = createDecoding({ take: (event) => void events.push(event) });
  const setup = {
    ports: [1, 443] as const,
    endpoint: (index: 0 | 1) => `end ${index}`,
    name: () => "1",
    fromStart: true,
  };
  let next: Told = [];
  const tell = () => next.splice(0);
  const stage = new TlsStage(decoding, new Layer(decoding, setup), {
    decryptor: {
      push: tell,
      gap: tell,
      end: tell,
      secretsAdded: tell,
      close: tell,
      verified,
    },
    openInside: (tls) => new Layer(decoding, { ...setup, tls }),
    finished: () => void finished.push("finished"),
  });
  const say = (...told: Told) => {
    next = told;
    stage.data("out", new Uint8Array(1), 0, 1);
  };
  return { stage, say, events, finished, decoding };
}

const data = (dir: "c2s" | "s2c", bytes: Uint8Array, tsNs = NS) =>
  ({ type: "data", dir, bytes, tsNs }) as const;

describe("what is inside", () => {
  it("is decoded at the times of its records", () => {
    const { stage, say, events, finished, decoding } = staged();
    decoding.time.setNs(NS + 5n);
    say({ ...FACTS, alpn: "http/1.1", client: "c2s" }, data("c2s", utf8(request("/x"))));
    say(data("s2c", utf8(response())), data("c2s", fromClient("hi"), NS + 1n));
    expect(decoding.time.tsNs).toBe(NS + 5n);
    expect(inShort(events)).toEqual(["1 handshake wss://example.test/x 101", "1 → text@0 hi"]);
    // Nobody has judged the certificate.
    expect(events[0]).toHaveProperty("tls", { version: "TLS 1.3", cipher: "X" });
    expect(events[1]!.at.ns).toBe(NS + 1n);
    say({ type: "note", code: "bad-record", text: "a record does not verify" });
    say({ type: "end", dir: "c2s", clean: true });
    stage.finish();
    expect(inShort(events).slice(2)).toEqual([
      "1 note TLS: a record does not verify",
      "1 close 1006 local",
    ]);
    expect([stage.kind, finished]).toEqual(["webSocket", ["finished"]]);
  });

  it("goes the other way round where the client was taken for the server", () => {
    const { say, events } = staged();
    say({ ...FACTS, alpn: undefined, client: "s2c" }, data("s2c", utf8(request("/x"))));
    say(data("c2s", utf8(response())), data("s2c", fromClient("hi")));
    expect(inShort(events)).toContain("1 → text@0 hi");
  });

  it("may have gaps of which the length is not known", () => {
    const { say, events } = staged();
    say({ ...FACTS, alpn: undefined, client: "c2s" }, data("c2s", utf8(request("/x"))));
    say(data("s2c", utf8(response())), data("c2s", fromClient("a".repeat(50)).slice(0, 20)));
    say({ type: "gap", dir: "c2s", length: 10, exact: false }, data("c2s", fromClient("hello")));
    expect(inShort(events).slice(-2)).toEqual([
      "1 note from the client: 10 B are missing in the capture",
      "1 → text@30 hello",
    ]);
  });
});

describe("what it counts as", () => {
  it.each([
    ["without keys", [], "tlsWithoutKeys"],
    [
      "HTTP/2",
      [{ ...FACTS, alpn: "h2", client: "c2s" }, data("c2s", utf8("PRI * HTTP/2.0\r\n"))],
      "http2",
    ],
    ["other", [{ ...FACTS, alpn: "x", client: "c2s" }, data("c2s", utf8("?"))], "tlsOther"],
  ] as const)("%s", (_, told, kind) => {
    const { stage, say } = staged();
    say(...told);
    expect(stage.kind).toBe(kind);
  });
});

it("counts as decrypted where the secrets fit and there was no data, unless it has failed", () => {
  const { stage, say } = staged({ verified: true });
  say({ ...FACTS, alpn: undefined, client: "c2s" });
  expect(stage.kind).toBe("tlsOther");
  say({ type: "note", code: "alert", text: "the client sends the alert unknown_ca (48)" });
  expect(stage.kind).toBe("tlsWithoutKeys");
});

it("does not count as decrypted where all of its data is missing", () => {
  const { stage, say, decoding } = staged({ verified: true });
  say({ ...FACTS, alpn: undefined, client: "c2s" });
  say({ type: "gap", dir: "c2s", length: 9, exact: false });
  stage.finish();
  expect(stage.kind).toBe("tlsWithoutKeys");
  expect([...decoding.counts.tlsFailures.keys()]).toEqual(["its data is missing in the capture"]);
});

describe("what could not be done", () => {
  const REFUSED = {
    type: "note",
    code: "unsupported-suite",
    text: "cipher suite X is not supported",
  } as const;
  const KEYLESS = {
    type: "note",
    code: "no-key",
    text: "without a key: the key log has no secret for client random 0af1",
  } as const;

  it.each<[string, Told, string[]]>([
    ["a cipher suite", [REFUSED], ["cipher suite X is not supported"]],
    ["keys of others", [KEYLESS], ["the key log has no secret for it"]],
    ["the first of several", [REFUSED, KEYLESS], ["cipher suite X is not supported"]],
    ["no key log, which is told anyway", [{ ...KEYLESS, code: "no-key-log" }], []],
  ])("is counted where nothing was decrypted: %s", (_, told, reasons) => {
    const { stage, say, events, decoding } = staged();
    say(...told);
    stage.finish();
    expect([...decoding.counts.tlsFailures.keys()]).toEqual(reasons);
    expect(events).toEqual([]);
  });

  it("is not counted where anything was decrypted, nor told without a WebSocket", () => {
    const { stage, say, events, decoding } = staged();
    say({ ...FACTS, alpn: undefined, client: "c2s" }, data("c2s", utf8("GET / HTTP/1.1\r\n\r\n")));
    say({ ...REFUSED, code: "bad-record" });
    stage.finish();
    expect([decoding.counts.tlsFailures.size, events]).toEqual([0, []]);
  });

  it("is told where it keeps a request away, for which its response waits to the end", () => {
    const { stage, say, events } = staged();
    say({ ...FACTS, alpn: undefined, client: "c2s" }, data("s2c", utf8(response())));
    say(KEYLESS, { type: "end", dir: "c2s", clean: false });
    stage.finish();
    expect(inShort(events)).toContain(`1 note TLS: ${KEYLESS.text}`);
  });

  it("before the upgrade is told behind it, as much as is kept", () => {
    const { stage, say, events } = staged();
    const early = Array.from({ length: 20 }, (_, i) => ({ ...REFUSED, text: `early ${i}` }));
    say({ ...FACTS, alpn: undefined, client: "c2s" }, ...early);
    say(data("c2s", utf8(request("/x"))), data("s2c", utf8(response())));
    stage.finish();
    expect(inShort(events).slice(0, 9)).toEqual([
      "1 handshake wss://example.test/x 101",
      ...Array.from({ length: 8 }, (_, i) => `1 note TLS: early ${i}`),
    ]);
    expect(events.filter(({ type }) => type === "note")).toHaveLength(9);
  });
});

it("secrets that come later are told to the decryptor", () => {
  const { stage, say } = staged();
  say();
  stage.gapIn("in", 1);
  stage.endOf("in", "fin");
  stage.secretsAdded();
  expect(stage.kind).toBe("tlsWithoutKeys");
});
