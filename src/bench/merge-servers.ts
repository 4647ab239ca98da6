import type { BenchResult, ServerResult } from "./result.ts";

/**
 * What the server used, as the parts of a run saw it. Each part that watches a process sees all that
 * it does, whoever asks: of several that watch the same one, what the one saw that saw the most is
 * kept, and set against the messages and sockets of all parts. Where they watch different ones, that
 * of the busiest is kept, without figures per message and socket: who asked which is not known.
 */
export function mergeServers(results: readonly BenchResult[]): ServerResult | undefined {
  const views = results.flatMap(({ server, sockets, messages }) =>
    server ? [{ server, peak: sockets.peak, answered: messages.answered }] : [],
  );
  const [best] = views.toSorted(
    ({ server: a }, { server: b }) => b.cpuMs - a.cpuMs || a.pid - b.pid,
  );
  if (!best) return undefined;
  const { cpuUsPerMessage: _, rssBytesPerConnection: perSocket, ...server } = best.server;
  const answered = results.reduce((sum, { messages }) => sum + messages.answered, 0);
  const peak = results.reduce((sum, { sockets }) => sum + sockets.peak, 0);
  const shared = views.every((view) => view.server.pid === server.pid && knowsWhoAsked(view));
  return {
    ...server,
    ...(shared && answered > 0 && { cpuUsPerMessage: (server.cpuMs * 1000) / answered }),
    ...(shared &&
      perSocket !== undefined &&
      peak > 0 && { rssBytesPerConnection: (perSocket * best.peak) / peak }),
  };
}

/** False for what was merged of different servers before. */
function knowsWhoAsked(view: { readonly server: ServerResult; readonly answered: number }) {
  return view.answered === 0 || view.server.cpuUsPerMessage !== undefined;
}
