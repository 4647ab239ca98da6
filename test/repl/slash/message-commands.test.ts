import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { divide } from "../../../src/repl/slash/message-commands.ts";
import { openDesk } from "../../helpers/desk.ts";
import { startServer } from "../../helpers/transport.ts";

const folder = mkdtempSync(join(tmpdir(), "framecat-messages-"));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, "hello.txt");
writeFileSync(file, "hello file");

/** What the server got, frame by frame, when these lines were typed. */
async function framesOf(lines: readonly string[], count: number) {
  const server = await startServer();
  const { type } = await openDesk(server);
  const told = (await Promise.all(lines.map((line) => type(line)))).flat();
  const frames = await server.log.count("frame", count, "in");
  const shown = frames.map(({ frame: { header, payload } }) => {
    const bytes = Buffer.from(payload).toString("latin1");
    return `${header.opcode}${header.fin ? "" : "…"} ${bytes}`;
  });
  return { told, shown };
}

describe("commands that send messages", () => {
  it.each([
    ["/text hello", ["1 hello"]],
    ["/text", ["1 "]],
    ["/text  two spaces", ["1  two spaces"]],
    ["/text @" + file, ["1 hello file"]],
    ["/binary 00 ff", ["2 \x00\xff"]],
    ["/binary", ["2 "]],
    ["/binary base64:AAE=", ["2 \x00\x01"]],
    ["/binary @" + file, ["2 hello file"]],
    ["/send @" + file, ["1 hello file"]],
    ["/send binary @" + file, ["2 hello file"]],
    ["/fragment 3 abcdef", ["1… ab", "0… cd", "0 ef"]],
    ["/fragment 2 hex:010203", ["2… \x01", "0 \x02\x03"]],
    ["/fragment 2", ["1… ", "0 "]],
    ["/fragment 1 whole", ["1 whole"]],
  ])("%s", async (line, frames) => {
    expect(await framesOf([line], frames.length)).toEqual({ told: [], shown: frames });
  });

  it("tell how a file was cut", async () => {
    const { told, shown } = await framesOf([`/fragment 4B @${file}`], 3);
    expect(shown).toEqual(["1… hell", "0… o fi", "0 le"]);
    expect(told).toEqual([`sent ${file}: text, 10 bytes in 3 fragments`]);
  });

  it("never stand between the fragments of another message", async () => {
    const { shown } = await framesOf(["/fragment 3 abc", "typed meanwhile"], 4);
    expect(shown).toEqual(["1… a", "0… b", "0 c", "1 typed meanwhile"]);
  });

  it.each([
    ["/send hello", "/send: it needs a file. Example: /send @message.json"],
    ["/fragment x y", '/fragment: COUNT must be a whole number from 1 to 100000, not "x"'],
    [`/fragment 0 @${file}`, "/fragment: SIZE must be from 1 byte to 64MiB"],
    ["/send @/no/such", "/send: cannot read /no/such: no such file or directory"],
  ])("%s is refused", async (line, message) => {
    const { type } = await openDesk(await startServer());
    expect(await type(line)).toEqual([message]);
  });
});

it("a message is divided into nearly equal pieces, which add up to it", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 50 }), fc.integer({ min: 1, max: 60 }), (bytes, n) => {
      const pieces = divide(bytes, n);
      const lengths = pieces.map(({ length }) => length);
      expect(Buffer.concat(pieces)).toEqual(Buffer.from(bytes));
      expect(pieces).toHaveLength(n);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
    }),
  );
});
