import { constants, createDeflateRaw, deflateRawSync, type DeflateRaw } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as ws from "ws";
import type { Inflated } from "../../src/protocol/assembler.ts";
import { createInflate } from "../../src/transport/inflater.ts";

/** ws exports it, its types do not. */
interface PerMessageDeflate {
  accept(offers: readonly object[]): object;
  compress(data: Buffer, fin: boolean, done: (error: Error | null, data: Buffer) => void): void;
  cleanup(): void;
}
const { PerMessageDeflate } = ws as unknown as {
  PerMessageDeflate: new (options: object) => PerMessageDeflate;
};

const LIMIT = 1024 * 1024;
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

function expectText(inflated: Inflated, text: string) {
  expect(inflated.ok && Buffer.from(inflated.data).toString("utf8")).toBe(text);
}

function expectFailsWith(inflated: Inflated, rule: string) {
  expect(inflated).toEqual({ ok: false, rule });
}

/** Compresses messages as a sender does: one stream, flushed after each, the tail taken off. */
class Sender {
  readonly #deflate: DeflateRaw;

  constructor(windowBits = 15) {
    this.#deflate = createDeflateRaw({ windowBits });
  }

  async send(plain: string | Uint8Array): Promise<Buffer> {
    const chunks: Buffer[] = [];
    const collect = (chunk: Buffer) => void chunks.push(chunk);
    this.#deflate.on("data", collect);
    this.#deflate.write(plain);
    await new Promise<void>((done) => this.#deflate.flush(constants.Z_SYNC_FLUSH, done));
    this.#deflate.off("data", collect);
    return Buffer.concat(chunks).subarray(0, -4);
  }
}

describe("the examples of RFC 7692, section 7.2.3", () => {
  it.each([
    ["one block", "f2 48 cd c9 c9 07 00"],
    ["a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 00"],
    ["a block with BFINAL", "f3 48 cd c9 c9 07 00 00"],
    ["two blocks", "f2 48 05 00 00 00 ff ff ca c9 c9 07 00"],
  ])("%s", (_, payload) => {
    expectText(createInflate()(hex(payload), LIMIT), "Hello");
  });

  it("shares the window between messages", () => {
    const inflate = createInflate();
    expectText(inflate(hex("f2 48 cd c9 c9 07 00"), LIMIT), "Hello");
    expectText(inflate(hex("f2 00 11 00 00"), LIMIT), "Hello");
  });

  it("does not share it without context takeover", () => {
    const inflate = createInflate({ noContextTakeover: true });
    expectText(inflate(hex("f2 48 cd c9 c9 07 00"), LIMIT), "Hello");
    expectFailsWith(inflate(hex("f2 00 11 00 00"), LIMIT), "deflate-corrupt");
    expectText(inflate(hex("f2 48 cd c9 c9 07 00"), LIMIT), "Hello");
  });
});

describe("what senders really do", () => {
  it("an empty message is a lone 00, or nothing", () => {
    expectText(createInflate()(hex("00"), LIMIT), "");
    expectText(createInflate()(hex(""), LIMIT), "");
  });

  it("a whole stream, without the octet after BFINAL", () => {
    expectText(createInflate()(deflateRawSync("Hello"), LIMIT), "Hello");
  });

  it("several whole streams in one message", () => {
    const payload = Buffer.concat([deflateRawSync("Hello, "), deflateRawSync("world")]);
    expectText(createInflate()(payload, LIMIT), "Hello, world");
  });

  it("the tail left on", () => {
    expectText(createInflate()(hex("f2 48 cd c9 c9 07 00 00 00 ff ff"), LIMIT), "Hello");
  });

  it.each([8, 9, 12, 15])("a window of 2^%i bytes", async (windowBits) => {
    const sender = new Sender(windowBits);
    const inflate = createInflate({ windowBits });
    const long = Array.from({ length: 9000 }, (_, i) => i * i).join(" ");
    for (const text of ["a", long, "again ".repeat(99), long, ""]) {
      expectText(inflate(await sender.send(text), LIMIT), text);
    }
  });

  it("ws, as its own PerMessageDeflate compresses", async () => {
    const deflate = new PerMessageDeflate({ threshold: 0 });
    deflate.accept([{}]);
    const inflate = createInflate();
    for (const text of ["hello", "hello", "hello, hello", "x".repeat(100_000), "hello"]) {
      const payload = await new Promise<Buffer>((resolve, reject) => {
        deflate.compress(Buffer.from(text), true, (error, data) =>
          error ? reject(error) : resolve(data),
        );
      });
      expectText(inflate(payload, LIMIT), text);
    }
    deflate.cleanup();
  });

  it("any messages, in order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 2000 })), async (messages) => {
        const sender = new Sender();
        const inflate = createInflate();
        for (const message of messages) {
          const inflated = inflate(await sender.send(message), LIMIT);
          expect(inflated.ok && Buffer.compare(inflated.data, message)).toBe(0);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("limits", () => {
  const zeros = (length: number) =>
    deflateRawSync(Buffer.alloc(length), { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4);

  it("gives exactly the limit and not a byte more", () => {
    expect(createInflate()(zeros(1000), 1000)).toMatchObject({ ok: true });
    expectFailsWith(createInflate()(zeros(1001), 1000), "length-over-limit");
    expectFailsWith(createInflate()(zeros(1), 0), "length-over-limit");
    expectText(createInflate()(hex("00"), 0), "");
  });

  it("stops a bomb", () => {
    expectFailsWith(createInflate()(zeros(64 * 1024 * 1024), 65_536), "length-over-limit");
  });

  it("counts several streams together", () => {
    const payload = Buffer.concat([deflateRawSync("12345678"), deflateRawSync("12345678")]);
    expectFailsWith(createInflate()(payload, 12), "length-over-limit");
  });

  it("does not follow a message of endless empty streams", () => {
    const payload = Buffer.concat(Array.from({ length: 100_000 }, () => hex("03 00")));
    expectFailsWith(createInflate()(payload, LIMIT), "deflate-corrupt");
  });
});

describe("what does not inflate", () => {
  it.each([
    ["garbage", "ff ff ff"],
    ["a reserved block type", "07 00"],
    ["a stored block whose lengths disagree", "00 05 00 00 00 48"],
    ["a reference before the beginning", "f2 00 11 00 00"],
    ["a block that is cut", "f2 48 cd"],
    ["a final block that is cut, to which the tail would be an end", "f3 58 b0 60"],
  ])("%s", (_, payload) => {
    expectFailsWith(createInflate()(hex(payload), LIMIT), "deflate-corrupt");
  });

  it("never guesses at what comes after it", () => {
    const inflate = createInflate();
    expectText(inflate(hex("f2 48 cd c9 c9 07 00"), LIMIT), "Hello");
    expectFailsWith(inflate(hex("ff ff ff"), LIMIT), "deflate-corrupt");
    expectFailsWith(inflate(hex("f2 00 11 00 00"), LIMIT), "deflate-corrupt");
  });

  it("inflates what does not refer to it", () => {
    const inflate = createInflate();
    expectFailsWith(inflate(hex("ff ff ff"), LIMIT), "deflate-corrupt");
    expectText(inflate(hex("f2 48 cd c9 c9 07 00"), LIMIT), "Hello");
    expectText(inflate(hex("f2 00 11 00 00"), LIMIT), "Hello");
  });

  it("gives the right bytes or none, whichever message was lost", async () => {
    const message = fc.string({ unit: fc.constantFrom("ab", "cd", "efgh"), maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(fc.array(message, { minLength: 2 }), fc.nat(), async (messages, at) => {
        const sender = new Sender();
        const inflate = createInflate();
        for (const [i, text] of messages.entries()) {
          const payload = await sender.send(text);
          const lost = i === at % messages.length;
          const inflated = inflate(lost ? hex("ff ff ff") : payload, LIMIT);
          if (inflated.ok) expectText(inflated, text);
        }
      }),
    );
  });

  it("notices that a message is cut, wherever that is", () => {
    const whole = deflateRawSync("the quick brown fox jumps over the lazy dog", {
      finishFlush: constants.Z_SYNC_FLUSH,
    }).subarray(0, -4);
    for (let length = 1; length < whole.length - 1; length++) {
      expectFailsWith(createInflate()(whole.subarray(0, length), LIMIT), "deflate-corrupt");
    }
  });

  it("answers to any bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array()), (messages) => {
        const inflate = createInflate();
        for (const message of messages) {
          const inflated = inflate(message, 1000);
          expect(inflated.ok ? inflated.data.length <= 1000 : inflated.rule).toBeTruthy();
        }
      }),
    );
  });
});
