import type { ClientResult } from "./result.ts";

/** What is known of a run beside how the client fared. */
export interface RunFacts {
  readonly windowMs: number;
  readonly connections: number;
  /** Of this machine. */
  readonly cores: number;
  /** How far behind their plan messages were sent: open model only. */
  readonly slipP99Ms?: number | undefined;
  readonly slipMaxMs?: number | undefined;
  /** Open model only. */
  readonly plannedPerSecond?: number | undefined;
  readonly sentPerSecond: number;
  /** Planned and never sent, for whatever reason. */
  readonly unsent: number;
}

type Client = Omit<ClientResult, "limits">;
/** A sentence on why the client was the limit and what to do about it; undefined where it was not. */
type Rule = (client: Client, facts: RunFacts) => string | undefined;

/** From here on more load would have found the busiest worker without time for it. */
const BUSY_FROM = 0.95;
/** A worker that is as busy as this has moments in which it falls behind. */
const STRAINED_FROM = 0.8;
/** Share of their time that workers waited for a core, on which replies were read late. */
const WAITING_FROM = 0.1;
const SLIP_P99_MS = 10;
const LOOP_DELAY_P99_MS = 50;
const GC_SHARE = 0.05;

/** Why the figures are not the server's alone, the gravest reason first; empty where they are. */
export function findLimits(client: Client, facts: RunFacts): string[] {
  return RULES.flatMap((rule) => rule(client, facts) ?? []);
}

const died: Rule = ({ deaths, workers }) => {
  if (deaths.length === 0) return undefined;
  const how = [...new Set(deaths)].join(", ");
  const part = `${deaths.length} of ${workers} workers died (${how})`;
  return `${part}: the end of their part is missing; was there enough memory?`;
};

const waited: Rule = (client, facts) => {
  const waiting = waitingShare(client, facts);
  if (waiting < WAITING_FROM) return undefined;
  const { workers } = client;
  const said = `The workers waited for a core in ${percent(waiting)} of the time`;
  return workers > 1 && workers >= facts.cores
    ? `${said}, ${workers} of them on ${count(facts.cores, "core")}: use fewer --workers, or another machine.`
    : `${said}, as others use them too: run the client on another machine than the server.`;
};

const busy: Rule = (client, facts) => {
  if (client.busy < BUSY_FROM || waitingShare(client, facts) >= WAITING_FROM) return undefined;
  const { plannedPerSecond: planned = 0, sentPerSecond: sent } = facts;
  const behind =
    sent < planned * 0.99 ? ` and ${number(sent)} of ${number(planned)} messages/s were sent` : "";
  const said = `The busiest worker had work in ${percent(client.busy)} of the time${behind}`;
  return `${said}: ${moreHands(client, facts)}.`;
};

/**
 * Messages are late or unsent also where the peer does not take them. That it was the client shows
 * in its being strained, or in an event loop that was as late as the messages.
 */
const behindSchedule: Rule = (client, facts) => {
  const { slipP99Ms = 0, slipMaxMs = slipP99Ms, unsent } = facts;
  const strained = client.busy >= STRAINED_FROM || waitingShare(client, facts) >= WAITING_FROM;
  const late = slipP99Ms > SLIP_P99_MS && (strained || client.loopDelayMs.max >= slipP99Ms);
  const left = unsent > 0 && strained;
  if (!late && !left) return undefined;
  const what = [
    ...(late ? [`sent up to ${ms(slipMaxMs)} late (p99 ${ms(slipP99Ms)})`] : []),
    ...(left ? [`not sent at all (${number(unsent)})`] : []),
  ];
  return `Messages were ${what.join(" or ")}: lower --rate, or use more machines with --shard.`;
};

const lateLoop: Rule = (client, facts) => {
  const { p99, max } = client.loopDelayMs;
  if (p99 <= LOOP_DELAY_P99_MS) return undefined;
  const said = `The event loop came up to ${ms(max)} late (p99 ${ms(p99)}) to read replies`;
  return `${said}: ${moreHands(client, facts)}.`;
};

const collecting: Rule = (client, facts) => {
  const share = ofAllTime(client.gc.totalMs, client, facts);
  if (share <= GC_SHARE) return undefined;
  const said = `Garbage collection took ${percent(share)} of the time, up to ${ms(client.gc.maxMs)} at once`;
  return `${said}: ${moreHands(client, facts)}, or smaller messages.`;
};

const RULES: readonly Rule[] = [died, waited, busy, behindSchedule, lateLoop, collecting];

/** A worker takes one core and at least one socket. */
function moreHands({ workers }: Client, { cores, connections }: RunFacts): string {
  const most = Math.min(cores, connections);
  if (workers < most) return `use --workers ${Math.min(most, workers * 2)}`;
  if (workers < cores) return "use more --connections, which more --workers can share";
  return "use more machines with --shard";
}

function waitingShare(client: Client, facts: RunFacts): number {
  return ofAllTime(client.waitedMs, client, facts);
}

/** The share (0–1) of the time that all workers had together. */
function ofAllTime(totalMs: number, { workers }: Client, { windowMs }: RunFacts): number {
  return windowMs > 0 ? totalMs / (windowMs * workers) : 0;
}

/** Rounded down: what is not all of it does not read as 100 %. */
function percent(share: number): string {
  return `${Math.floor(share * 100 + 1e-6)} %`;
}

function ms(value: number): string {
  return `${number(value)} ms`;
}

function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? "" : "s"}`;
}

function number(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}
