// An echo server whose behaviour is known: it answers each message after a fixed delay, stalls at known
// times, and does known wrong to a known share of messages. It notes how long it held each one.
// Options come as JSON in the first argument; it prints its port.
//
// To be exact to some microseconds it must turn without rest. Where what it notes is enough (`rests`) it
// leaves its core to whatever else runs, which would take milliseconds from the client now and then.
import { WebSocketServer } from "ws";

const options = {
  delayMs: 0,
  stallEveryMs: 0,
  stallMs: 0,
  rests: false,
  warmupMs: 0,
  fault: "",
  every: 0,
  until: Number.POSITIVE_INFINITY,
  ...JSON.parse(process.argv[2] ?? "{}"),
};
const server = new WebSocketServer({
  host: "127.0.0.1",
  port: 0,
  perMessageDeflate: false,
  backlog: 4096,
});

/** Answers that wait for their moment, in its order: every delay is the same, and a stall ends for all. */
const queue = [];
let first = 0;
let turning = false;
let began;
/** Messages that have come, on all sockets. */
let seen = 0;
let strikes = 0;
/** How long each message was really held, in ms: what a client is to have measured. */
const held = [];

server.on("connection", (socket) => {
  let kept;
  socket.on("error", () => undefined);
  socket.on("message", (data, isBinary) => {
    const now = performance.now();
    began ??= now;
    const answer = (bytes) => {
      queue.push({ at: dueAt(now), came: now, socket, bytes, isBinary });
      if (!turning) turn();
    };
    seen += 1;
    const struck = isStruck(kept);
    if (!struck) return kept === undefined ? answer(data) : swap(data, answer);
    if (options.fault === "drop") return;
    if (options.fault === "duplicate") {
      answer(data);
      answer(data);
    } else if (options.fault === "corrupt") {
      const copy = Buffer.from(data);
      copy[seen % copy.length] ^= 0x01;
      answer(copy);
    } else if (options.fault === "reorder") {
      kept = data;
    } else {
      answer(data);
    }
  });

  /** What was held back follows its successor. */
  function swap(data, answer) {
    answer(data);
    answer(kept);
    kept = undefined;
  }
});

/** One in `every`; the next one where this one follows another that is held back. */
function isStruck(kept) {
  const due = options.every > 0 && Math.min(seen, options.until) >= (strikes + 1) * options.every;
  if (!due || kept !== undefined) return false;
  strikes += 1;
  return true;
}

/** A stall begins after each `stallEveryMs - stallMs`, counted from the first message. */
function dueAt(now) {
  const { delayMs, stallEveryMs, stallMs } = options;
  if (stallEveryMs === 0) return now + delayMs;
  const phase = (now - began) % stallEveryMs;
  const from = stallEveryMs - stallMs;
  return phase < from ? now + delayMs : now + (stallEveryMs - phase) + delayMs;
}

function turn() {
  const now = performance.now();
  while (first < queue.length && queue[first].at <= now) {
    const { socket, bytes, isBinary, came } = queue[first];
    first += 1;
    if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: isBinary });
    if (came - began >= options.warmupMs) held.push(performance.now() - came);
  }
  if (first > 1024 && first * 2 > queue.length) {
    queue.splice(0, first);
    first = 0;
  }
  turning = first < queue.length;
  if (!turning) return;
  if (options.rests) setTimeout(turn, Math.floor(queue[first].at - now));
  else setImmediate(turn);
}

server.on("listening", () => process.stdout.write(`${server.address().port}\n`));
process.stdin.on("data", () => {
  held.sort((a, b) => a - b);
  const at = (share) => held[Math.min(held.length - 1, Math.floor(share * held.length))];
  process.stdout.write(`${JSON.stringify({ p50: at(0.5), p90: at(0.9), p99: at(0.99) })}\n`);
});
process.stdin.on("end", () => process.kill(process.pid));
