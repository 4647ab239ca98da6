// An echo server whose behaviour is known: it answers each message after a fixed delay, exact to some
// microseconds, stalls at known times, and does known wrong to a known share of messages.
// Options come as JSON in the first argument; it prints its port.
import { WebSocketServer } from "ws";

const options = {
  delayMs: 0,
  stallEveryMs: 0,
  stallMs: 0,
  fault: "",
  every: 0,
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

server.on("connection", (socket) => {
  let kept;
  socket.on("error", () => undefined);
  socket.on("message", (data, isBinary) => {
    const now = performance.now();
    began ??= now;
    const answer = (bytes) => {
      queue.push({ at: dueAt(now), socket, bytes, isBinary });
      if (!turning) turn();
    };
    seen += 1;
    const struck = options.every > 0 && seen % options.every === Math.ceil(options.every / 2);
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
    const { socket, bytes, isBinary } = queue[first];
    first += 1;
    if (socket.readyState === socket.OPEN) socket.send(bytes, { binary: isBinary });
  }
  if (first > 1024 && first * 2 > queue.length) {
    queue.splice(0, first);
    first = 0;
  }
  turning = first < queue.length;
  if (turning) setImmediate(turn);
}

server.on("listening", () => process.stdout.write(`${server.address().port}\n`));
process.stdin.resume().on("end", () => process.kill(process.pid));
