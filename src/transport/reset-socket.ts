import type { Socket } from "node:net";
import { socketBeneath } from "./server-tls.ts";

/** Ends a TCP connection with a reset, also beneath TLS; a unix socket, which has none, is closed. */
export function resetSocket(socket: Socket): void {
  const tcp = socketBeneath(socket);
  // TLS ends by itself when what is beneath it does.
  if (tcp.remoteAddress !== undefined) tcp.resetAndDestroy();
  else socket.destroy();
}
