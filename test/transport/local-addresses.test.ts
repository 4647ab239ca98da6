import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseLocalAddresses } from "../../src/transport/local-addresses.ts";

const parse = (text: string) => parseLocalAddresses(text, "--local-address");
const all = (text: string) => {
  const addresses = parse(text);
  return Array.from({ length: addresses.count }, (_, i) => addresses.at(i));
};

describe("local addresses", () => {
  it.each([
    ["127.0.0.2", ["127.0.0.2"]],
    ["127.0.0.2, 10.0.0.1", ["127.0.0.2", "10.0.0.1"]],
    ["127.0.0.2-127.0.0.4", ["127.0.0.2", "127.0.0.3", "127.0.0.4"]],
    ["127.0.0.2 - 127.0.0.2", ["127.0.0.2"]],
    ["127.0.0.254-127.0.1.1", ["127.0.0.254", "127.0.0.255", "127.0.1.0", "127.0.1.1"]],
    ["127.0.1.0/30", ["127.0.1.0", "127.0.1.1", "127.0.1.2", "127.0.1.3"]],
    ["127.0.1.7/31", ["127.0.1.6", "127.0.1.7"]],
    ["127.0.0.1/32,::1", ["127.0.0.1", "::1"]],
    ["::1", ["::1"]],
    ["2001:DB8:0:0::ffff-2001:db8::1:1", ["2001:db8::ffff", "2001:db8::1:0", "2001:db8::1:1"]],
    ["2001:db8::4/127", ["2001:db8::4", "2001:db8::5"]],
    ["fe80::1%eth0", ["fe80::1%eth0"]],
    ["fe80::1%br-lan", ["fe80::1%br-lan"]],
    ["::ffff:10.0.0.1", ["::ffff:a00:1"]],
    ["1:2:3:4:5:6:7:8", ["1:2:3:4:5:6:7:8"]],
    ["1::", ["1::"]],
  ])("%s", (text, addresses) => expect(all(text)).toEqual(addresses));

  it.each([
    ["127.0.0.0/8", 2 ** 24, "127.255.255.255"],
    ["0.0.0.0/0", 2 ** 32, "255.255.255.255"],
    ["2001:db8::/100", 2 ** 28, "2001:db8::fff:ffff"],
  ])("%s are counted, not spelled out", (text, count, last) => {
    const addresses = parse(text);
    expect([addresses.count, addresses.at(count - 1)]).toEqual([count, last]);
  });

  it("are in order, whatever the range", () => {
    const byte = fc.nat(255);
    fc.assert(
      fc.property(byte, byte, fc.nat(70_000), (third, fourth, more) => {
        const number = third * 256 + fourth + more;
        const to = `10.${[number >> 16, (number >> 8) & 255, number & 255].join(".")}`;
        const addresses = parse(`10.0.${third}.${fourth}-${to}`);
        expect([addresses.count, addresses.at(0), addresses.at(more)]).toEqual([
          more + 1,
          `10.0.${third}.${fourth}`,
          to,
        ]);
      }),
    );
  });

  it("end where they end", () => {
    for (const index of [-1, 2]) expect(() => parse("127.0.0.2,::1").at(index)).toThrow(RangeError);
  });

  it.each([
    "",
    ",",
    "127.0.0.2,",
    "127.0.0",
    "127.0.0.256",
    "localhost",
    "127.0.0.9-127.0.0.2",
    "127.0.0.2-::1",
    "127.0.0.2-127.0.0.3-127.0.0.4",
    "127.0.0.2-",
    "-127.0.0.2",
    "127.0.0.0/33",
    "127.0.0.0/",
    "127.0.0.0/8-127.0.0.9",
    "127.0.0.0/8/8",
    "::/129",
    "fe80::1%a-fe80::2%b",
    "127.0.0.2:80",
  ])("refuses %j", (text) => {
    expect(() => parse(text)).toThrow(/^--local-address ".*" is no address, range or network$/);
  });

  it.each(["::/0", "2001:db8::/64", "0.0.0.0/0,::1"])("refuses %j, which is too many", (text) => {
    expect(() => parse(text)).toThrow(/is too many addresses$/);
  });
});
