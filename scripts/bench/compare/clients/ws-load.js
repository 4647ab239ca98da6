/**
 * The plain client of `ws` that framecat is compared with, as its users write it: a closed loop that
 * takes the time of each message and records it into hdr-histogram-js.
 *
 *     ws-load.js URL SOCKETS IN_FLIGHT SIZE
 *
 * With none in flight its sockets are idle. It goes on until it is killed.
 */
import process from "node:process";
import { build } from "hdr-histogram-js";
import { WebSocket } from "ws";

/** Handshakes under way at a time, as many as framecat has. */
const CONNECTING = 100;

const [url, ...numbers] = process.argv.slice(2);
const [sockets, inFlight, size] = numbers.map(Number);
const text = "a".repeat(size);
const histogram = build({
  lowestDiscernibleValue: 1,
  highestTrackableValue: 60e9,
  numberOfSignificantValueDigits: 3,
});

/** Resolves with what starts the load on it. */
function open() {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url);
    const sentAt = [];
    const send = () => {
      sentAt.push(performance.now());
      socket.send(text);
    };
    socket.on("message", () => {
      histogram.recordValue(Math.round((performance.now() - sentAt.shift()) * 1e6));
      send();
    });
    socket.on("error", reject);
    socket.on("open", () =>
      resolve(() => {
        for (let i = 0; i < inFlight; i++) send();
      }),
    );
  });
}

const starts = [];
let left = sockets;
async function openSome() {
  while (left > 0) {
    left -= 1;
    starts.push(await open());
  }
}
await Promise.all(Array.from({ length: CONNECTING }, openSome));
// What the handshakes left behind is no part of an idle socket.
globalThis.gc();
for (const start of starts) start();
