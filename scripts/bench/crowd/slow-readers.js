// Clients of `framecat listen` that stop reading: what is held for them may not go beyond
// --max-buffered (plus a message, and what the program itself grows by), they are closed with 1013, and
// when they have gone all of it has. Exits with 1 where that does not hold.
//
//   node scripts/bench/crowd/slow-readers.js [--readers 200]      after `npm run build`
//
// What is held is measured after a garbage collection: RSS holds as much garbage beside it as V8 likes.
// What the kernel holds for a socket is in neither.
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { listen, mib, MIB, must } from "./server.js";

const { values: flags } = parseArgs({ options: { readers: { type: "string", default: "200" } } });
const LIMIT = 4 * MIB;
/** Code that is compiled, and the figures themselves. */
const OWN_GROWTH = 2 * MIB;
const KEY = Buffer.alloc(16).toString("base64");
/** 1013 as the beginning of a Close frame's payload. */
const TRY_AGAIN_LATER = Buffer.from([0x03, 0xf5]);

async function open(port) {
  const socket = connect(port, "127.0.0.1").on("error", () => undefined);
  const head = ["GET / HTTP/1.1", "Host: a", "Upgrade: websocket", "Connection: Upgrade"];
  const rest = [`Sec-WebSocket-Key: ${KEY}`, "Sec-WebSocket-Version: 13", "", ""];
  socket.write([...head, ...rest].join("\r\n"));
  await once(socket, "data");
  return socket.pause();
}

/** A text frame; a masking key of zeros leaves it readable. */
function frame(length) {
  const header =
    length < 126
      ? [0x81, 0x80 | length, 0, 0, 0, 0]
      : [0x81, 0xff, ...Buffer.from(length.toString(16).padStart(16, "0"), "hex"), 0, 0, 0, 0];
  return Buffer.concat([Buffer.from(header), Buffer.alloc(length, "x")]);
}

async function figures(url) {
  const text = await (await fetch(`${url.replace("ws:", "http:")}metrics`)).text();
  const valueOf = (start) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${start} `))
        ?.split(" ")
        .at(-1) ?? 0,
    );
  return {
    buffered: valueOf("framecat_buffered_bytes"),
    expelled: valueOf('framecat_refusals_total{kind="slow-reader"}'),
    open: valueOf("framecat_connections_open"),
  };
}

/** Looks at the figures until `holds` is true of them; gives the most bytes that were queued. */
async function watch(url, holds) {
  let most = 0;
  for (let tries = 0; tries < 1200; tries++) {
    const now = await figures(url);
    most = Math.max(most, now.buffered);
    if (holds(now)) return most;
    await wait(50);
  }
  throw new Error("it never came to that");
}

/**
 * Sends messages of a length until it is destroyed; of short ones no more than a server has time for
 * that has to answer others, too.
 */
async function flood(socket, length) {
  socket.resume();
  const many = Buffer.concat(Array(Math.ceil(16_384 / (length + 6))).fill(frame(length)));
  while (!socket.destroyed) {
    if (!socket.write(many)) await once(socket, "drain");
    await wait(5);
  }
}

/** Reads on until the server has ended it, and resolves with the code of the Close frame. */
async function wake(socket) {
  let tail = Buffer.alloc(0);
  socket.on("data", (data) => (tail = Buffer.concat([tail, data]).subarray(-64)));
  await once(socket.resume(), "end");
  socket.destroy();
  const at = tail.lastIndexOf(TRY_AGAIN_LATER);
  return at >= 2 && tail[at - 2] === 0x88 ? 1013 : undefined;
}

/**
 * @param length of the messages
 * @param count of readers that stop
 * @param push has the server send by itself; else it broadcasts what a client sends it
 */
async function slowReaders(words, length, count, { push = false } = {}) {
  const mode = push
    ? ["push", "--interval", "1ms", "--size", String(length)]
    : ["broadcast", "--max-rate", "off"];
  const common = ["-q", "--http", "--max-buffered", String(LIMIT), "--deflate", "off"];
  const { child, memory, url, port } = await listen([...common, "--mode", ...mode]);
  await figures(url);
  const before = await memory();
  const readers = [];
  for (let i = 0; i < count; i++) readers.push(await open(port));
  const sender = push ? undefined : await open(port);
  if (sender) void flood(sender, length);
  const most = await watch(url, ({ expelled }) => expelled === count);
  sender?.destroy();
  const full = await memory();
  // The others sleep on, and are ended.
  const code = await wake(readers[0]);
  await watch(url, (now) => now.open === 0);
  const after = await memory();
  const held = full.held - before.held;
  const left = after.held - before.held;
  must(
    most <= count * (LIMIT + length),
    `${words}: ${mib(most)} queued when most were seen, of ${count} × ${mib(LIMIT)}`,
  );
  must(
    held <= LIMIT + length + OWN_GROWTH + count * 64 * 1024,
    `${words}: ${mib(held)} held while they sleep (RSS ${mib(full.rss - before.rss)} more, with garbage)`,
  );
  must(code === 1013, `${words}: who wakes reads what was queued, and Close ${code}`);
  must(left <= OWN_GROWTH, `${words}: ${mib(left)} held when all have gone`);
  child.kill();
}

await slowReaders("1 reader, 64 MiB/s pushed in 64 KiB", 65_536, 1, { push: true });
await slowReaders("1 reader, a flood of 20 B", 20, 1);
await slowReaders("1 reader, a flood of 1 MiB", MIB, 1);
await slowReaders(`${flags.readers} readers, a flood of 64 KiB`, 65_536, Number(flags.readers));
