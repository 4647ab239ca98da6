import type { FramecatError } from "../errors.ts";
import { Asking } from "../repl/asking.ts";
import { openHistory } from "../repl/history.ts";
import { runSession } from "../repl/session.ts";
import { Requests } from "../scenario/requests.ts";
import { placeOf } from "../transport/target.ts";
import { openConnectLink } from "./connect-link.ts";
import { replayOn } from "./connect-replay.ts";
import type { ConnectRun } from "./connect-context.ts";
import { promptViews } from "./connect-views.ts";

/**
 * Lets a person talk at a prompt.
 * @returns what is wrong with how it ended
 * @throws FramecatError where it could not be opened
 */
export async function converseByPrompt(run: ConnectRun): Promise<FramecatError | undefined> {
  const { settings, io, signals, record, end } = run;
  const { shape, requestTimeoutMs, channels, dial, look } = settings;
  const history = openHistory({
    env: io.env,
    key: placeOf(dial.target),
    enabled: settings.history,
    note: (line) => io.stdout.write(`${line}\n`),
  });
  const close = await runSession(
    async (onEvent) => {
      record.link = await openConnectLink(settings, signals, io, (event) => {
        run.follow(event);
        onEvent(event);
      });
      return record.link;
    },
    {
      input: io.stdin,
      output: io.stdout,
      env: io.env,
      prompt: "› ",
      styles: { dim: look.theme.dim },
      history,
      channels,
      asking: new Asking(shape, new Requests(shape, requestTimeoutMs), io.clock),
      random: io.random,
      views: promptViews(settings, record),
      files: (link) => ({
        showSecrets: settings.showSecrets,
        replay: (path) => replayOn(link, path, io),
      }),
      interrupt: () => signals.raise("SIGINT"),
    },
  );
  await history.settled();
  return record.link?.failure ?? end.judge(close);
}
