// The smallest thing that stands between a client and a server: bytes each way, and nothing else.
// `node scripts/bench/tcp-pipe.js PORT` tells its address in a line.
import { connect, createServer } from "node:net";

const port = Number(process.argv[2]);
const server = createServer({ noDelay: true }, (client) => {
  const onward = connect({ port, host: "127.0.0.1", noDelay: true });
  for (const socket of [client, onward]) socket.on("error", () => socket.destroy());
  client.pipe(onward).pipe(client);
});
server.listen(0, "127.0.0.1", () => console.log(`ws://127.0.0.1:${server.address().port}/`));
process.on("SIGTERM", () => process.exit());
