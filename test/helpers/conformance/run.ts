import { createHash } from "node:crypto";
import type { Answer } from "./peer.ts";
import type { Case, Outcome, Plan, Step } from "./case.ts";
import { agree, type Agreed, Compressor } from "./compressor.ts";
import { Peer } from "./peer.ts";

export type Verdict = "OK" | "NON-STRICT" | "UNIMPLEMENTED" | "FAILED";

export interface Result {
  readonly id: string;
  readonly title: string;
  readonly verdict: Verdict;
  /** What came, in words. */
  readonly came: string;
}

export interface RunOptions {
  /** How long a case may take. */
  readonly timeoutMs?: number;
  /** How long a server gets to find fault with a frame that is not all there. */
  readonly pauseMs?: number;
  /** Cases at a time. */
  readonly atOnce?: number;
  readonly onResult?: (result: Result) => void;
}

/** Asks a server at `url`, which echoes, all of the cases; gives the results in their order. */
export async function runCases(
  url: string,
  cases: readonly Case[],
  { atOnce = 16, onResult, ...options }: RunOptions = {},
): Promise<Result[]> {
  const results: Result[] = [];
  const next = cases.entries();
  const lane = async (): Promise<void> => {
    for (const [i, one] of next) {
      results[i] = await runCase(new URL(url), one, options);
      onResult?.(results[i]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return results;
}

async function runCase(
  url: URL,
  one: Case,
  { timeoutMs = 10_000, pauseMs = 10 }: RunOptions,
): Promise<Result> {
  const peer = new Peer(url);
  const late = setTimeout(() => {
    peer.fault = `nothing more came for ${timeoutMs / 1000} s`;
    peer.destroy();
  }, timeoutMs);
  const { id, title } = one;
  try {
    const [verdict, came] = await converse(peer, url, one, pauseMs);
    return { id, title, verdict, came };
  } catch (thrown) {
    return { id, title, verdict: "FAILED", came: thrown instanceof Error ? thrown.message : "?" };
  } finally {
    clearTimeout(late);
    peer.destroy();
  }
}

type Finding = readonly [Verdict, came: string];

async function converse(peer: Peer, url: URL, one: Case, pauseMs: number): Promise<Finding> {
  const offer = one.offer && { "Sec-WebSocket-Extensions": one.offer.text };
  const { headers, ...asking } = one.asking ?? {};
  const answer = await peer.ask(url, { ...asking, headers: { ...offer, ...headers } });
  if (!answer) return ["FAILED", peer.fault ?? "the request got no answer"];
  if (answer.status !== 101) return judgeRefusal(one, answer.status);
  if (one.status && ![...one.status.right, ...(one.status.tolerable ?? [])].includes(101)) {
    return ["FAILED", "the request was accepted"];
  }
  if (!peer.isAccepted) return ["FAILED", "Sec-WebSocket-Accept is wrong"];
  const agreed = readAgreed(one, answer);
  if (agreed === "declined") return ["UNIMPLEMENTED", "the extension was declined"];
  const plan = one.plan(new Compressor(agreed));
  peer.open(agreed);
  await perform(peer, plan, pauseMs);
  return judge(peer, plan);
}

function judgeRefusal({ status }: Case, came: number): Finding {
  const words = `status ${came}`;
  if (status?.right.includes(came)) return ["OK", words];
  return [status?.tolerable?.includes(came) ? "NON-STRICT" : "FAILED", words];
}

function readAgreed({ offer }: Case, { headers }: Answer): Agreed | "declined" | undefined {
  const text = headers.get("sec-websocket-extensions");
  if (text === undefined) return offer?.mayAgree ? "declined" : undefined;
  if (!offer?.mayAgree) throw new Error(`agreed to ${text}, which was not offered soundly`);
  return agree(offer.text, text);
}

async function perform(peer: Peer, { steps, closes, right }: Plan, pauseMs: number): Promise<void> {
  if (closes === "in a step") peer.hasClosed();
  for (const step of steps) await take(peer, step, pauseMs);
  if (closes === "at the end") {
    const count = right[0]!.events.length;
    await peer.until(() => peer.events.length >= count || peer.closeCode !== undefined);
    peer.close(1000);
  }
  await peer.until(() => false);
}

async function take(peer: Peer, step: Step, pauseMs: number): Promise<void> {
  const isOver = (): boolean => peer.closeCode !== undefined;
  if ("send" in step) {
    peer.send(step.send, step.chop);
    // What comes meanwhile is read, of this case and of others.
    await new Promise(setImmediate);
  } else if ("events" in step)
    await peer.until(() => peer.events.length >= step.events || isOver());
  else await Promise.race([peer.until(isOver), new Promise((done) => setTimeout(done, pauseMs))]);
}

function judge(peer: Peer, { right, tolerable }: Plan): Finding {
  const close = peer.closeCode ?? "none";
  const came = [...brief(peer.events), `close ${close}`].join(", ");
  if (peer.fault !== undefined) return ["FAILED", `${peer.fault}; ${came}`];
  const matches = (outcome: Outcome): boolean =>
    outcome.close.includes(close) &&
    outcome.events.length === peer.events.length &&
    outcome.events.every((event, i) => event === peer.events[i]);
  if (right.some(matches)) return ["OK", came];
  return [tolerable.some(matches) ? "NON-STRICT" : "FAILED", came];
}

/** The first of many, and what tells all of them from others. */
function brief(events: readonly string[]): readonly string[] {
  if (events.length <= 12) return events;
  const digest = createHash("sha1").update(events.join()).digest("hex").slice(0, 12);
  return [...events.slice(0, 2), `${events.length - 2} more (${digest})`];
}
