import type { ListenOptions, Server } from "node:net";
import { FramecatError } from "../errors.ts";

/** Clients that may wait to be accepted. */
const BACKLOG = 4096;

/** Why a place cannot be had, and what to try. */
export type BindFailure = readonly [reason: string, hint?: string];

/**
 * Has a server listen.
 * @param place what messages call it
 * @throws FramecatError (bind)
 */
export function bound(
  server: Server,
  options: Pick<ListenOptions, "host" | "port" | "path">,
  place: string,
  why: (error: NodeJS.ErrnoException) => BindFailure,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void =>
      reject(cannotListen(place, why(error), error.code));
    server.once("error", failed);
    server.once("listening", () => {
      server.off("error", failed);
      resolve(server);
    });
    server.listen({ ...options, backlog: BACKLOG });
  });
}

/** @param errno the system's name of the error behind it, where there is one */
export function cannotListen(
  place: string,
  [reason, hint]: BindFailure,
  errno?: string,
): FramecatError {
  return new FramecatError("bind", `cannot listen on ${place}: ${reason}`, hint, errno);
}
