// What framecat's pipe is measured against: stdin to an address and back to stdout, as short as it
// can be written with ws. Run by pipe.js.
import { createWebSocketStream, WebSocket } from "ws";

const stream = createWebSocketStream(new WebSocket(process.argv[2], { perMessageDeflate: false }));
process.stdin.pipe(stream).pipe(process.stdout);
