import type { Clock } from "../clock.ts";
import { issueCsrf } from "../server/guards/csrf.ts";
import type { MayRead } from "../server/guards/index.ts";
import type { PageParameter } from "../render/listen-page-client.ts";
import { type FaceOptions, httpFace, type Page, type Respond } from "../server/http/face.ts";
import { Metrics, metricsText } from "../server/http/metrics.ts";
import type { Listener } from "../server/listener.ts";
import { version } from "../version.ts";
import type { Args } from "./command.ts";
import type { MetricsExchange } from "./listen-worker-metrics.ts";

export interface HttpOptions {
  readonly args: Args;
  readonly clock: Clock;
  /** Cryptographically strong bytes. */
  readonly random: (length: number) => Uint8Array;
  readonly mode: string;
  readonly mayRead: MayRead;
  /** Asked for once there are requests. */
  readonly listener: () => Listener;
  /** Where others serve at the same port. */
  readonly exchange?: MetricsExchange | undefined;
}

/** What answers plain requests, and what it takes for that. */
export interface Http {
  /** Undefined where they are refused. */
  readonly respond: Respond | undefined;
  close(): void;
}

/** Reads HTTP_OPTIONS, and prepares nothing but what is asked for. */
export function openHttp(options: HttpOptions): Http {
  const { args, mayRead, listener, exchange } = options;
  if (!args.flag("http")) return { respond: undefined, close: () => undefined };
  const metrics = figuresOf(options);
  exchange?.offer(metrics.snapshot);
  const respond = httpFace({
    page: pageOf(options),
    metrics: async () =>
      metricsText(exchange ? await exchange.gather() : [await metrics.snapshot()]),
    mayRead,
    refused: ({ kind, why }, conn) => listener().refuse(kind, why, conn),
    missed: (why, conn) => listener().note(why, conn),
    isStopping: () => listener().isStopping,
  });
  return { respond, close: metrics.close };
}

function figuresOf({ clock, mode, listener }: HttpOptions) {
  const since = clock.now().ns;
  let metrics: Promise<Metrics> | undefined;
  const open = (): Promise<Metrics> => {
    const { counters } = listener();
    const buffered = (): number =>
      listener()
        .rows()
        .reduce((sum, row) => sum + row.buffered, 0);
    return Metrics.open({ counters, buffered, clock, mode, version: version() }, since);
  };
  return {
    snapshot: async () => (await (metrics ??= open())).snapshot(),
    close: () => void metrics?.then((opened) => opened.close()),
  };
}

/** One page for all, unless each needs a token of its own. */
function pageOf(options: HttpOptions): FaceOptions["page"] {
  const csrf = options.args.text("csrf");
  let page: Promise<Page> | undefined;
  if (csrf === undefined) return () => (page ??= makePage(options));
  return async (asking) => {
    const { token, headers } = issueCsrf(csrf, asking, options.random);
    const made = await makePage(options, { name: csrf, token });
    return { ...made, headers: [...made.headers, ...headers] };
  };
}

async function makePage({ args, mode }: HttpOptions, parameter?: PageParameter): Promise<Page> {
  const { listenPage } = await import("../render/listen-page.ts");
  const subprotocols = args.list("subprotocol");
  return listenPage({ mode, version: version(), subprotocols, parameter });
}
