/**
 * The server that all clients are measured against, in a process of its own, which `target.js` starts:
 *
 *     server.js ECHO_MODULE|ws
 *
 * It echoes, or takes messages and answers none; and it counts, so that no client's word is needed.
 * Echoed bytes, not messages, are what is cheap to count: all messages of a measurement are of one size.
 */
import { createHash } from "node:crypto";
import { createServer } from "node:net";
import process from "node:process";

const ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
/** Of the frame: a server's header has no mask. */
const headerLength = (payload) => (payload < 126 ? 2 : payload < 65536 ? 4 : 10);

const count = { upgrades: 0, echoedBytes: 0, open: 0 };
let mute = false;

function watch(socket) {
  count.upgrades += 1;
  count.open += 1;
  socket.on("close", () => (count.open -= 1));
}

/** As little as an echo server can be: each read is answered by one write, in the same bytes. */
async function leanServer(echoModule) {
  const { LeanEcho } = await import(echoModule);
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.once("data", (request) => {
      const [, key] = /^sec-websocket-key:\s*(\S+)/im.exec(request.toString("latin1")) ?? [];
      if (key === undefined) throw new Error("a client did not ask for WebSocket");
      socket.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
          `Sec-WebSocket-Accept: ${accept(key)}\r\n\r\n`,
      );
      watch(socket);
      const echo = new LeanEcho({
        write: (bytes) => {
          count.echoedBytes += bytes.length;
          if (!socket.write(bytes)) socket.pause();
        },
        end: () => socket.resetAndDestroy(),
      });
      socket.on("drain", () => socket.resume());
      socket.on("data", (bytes) => mute || echo.push(bytes));
    });
  });
  return listening(server);
}

const accept = (key) => createHash("sha1").update(key + ACCEPT_GUID).digest("base64"); // prettier-ignore

/** A minimal one of `ws`, to see that the ratios are not those of one server. */
async function wsServer() {
  const { WebSocketServer } = await import("ws");
  const { createServer: createHttpServer } = await import("node:http");
  const server = createHttpServer();
  new WebSocketServer({ server }).on("connection", (socket) => {
    watch(socket);
    socket.on("message", (data, isBinary) => {
      if (mute) return;
      count.echoedBytes += headerLength(data.length) + data.length;
      socket.send(data, { binary: isBinary });
    });
  });
  return listening(server);
}

function listening(server) {
  // A reset leaves no port behind that waits for a minute: many sockets come from one address here.
  server.on("connection", (socket) => {
    socket.on("error", () => socket.destroy()).on("end", () => socket.resetAndDestroy());
  });
  return new Promise((resolve) => {
    const options = { host: "127.0.0.1", port: 0, backlog: 4096 };
    server.listen(options, () => resolve(server.address().port));
  });
}

process.on("message", (request) => {
  if (request.mute !== undefined) mute = request.mute;
  process.send(count);
});
process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));

const [kind] = process.argv.slice(2);
process.send({ port: await (kind === "ws" ? wsServer() : leanServer(kind)) });
