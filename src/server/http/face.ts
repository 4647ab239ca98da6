import { type Headers, parseRequestLine } from "../../protocol/http-head.ts";
import type { HttpReply } from "../../transport/http-reply.ts";
import type { Asking } from "../../transport/serve.ts";
import type { Denial } from "../guard.ts";
import { quoted } from "../guards/request.ts";

/** A page and what is to be said with it. */
export interface Page {
  readonly html: string;
  readonly headers: Headers;
}

export interface FaceOptions {
  readonly page: (asking: Asking) => Promise<Page>;
  readonly metrics: () => Promise<{ readonly type: string; readonly text: string }>;
  /** Decides on who wants to see the page or the metrics. */
  readonly mayRead: (asking: Asking) => Denial | undefined;
  /** Tells and counts that somebody may not. */
  readonly refused: (denial: Denial, conn: string) => void;
  /** Tells of a request that asked for nothing that there is. */
  readonly missed: (why: string, conn: string) => void;
  readonly isStopping: () => boolean;
}

export type Respond = (asking: Asking) => Promise<HttpReply | undefined>;

type Read = (asking: Asking) => Promise<HttpReply>;

/** Whatever is shown is of this moment, and may be shown with a secret in its address. */
const ALWAYS: Headers = [
  ["Cache-Control", "no-store"],
  ["X-Content-Type-Options", "nosniff"],
];

/**
 * Answers plain HTTP requests at the port of a WebSocket server: `/` is a page that talks to it,
 * `/healthz` tells whether it takes clients, `/metrics` its figures. A request that means to open a
 * WebSocket, but does it wrongly, is left to who can tell what is wrong with it.
 */
export function httpFace(options: FaceOptions): Respond {
  const health: Read = () => {
    const stopping = options.isStopping();
    return Promise.resolve(reply(stopping ? 503 : 200, stopping ? "stopping\n" : "ok\n"));
  };
  const page: Read = async (asking) => {
    const { html, headers } = await options.page(asking);
    return { ...reply(200, html, headers), type: "text/html; charset=utf-8" };
  };
  const metrics: Read = async () => {
    const { type, text } = await options.metrics();
    return { ...reply(200, text), type };
  };
  const guarded = new Map([
    ["/", page],
    ["/metrics", metrics],
  ]);
  const answer = async (asking: Asking, method: string, path: string): Promise<HttpReply> => {
    const read = path === "/healthz" ? health : guarded.get(path);
    if (!read) return reply(404, NOT_FOUND);
    if (!READS.has(method)) return reply(405, NOT_ALLOWED, [["Allow", "GET, HEAD"]]);
    const denial = read === health ? undefined : options.mayRead(asking);
    if (!denial) return read(asking);
    options.refused(denial, asking.conn);
    return denial.reply;
  };
  return async (asking) => {
    const { method, path } = whatIsAsked(asking);
    if (method === undefined || meansWebSocket(asking)) return undefined;
    const given = await answer(asking, method, path);
    if (given.status === 404 || given.status === 405)
      options.missed(`${method} ${quoted(path)} is answered with ${given.status}`, asking.conn);
    return method === "HEAD" ? { ...given, headOnly: true } : given;
  };
}

const READS: ReadonlySet<string> = new Set(["GET", "HEAD"]);
const NOT_FOUND = "There is no page here. A WebSocket can be opened at any path.\n";
const NOT_ALLOWED = "There is something to read here, and nothing to write.\n";

function reply(status: number, body: string, headers: Headers = []): HttpReply {
  return { status, body, headers: [...ALWAYS, ...headers] };
}

/** The address may be a whole one (RFC 9112, section 3.2.2). */
function whatIsAsked({ request }: Asking) {
  const { method, target = "" } = parseRequestLine(request.startLine) ?? {};
  const path = target.replace(/^https?:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
  return { method, path: path || "/" };
}

function meansWebSocket({ request }: Asking): boolean {
  return request.headers.some(([name]) => /^sec-websocket-/i.test(name));
}
