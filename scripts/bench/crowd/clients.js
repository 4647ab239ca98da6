// Very many clients of a WebSocket server on bare sockets: `clients.js URL COUNT`. Does what the lines
// on stdin say, and answers each with a line: `open`, `send` (each a message of its own, and what comes
// back is compared), `leave` (half of them with a Close frame, half without).
import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { createInterface } from "node:readline";

const [url, count] = process.argv.slice(2);
const { hostname, port, host } = new URL(url);
const AT_ONCE = 200;
const sockets = [];

/** A short text frame; a masking key of zeros leaves it readable. */
const frame = (text) =>
  Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), Buffer.from(text)]);

function awaitBytes(socket, isAll) {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const lost = () => reject(new Error("a connection was lost"));
    const take = (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (!isAll(bytes)) return;
      socket.off("data", take).off("close", lost);
      resolve(bytes);
    };
    socket.on("data", take).on("close", lost);
  });
}

async function open() {
  const socket = connect(Number(port), hostname).on("error", () => undefined);
  const key = randomBytes(16).toString("base64");
  const lines = [
    `Host: ${host}`,
    "Upgrade: websocket",
    "Connection: Upgrade",
    `Sec-WebSocket-Key: ${key}`,
  ];
  socket.write(["GET / HTTP/1.1", ...lines, "Sec-WebSocket-Version: 13", "", ""].join("\r\n"));
  const head = await awaitBytes(socket, (bytes) => bytes.includes("\r\n\r\n"));
  if (!head.toString().startsWith("HTTP/1.1 101 "))
    throw new Error(head.toString().split("\r\n")[0]);
  sockets.push(socket);
}

const DO = {
  open: async () => {
    for (let begun = 0; begun < Number(count); begun += AT_ONCE) {
      await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - begun) }, open));
    }
    return sockets.length;
  },
  send: async () => {
    const came = await Promise.all(
      sockets.map(async (socket, i) => {
        const text = `client ${i} of ${process.pid}`;
        socket.write(frame(text));
        const bytes = await awaitBytes(socket, ({ length }) => length >= text.length + 2);
        return bytes.subarray(2).toString() === text;
      }),
    );
    return came.filter(Boolean).length;
  },
  leave: async () => {
    const gone = sockets.map((socket) => new Promise((done) => socket.once("close", done)));
    for (const [i, socket] of sockets.splice(0).entries()) {
      if (i % 2 === 0) socket.destroy();
      else socket.resume().write(Buffer.from([0x88, 0x82, 0, 0, 0, 0, 3, 232]));
    }
    return (await Promise.all(gone)).length;
  },
};

for await (const line of createInterface(process.stdin)) console.log(await DO[line]());
