import type { Socket } from "node:net";
import { BodyReader } from "../../protocol/http-body.ts";
import { headerValues } from "../../protocol/http-head.ts";
import type { OnwardAnswer } from "./onward-handshake.ts";

/** How much of a body is told. */
const TOLD = 64 * 1024;
/** How long a client may take to read the end of it. */
const LINGER_MS = 1000;
/** Statuses whose responses have no body, whatever their headers say (RFC 9112, section 6.3). */
const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/**
 * Passes a refusal on as it is, head and body, and ends both connections: what a client asks after
 * it would not be looked at.
 * @param idleMs how long nothing may come
 * @returns the beginning of the body, when it has ended
 */
export function passRefusal(
  client: Socket,
  { opened, response, status, head, rest }: OnwardAnswer,
  idleMs: number,
): Promise<Uint8Array> {
  const { socket } = opened;
  const { headers } = response;
  const told = new BodyReader(headers, TOLD);
  const length = BODILESS.has(status) ? "0" : headerValues(headers, "Content-Length")[0];
  let due = length !== undefined && /^\d+$/.test(length) ? Number(length) : Infinity;
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      socket.off("data", data).off("end", done).off("close", done).destroy();
      client.off("close", done).off("drain", drain).resume().end();
      setTimeout(() => client.destroy(), LINGER_MS).unref();
      resolve(told.body);
    };
    const data = (bytes: Uint8Array): void => {
      timer.refresh();
      due -= bytes.length;
      const whole = told.push(bytes) && told.body.length < TOLD;
      if (!client.write(bytes)) socket.pause();
      if (due <= 0 || whole) done();
    };
    const drain = (): void => void socket.resume();
    const timer = setTimeout(done, idleMs);
    client
      .on("error", () => undefined)
      .on("close", done)
      .on("drain", drain);
    client.write(head);
    socket
      .on("error", () => undefined)
      .on("data", data)
      .on("end", done)
      .on("close", done);
    if (due === 0) done();
    else if (rest.length > 0) data(rest);
    socket.resume();
  });
}
