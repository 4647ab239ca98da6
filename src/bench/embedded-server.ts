import { startChild } from "./child-process.ts";

/** An echo server on loopback, in a process of its own. */
export interface EmbeddedServer {
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Starts it on a free port. @throws Error when it could not be started */
export async function startEmbeddedServer(): Promise<EmbeddedServer> {
  const child = startChild<never, { readonly url: string }>("responder.js");
  const listening = new Promise<string>((resolve) => child.onMessage(({ url }) => resolve(url)));
  const died = child.ended.then((how) => {
    throw new Error(`the embedded echo server did not start: ${how}`);
  });
  const url = await Promise.race([listening, died]);
  return {
    url,
    pid: child.pid,
    stop: async () => {
      child.kill();
      await child.ended;
    },
  };
}
