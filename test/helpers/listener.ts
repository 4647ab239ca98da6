import { onTestFinished } from "vitest";
import { systemClock, systemRandom } from "../../src/io.ts";
import { Listener, type ListenerOptions } from "../../src/server/listener.ts";
import { EventLog } from "./transport.ts";

/** A server of a mode on a free port of 127.0.0.1, its events logged; it ends with the test. */
export async function startListener(
  mode: ListenerOptions["mode"],
  options: Partial<Omit<ListenerOptions, "serve">> & {
    readonly serve?: Partial<ListenerOptions["serve"]>;
  } = {},
) {
  const log = new EventLog();
  const listener = await Listener.start({
    random: systemRandom,
    ...options,
    mode,
    serve: {
      place: { host: "127.0.0.1", port: 0 },
      clock: systemClock,
      frames: false,
      ...options.serve,
    },
    onEvent: (event) => {
      log.listener(event);
      options.onEvent?.(event);
    },
  });
  onTestFinished(async () => {
    const stopped = listener.stop();
    listener.terminate();
    await stopped;
  });
  const [address] = listener.addresses;
  return { listener, log, url: address!.url, port: address!.port };
}
