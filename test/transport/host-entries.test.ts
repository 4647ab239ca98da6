import { describe, expect, it } from "vitest";
import { entriesFor, lookupIn, parseHostEntry } from "../../src/transport/host-entries.ts";

const parse = (text: string) => parseHostEntry(text, "--resolve");
const address = (text: string, family: 4 | 6) => ({ address: text, family });

describe("an entry", () => {
  it.each([
    ["h:80:10.0.0.1", "h", 80, [address("10.0.0.1", 4)]],
    ["EXAMPLE.net:443:::1", "example.net", 443, [address("::1", 6)]],
    ["h:443:[2001:db8::1]", "h", 443, [address("2001:db8::1", 6)]],
    [
      "h:1:10.0.0.1,[::1],::2",
      "h",
      1,
      [address("10.0.0.1", 4), address("::1", 6), address("::2", 6)],
    ],
    ["bücher.example:1:10.0.0.1", "xn--bcher-kva.example", 1, [address("10.0.0.1", 4)]],
  ])("%s", (text, hostname, port, addresses) => {
    expect(parse(text)).toEqual({ hostname, port, addresses });
  });

  it.each([
    "",
    "h",
    "h:80",
    "h:80:",
    "h:0:10.0.0.1",
    "h:65536:10.0.0.1",
    "h:x:10.0.0.1",
    "h:80:name",
    "h:80:10.0.0.1,",
    "h:80:10.0.0.1 ,::1",
    ":80:10.0.0.1",
    "a/b:80:10.0.0.1",
    "u@h:80:10.0.0.1",
  ])("%j is none", (text) => {
    expect(() => parse(text)).toThrow(/^--resolve must be HOST:PORT:ADDRESS, not "/);
  });
});

it("entries are for a host and a port", () => {
  const entries = ["a:80:10.0.0.1", "a:81:10.0.0.2", "b:80:10.0.0.3"].map(parse);
  expect(entriesFor(entries, [{ hostname: "a", port: 80 }])).toEqual([entries[0]]);
  expect(entriesFor(entries, [{ hostname: "b", port: 81 }])).toEqual([]);
});

it("other names are asked for elsewhere", async () => {
  const lookup = lookupIn([parse("a:80:10.0.0.1")], (hostname, _, callback) => {
    callback(null, `asked ${hostname}`, 4);
  });
  const resolve = (hostname: string) =>
    new Promise((done) => lookup(hostname, {}, (_, found) => done(found)));
  expect([await resolve("a"), await resolve("b")]).toEqual(["10.0.0.1", "asked b"]);
});
