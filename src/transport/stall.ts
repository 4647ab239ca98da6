import type { Socket } from "node:net";

/** No client has anything to say before it is answered. */
const MAX_EARLY_BYTES = 64 * 1024;

/**
 * Lets a client wait, whose request has come, and hears whether it goes.
 * @param ms Infinity: for as long as it stays
 * @returns what it sent meanwhile
 */
export function stall(socket: Socket, ms: number): Promise<Uint8Array> {
  const early: Buffer[] = [];
  let room = MAX_EARLY_BYTES;
  return new Promise((resolve) => {
    const data = (bytes: Buffer): void => {
      early.push(bytes);
      room -= bytes.length;
      if (room < 0) socket.destroy();
    };
    const gone = (): void => void socket.destroy();
    const settle = (): void => {
      clearTimeout(timer);
      socket.pause().off("data", data).off("end", gone).off("close", settle);
      resolve(Buffer.concat(early));
    };
    const timer = Number.isFinite(ms) ? setTimeout(settle, ms) : undefined;
    socket.on("data", data).on("end", gone).on("close", settle).resume();
  });
}
