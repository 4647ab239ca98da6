import { describe, expect, it } from "vitest";
import { Composer } from "../../src/bench/composer.ts";
import { dialOptionsOf } from "../../src/bench/dial-options.ts";
import { systemClock, systemRandom } from "../../src/io.ts";
import { benchPlan, dialPlan } from "../helpers/bench.ts";

const common = { clock: systemClock, random: systemRandom };
const plain = { rows: undefined, fill: () => "" };
const url = "ws://127.0.0.1:9/";

async function composerOf(text: string) {
  const rows = { text, name: "users.csv" };
  return Composer.create({ ...benchPlan().message, rows }, () => 0);
}

describe("the options of sockets", () => {
  it("are one object for all, without what is ours alone", () => {
    const optionsOf = dialOptionsOf(dialPlan(url, { deflate: true }), common, plain);
    const options = optionsOf(0);
    expect(optionsOf(99)).toBe(options);
    expect(options).toMatchObject({ target: { port: 9 }, closeTimeoutMs: 1000, ...common });
    expect(options).not.toHaveProperty("deflate");
    expect(options).not.toHaveProperty("localAddresses");
    expect(options.lookup).toBeTypeOf("function");
  });

  it("hold all that a plan says of dialing, also where a row makes a part of it", async () => {
    const given = {
      host: "virtual.example",
      version: 8,
      family: 4,
      requireDeflate: true,
      tls: { minVersion: "TLSv1.3" },
    } as const;
    const template = { url: "ws://127.0.0.1:9/{{socket}}", headers: [] };
    const composer = await composerOf("a\n1\n");
    expect(dialOptionsOf(dialPlan(url, given), common, plain)(0)).toMatchObject(given);
    const own = dialOptionsOf(dialPlan(url, { ...given, template }), common, composer);
    expect(own(7)).toMatchObject({ ...given, target: { path: "/7" } });
  });

  it("take turns with source addresses", () => {
    const plan = dialPlan(url, { localAddresses: "127.0.0.2-127.0.0.4" });
    const optionsOf = dialOptionsOf(plan, common, plain);
    expect([0, 1, 2, 3].map((socket) => optionsOf(socket).localAddress)).toEqual([
      "127.0.0.2",
      "127.0.0.3",
      "127.0.0.4",
      "127.0.0.2",
    ]);
    expect(optionsOf(0).lookup).toBe(optionsOf(1).lookup);
  });

  it("have an address and headers of the row of each", async () => {
    const template = {
      url: "ws://127.0.0.1:9/{{csv.room}}?n={{socket}}",
      headers: [["Authorization", "Bearer {{csv.token}}"]] as const,
    };
    const composer = await composerOf("room,token\na,x\nb,y\n");
    const optionsOf = dialOptionsOf(dialPlan(url, { template }), common, composer);
    const paths = [0, 1, 2].map((socket) => optionsOf(socket).target.path);
    expect(paths).toEqual(["/a?n=0", "/b?n=1", "/a?n=2"]);
    expect(optionsOf(1).headers).toEqual([["Authorization", "Bearer y"]]);
  });

  it.each([
    [{ url: "ws://127.0.0.1/{{nosuch}}", headers: [] }, /URL.*nosuch/],
    [{ url, headers: [["A", "{{csv.nosuch}}"]] as const }, /--header.*nosuch/],
  ])("are refused where a template is wrong: %j", (template, message) => {
    const plan = dialPlan(url, { template });
    expect(() => dialOptionsOf(plan, common, plain)).toThrow(message);
  });
});
