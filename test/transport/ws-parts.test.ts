import { describe, expect, it } from "vitest";
import {
  closeCodeFor,
  createCodec,
  createDeflate,
  violationWords,
  type FrameSink,
  PerMessageDeflate,
  Sender,
} from "../../src/transport/ws-parts.ts";
import { Receiver } from "../../src/transport/ws-receiver.ts";
import { hex, toHex, utf8 } from "../helpers/bytes.ts";

const PARAMS = {
  serverNoContextTakeover: false,
  clientNoContextTakeover: true,
  serverMaxWindowBits: 15,
  clientMaxWindowBits: 12,
};

/** What ws's receiver says against these bytes of a server. */
function errorFor(
  bytes: Uint8Array,
  extensions: Readonly<Record<string, object>> = {},
): Promise<Error & { readonly code?: string }> {
  const limits = { maxPayload: 100, maxBufferedChunks: 0, maxFragments: 3 };
  const receiver = new Receiver({ isServer: false, extensions, ...limits });
  return new Promise((resolve) => {
    receiver.on("error", resolve);
    receiver.push(Buffer.from(bytes));
  });
}

it("a message that is too long is told with the flag that allows it", async () => {
  const words = async (bytes: string) => violationWords(await errorFor(hex(bytes)), 100);
  expect(await words("82 7e 007e")).toBe(
    "the peer sent a message of more than 100 bytes; --max-payload allows longer ones",
  );
  expect(await words("83 00")).toMatch(/^the peer broke the protocol: .*opcode 3/);
});

describe("the close code that answers an error of the receiver", () => {
  const deflate = () => ({
    [PerMessageDeflate.extensionName]: createDeflate(PARAMS, { isServer: false, maxPayload: 100 }),
  });
  it.each([
    ["83 00", 1002],
    ["88 02 03ee", 1002],
    ["81 02 c328", 1007],
    ["88 03 03e8 ff", 1007],
    ["82 7e 007e", 1009],
    ["82 7f 0020000000000000", 1009],
    ["02 00 00 00 00 00 00 00", 1008],
  ])("%s: %d", async (bytes, code) => expect(closeCodeFor(await errorFor(hex(bytes)))).toBe(code));

  it("what does not inflate: 1007", async () => {
    expect(closeCodeFor(await errorFor(hex("c2 02 ffff"), deflate()))).toBe(1007);
  });
});

/** Keeps what is written, in hex. */
function sink(): FrameSink & { readonly written: string[] } {
  const written: string[] = [];
  return {
    written,
    destroyed: false,
    cork: () => undefined,
    uncork: () => undefined,
    write: (data, sent) => {
      written.push(toHex(typeof data === "string" ? utf8(data) : data));
      sent?.();
      return true;
    },
  };
}

it("deflates by the parameters that our handshake agreed on", async () => {
  const deflate = createDeflate(PARAMS, { isServer: true, maxPayload: 1000 });
  const extensions = { [PerMessageDeflate.extensionName]: deflate };
  const out = sink();
  const sender = new Sender(out, extensions);
  const message = Buffer.alloc(2000, "x");
  const send = () =>
    new Promise<void>((resolve) =>
      sender.send(message, { binary: true, fin: true, compress: true, mask: false }, () =>
        resolve(),
      ),
    );
  await send();
  await send();
  const [, first, , second] = out.written;
  // The server keeps its context, so the second message refers to the first and is shorter.
  expect(second!.length).toBeLessThan(first!.length);
  deflate.cleanup();
});

it("sends bytes as they are, behind what is being deflated and before what comes after", async () => {
  const deflate = createDeflate(PARAMS, { isServer: true, maxPayload: 1000 });
  const out = sink();
  const sender = new Sender(out, { [PerMessageDeflate.extensionName]: deflate });
  const plain = { binary: true, fin: true, mask: false };
  const done: string[] = [];
  sender.sendRaw(hex("0a"), () => done.push("raw at once"));
  sender.send(Buffer.alloc(2000), { ...plain, compress: true }, () => done.push("deflated"));
  sender.sendRaw(hex("0b"), () => done.push("raw"));
  await new Promise<void>((resolve) =>
    sender.send(utf8("x"), { ...plain, compress: false }, () => resolve()),
  );
  expect(done).toEqual(["raw at once", "deflated", "raw"]);
  expect([out.written[0], ...out.written.slice(-3)]).toEqual(["0a", "0b", "8201", "78"]);
  deflate.cleanup();
});

it("tells bytes that wait behind a deflating message when the socket dies", async () => {
  const deflate = createDeflate(PARAMS, { isServer: true, maxPayload: 1000 });
  const out = { ...sink(), destroyed: false };
  const sender = new Sender(out, { [PerMessageDeflate.extensionName]: deflate });
  const plain = { binary: true, fin: true, mask: false };
  sender.send(Buffer.alloc(2000), { ...plain, compress: true });
  const told = new Promise((resolve) => sender.sendRaw(hex("0b"), resolve));
  out.destroyed = true;
  expect(await told).toBeInstanceOf(Error);
  deflate.cleanup();
});

it("deflates as hard as it is told", async () => {
  const lengths: number[] = [];
  for (const deflateLevel of [0, 1, 9]) {
    const out = sink();
    const { sender, cleanup } = createCodec(
      { role: "server", deflate: PARAMS, maxMessageLength: 100, deflateLevel },
      out,
    );
    const message = Buffer.from(Array.from({ length: 3000 }, (_, i) => (i * i) % 97));
    const options = { binary: true, fin: true, compress: true, mask: false };
    await new Promise<void>((resolve) => sender.send(message, options, () => resolve()));
    lengths.push(out.written[1]!.length / 2);
    cleanup();
  }
  expect(lengths[0]).toBeGreaterThan(3000);
  expect(lengths[1]).toBeLessThan(1000);
  expect(lengths[2]).toBeLessThanOrEqual(lengths[1]!);
});

it.each([
  ["client", 8, 15, false],
  ["client", 9, 8, true],
  ["server", 15, 8, false],
  ["server", 8, 9, true],
] as const)(
  "a %s with windows of %d and %d may compress: %s",
  (role, client, server, mayCompress) => {
    const deflate = { ...PARAMS, clientMaxWindowBits: client, serverMaxWindowBits: server };
    const codec = createCodec({ role, deflate, maxMessageLength: 100 }, sink());
    expect(codec.mayCompress).toBe(mayCompress);
    codec.cleanup();
  },
);

it.each([2 ** 31, 2 ** 32, 2 ** 32 + 1, Number.POSITIVE_INFINITY, 0])(
  "a limit of %d is one, for the receiver counts in 32 bits",
  async (maxMessageLength) => {
    const { receiver } = createCodec(
      { role: "client", deflate: undefined, maxMessageLength },
      sink(),
    );
    const failed = new Promise((resolve) => receiver.on("error", resolve));
    receiver.push(hex("82 7f 0000000100000001"));
    expect(closeCodeFor((await failed) as { code: string })).toBe(1009);
  },
);

it("sends a Close frame without a code", () => {
  const out = sink();
  new Sender(out, {}).close(undefined, new Uint8Array(0), false);
  expect(out.written).toEqual(["8800"]);
});
