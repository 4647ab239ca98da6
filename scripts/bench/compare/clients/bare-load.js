/**
 * As little as a client in Node can be: sockets of `node:net` that read into one buffer and answer each
 * read with a frame made beforehand. It takes no time, records nothing and looks at nothing.
 *
 *     bare-load.js URL SOCKETS SIZE
 */
import { connect } from "node:net";
import process from "node:process";

const [url, ...numbers] = process.argv.slice(2);
const { hostname: host, port } = new URL(url);
const [sockets, size] = numbers.map(Number);
const REQUEST =
  `GET / HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
const MASK_KEY = [1, 2, 3, 4];
const payload = Buffer.alloc(size, "a").map((octet, i) => octet ^ MASK_KEY[i % 4]);
const frame = Buffer.from([0x81, 0x80 | size, ...MASK_KEY, ...payload]);
const buffer = Buffer.alloc(64 * 1024);

/** Resolves when the response has come, which is whole: a few bytes over loopback. */
function open() {
  return new Promise((resolve, reject) => {
    let answer = () => {
      answer = () => socket.write(frame);
      resolve(socket);
    };
    const onread = { buffer, callback: () => (answer(), true) };
    const socket = connect({ host, port: Number(port), noDelay: true, onread });
    socket.on("error", reject).write(REQUEST);
  });
}

for (const socket of await Promise.all(Array.from({ length: sockets }, open))) socket.write(frame);
