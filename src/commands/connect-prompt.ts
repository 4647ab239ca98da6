import type { FramecatError } from "../errors.ts";
import { Asking } from "../repl/asking.ts";
import { openHistory } from "../repl/history.ts";
import { Throttle } from "../pipe/throttle.ts";
import { runSession } from "../repl/session.ts";
import { Requests } from "../scenario/requests.ts";
import type { Event } from "../transport/events.ts";
import { placeOf } from "../transport/target.ts";
import { openConnectLink } from "./connect-link.ts";
import { openReplay } from "./connect-replay.ts";
import type { ConnectRun } from "./connect-context.ts";
import { promptViews } from "./connect-views.ts";

/**
 * Lets a person talk at a prompt.
 * @returns what is wrong with how it ended
 * @throws FramecatError where it could not be opened
 */
export async function converseByPrompt(run: ConnectRun): Promise<FramecatError | undefined> {
  const { settings, io, signals, record, end, outputs } = run;
  const { shape, requestTimeoutMs, channels, dial, look } = settings;
  const views = promptViews(settings, record);
  // Until the session shows events, what is to be told stands alone.
  let tell = (event: Event): void => {
    for (const line of views.event(event)) io.stdout.write(`${line}\n`);
  };
  const note = (message: string): void =>
    tell({ type: "note", conn: "0", at: io.clock.now(), message });
  void outputs.failed.then(({ message }) => note(message));
  // Files may be pipes whose reader is behind.
  const throttle = new Throttle(outputs);
  const history = openHistory({
    env: io.env,
    key: placeOf(dial.target),
    enabled: settings.history,
    note,
  });
  const close = await runSession(
    async (onEvent) => {
      tell = onEvent;
      record.link = await openConnectLink(settings, signals, io, (event) => {
        run.follow(event);
        onEvent(event);
        throttle.check();
      });
      throttle.take(record.link);
      return record.link;
    },
    {
      input: io.stdin,
      output: io.stdout,
      env: io.env,
      prompt: "› ",
      styles: { dim: look.theme.dim, match: look.theme.bold },
      history,
      channels,
      asking: new Asking(shape, new Requests(shape, requestTimeoutMs), io.clock),
      random: io.random,
      views,
      files: {
        showSecrets: settings.showSecrets,
        replay: (path) => openReplay(path, io),
      },
      interrupt: () => signals.raise("SIGINT"),
      stop: io.suspend,
    },
  );
  await history.settled();
  return record.link?.failure ?? end.judge(close);
}
